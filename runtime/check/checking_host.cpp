#include "runtime/check/checking_host.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <set>
#include <thread>
#include <vector>

#include "runtime/check/process_state.h"
#include "runtime/check/trial.h"

namespace sepflow::check {

namespace {

constexpr uint64_t kMostAlign = 4096;

// Unlike zeros, which are what most things start with.
constexpr unsigned char kOldBytes = 0xdb, kFreedBytes = 0xdd, kBeyond = 0x6b;
constexpr uint64_t kBytesBeyond = 64;
constexpr uint64_t kMostBytesFreed = 16 << 20;

thread_local bool is_in_task = false;

std::mutex hosts_mutex;
std::set<const void *> &hosts() {
    static std::set<const void *> all;
    return all;
}

char places[2];  // of which the addresses are call contexts
void *const kSerial = &places[0], *const kParallel = &places[1];

bool holds(const void *memory, uint64_t bytes, unsigned char content) {
    const auto *byte = static_cast<const unsigned char *>(memory);
    return std::all_of(byte, byte + bytes, [&](unsigned char b) { return b == content; });
}

uint64_t bytes_before(uint64_t align) {
    return std::max(align, kBytesBeyond);
}

}  // namespace

CheckingHost::CheckingHost() {
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
    const std::lock_guard<std::mutex> lock(hosts_mutex);
    hosts().insert(this);
}

CheckingHost::~CheckingHost() {
    drop_freed();
    const std::lock_guard<std::mutex> lock(hosts_mutex);
    hosts().erase(this);
}

void *CheckingHost::call_context(int32_t max_threads) {
    return max_threads == 1 ? kSerial : kParallel;
}

CheckingHost &CheckingHost::self(void *ctx) {
    const std::lock_guard<std::mutex> lock(hosts_mutex);
    if (hosts().count(ctx) == 0) {
        last_words(
            "a callback of the host that was given a ctx other than the host's, or one of a "
            "host that is gone");
        std::abort();
    }
    return *static_cast<CheckingHost *>(ctx);
}

void CheckingHost::fail_allocation(int64_t n) {
    allocations_.store(0);
    first_failure_.store(n);
}

void CheckingHost::cancel_at(int64_t n) {
    polls_.store(0);
    was_cancelled_.store(false);
    first_cancel_.store(n);
}

size_t CheckingHost::blocks_kept() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return blocks_.size();
}

std::string CheckingHost::mistake() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto &[memory, block] : freed_) {
        if (!holds(memory, block.bytes, kFreedBytes) && mistake_.empty())
            mistake_ = "it writes to memory of alloc that it has freed";
    }
    return mistake_;
}

void CheckingHost::drop_freed() {
    const std::lock_guard<std::mutex> lock(mutex_);
    while (!freed_.empty()) give_up_oldest();
    freed_.shrink_to_fit();
}

void CheckingHost::note(const std::string &mistake) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (mistake_.empty()) mistake_ = mistake;
}

void CheckingHost::log(void *ctx, int32_t level, const char *, const char *message) {
    CheckingHost &host = self(ctx);
    ++host.logs_;
    if (message == nullptr) host.note("it logs NULL");
    if (level < SEPFLOW_LOG_DEBUG || level > SEPFLOW_LOG_PLUGIN_BUG)
        host.note("it logs at level " + std::to_string(level));
}

// Between bytes that must stay.
void *CheckingHost::alloc(void *ctx, uint64_t bytes, uint64_t align) {
    CheckingHost &host = self(ctx);
    if (align == 0 || (align & (align - 1)) != 0 || align > kMostAlign) {
        host.note("it asks alloc for an alignment of " + std::to_string(align));
        return nullptr;
    }
    const int64_t failure = host.first_failure_.load();
    if (host.allocations_.fetch_add(1) + 1 >= failure && failure > 0) return nullptr;
    const uint64_t before = bytes_before(align), all = before + bytes + kBytesBeyond;
    if (all < bytes) return nullptr;
    auto *first = static_cast<char *>(::operator new(all, std::align_val_t(align), std::nothrow));
    if (first == nullptr) return nullptr;
    std::memset(first, kBeyond, all);
    char *memory = first + before;
    std::memset(memory, kOldBytes, bytes);
    const std::lock_guard<std::mutex> lock(host.mutex_);
    host.blocks_[memory] = {bytes, align};
    return memory;
}

