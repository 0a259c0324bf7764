#include "runtime/check/host.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <thread>
#include <vector>

namespace sepflow::check {

namespace {

constexpr uint64_t kMostAlign = 4096;

// Unlike zeros, which are what most things start with.
constexpr int kOldBytes = 0xdb;

thread_local bool is_in_task = false;

Host &self(void *ctx) {
    return *static_cast<Host *>(ctx);
}

}  // namespace

Host::Host() {
    host_.struct_size = sizeof host_;
    host_.abi_major = SEPFLOW_ABI_MAJOR;
    host_.abi_minor = SEPFLOW_ABI_MINOR_SHOWN;
    host_.name = "sepflow check";
    host_.version = "1";
    host_.ctx = this;
    host_.log = log;
    host_.alloc = alloc;
    host_.free = free;
    host_.parallel_for = parallel_for;
    host_.is_cancelled = is_cancelled;
    host_.get_extension = [](void *, const char *) -> const void * { return nullptr; };
}

void *Host::call_context() {
    static int place;
    return &place;
}

void Host::fail_allocation(int64_t n) {
    allocations_.store(0);
    first_failure_.store(n);
}

void Host::cancel_at(int64_t n) {
    polls_.store(0);
    was_cancelled_.store(false);
    first_cancel_.store(n);
}

size_t Host::blocks_kept() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return blocks_.size();
}

std::string Host::mistake() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return mistake_;
}

void Host::note(const std::string &mistake) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (mistake_.empty()) mistake_ = mistake;
}

void Host::log(void *ctx, int32_t level, const char *, const char *message) {
    if (message == nullptr) self(ctx).note("it logs NULL");
    if (level < SEPFLOW_LOG_DEBUG || level > SEPFLOW_LOG_PLUGIN_BUG)
        self(ctx).note("it logs at level " + std::to_string(level));
}

void *Host::alloc(void *ctx, uint64_t bytes, uint64_t align) {
    Host &host = self(ctx);
    if (align == 0 || (align & (align - 1)) != 0 || align > kMostAlign) {
        host.note("it asks alloc for an alignment of " + std::to_string(align));
        return nullptr;
    }
    const int64_t failure = host.first_failure_.load();
    if (host.allocations_.fetch_add(1) + 1 >= failure && failure > 0) return nullptr;
    void *memory = ::operator new(bytes, std::align_val_t(align), std::nothrow);
    if (memory != nullptr) std::memset(memory, kOldBytes, bytes);
    const std::lock_guard<std::mutex> lock(host.mutex_);
    if (memory != nullptr) host.blocks_[memory] = align;
    return memory;
}

void Host::free(void *ctx, void *memory) {
    if (memory == nullptr) return;
    Host &host = self(ctx);
    uint64_t align = 0;
    {
        const std::lock_guard<std::mutex> lock(host.mutex_);
        const auto block = host.blocks_.find(memory);
        if (block != host.blocks_.end()) {
            align = block->second;
            host.blocks_.erase(block);
        }
    }
    if (align == 0) return host.note("it frees what alloc did not give, or twice");
    ::operator delete(memory, std::align_val_t(align));
}

// Each task once, from the last to the first, on as many threads as were set, or as there are.
sepflow_status Host::parallel_for(void *ctx, void *call_ctx, int64_t count, sepflow_task task,
                                  void *arg) {
    Host &host = self(ctx);
    if (call_ctx != call_context()) host.note("it calls parallel_for with another call_ctx");
    if (is_in_task) host.note("a task of parallel_for calls it again");
    if (count < 0 || task == nullptr) {
        host.note("it asks parallel_for for no task, or fewer than none");
        return SEPFLOW_E_INVALID;
    }
    std::atomic<int64_t> left{count};
    const auto work = [&] {
        is_in_task = true;
        for (int64_t i; (i = left.fetch_sub(1) - 1) >= 0;) task(arg, i);
        is_in_task = false;
    };
    std::vector<std::thread> threads;
    try {
        while (static_cast<int64_t>(threads.size()) + 1 < std::min<int64_t>(host.threads_, count))
            threads.emplace_back(work);
    } catch (const std::exception &) {  // then with fewer
    }
    work();
    for (std::thread &thread : threads) thread.join();
    return SEPFLOW_OK;
}

int32_t Host::is_cancelled(void *ctx, void *call_ctx) {
    Host &host = self(ctx);
    if (call_ctx != call_context()) host.note("it calls is_cancelled with another call_ctx");
    const int64_t first = host.first_cancel_.load();
    const bool cancelled = host.polls_.fetch_add(1) + 1 >= first && first > 0;
    if (cancelled) host.was_cancelled_.store(true);
    return cancelled ? 1 : 0;
}

}  // namespace sepflow::check