void CheckingHost::free(void *ctx, void *memory) {
    CheckingHost &host = self(ctx);
    if (memory == nullptr) return;
    std::unique_lock<std::mutex> lock(host.mutex_);
    const auto found = host.blocks_.find(memory);
    if (found == host.blocks_.end()) {
        lock.unlock();
        return host.note("it frees what alloc did not give, or twice");
    }
    const Block block = found->second;
    host.blocks_.erase(found);
    host.set_aside(memory, block);
}

// The caller holds the lock.
void CheckingHost::set_aside(void *memory, const Block &block) {
    const uint64_t before = bytes_before(block.align);
    const auto *bytes = static_cast<const char *>(memory);
    const bool is_kept =
        holds(bytes - before, before, kBeyond) && holds(bytes + block.bytes, kBytesBeyond, kBeyond);
    if (!is_kept && mistake_.empty())
        mistake_ = "it writes beyond memory of alloc, of " + std::to_string(block.bytes) + " bytes";
    std::memset(memory, kFreedBytes, block.bytes);
    freed_.emplace_back(memory, block);
    bytes_freed_ += block.bytes;
    while (bytes_freed_ > kMostBytesFreed) give_up_oldest();
}

void CheckingHost::give_up_oldest() {
    const auto [memory, block] = freed_.front();
    freed_.pop_front();
    bytes_freed_ -= block.bytes;
    if (!holds(memory, block.bytes, kFreedBytes) && mistake_.empty())
        mistake_ = "it writes to memory of alloc that it has freed";
    ::operator delete(static_cast<char *>(memory) - bytes_before(block.align),
                      std::align_val_t(block.align));
}

void CheckingHost::run_task(sepflow_task task, void *arg, int64_t i) {
    const uint64_t modes = fpu_modes();
    const bool was_in_task = is_in_task;
    is_in_task = true;
    try {
        task(arg, i);
    } catch (...) {
        note("a task of parallel_for threw");
    }
    is_in_task = was_in_task;
    if (fpu_modes() != modes) note("a task of parallel_for changes the FPU's modes");
}

// Each task once, from the last to the first, on as many threads as were set, or as there are.
sepflow_status CheckingHost::parallel_for(void *ctx, void *call_ctx, int64_t count,
                                          sepflow_task task, void *arg) {
    CheckingHost &host = self(ctx);
    ++host.parallel_fors_;
    if (call_ctx != kSerial && call_ctx != kParallel)
        host.note("it calls parallel_for with another call_ctx");
    if (call_ctx == kSerial && count > 1)
        host.note("it calls parallel_for though max_threads is 1");
    if (is_in_task) host.note("a task of parallel_for calls it again");
    if (count < 0 || task == nullptr) {
        host.note("it asks parallel_for for no task, or fewer than none");
        return SEPFLOW_E_INVALID;
    }
    if (host.parallel_for_status_ != SEPFLOW_OK) return host.parallel_for_status_;
    std::atomic<int64_t> left{count};
    const auto work = [&] {
        for (int64_t i; (i = left.fetch_sub(1) - 1) >= 0;) host.run_task(task, arg, i);
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

int32_t CheckingHost::is_cancelled(void *ctx, void *call_ctx) {
    CheckingHost &host = self(ctx);
    if (call_ctx != kSerial && call_ctx != kParallel)
        host.note("it calls is_cancelled with another call_ctx");
    const int64_t first = host.first_cancel_.load();
    const bool cancelled = host.polls_.fetch_add(1) + 1 >= first && first > 0;
    if (cancelled) host.was_cancelled_.store(true);
    return cancelled ? 1 : 0;
}

}  // namespace sepflow::check
