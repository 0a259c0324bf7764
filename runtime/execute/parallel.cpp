#include "runtime/execute/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/base/error.h"

namespace sepflow {

namespace {

class Tasks {
  public:
    explicit Tasks(const std::function<void(int64_t)> &task) : task_(task) {}

    void run(int64_t i) noexcept {
        if (failed_) return;
        try {
            task_(i);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (!failure_) failure_ = std::current_exception();
            failed_ = true;
        }
    }

    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    const std::function<void(int64_t)> &task_;
    std::atomic<bool> failed_{false};
    std::mutex mutex_;
    std::exception_ptr failure_;
};

void run_on_own_threads(int64_t count, int64_t threads, Tasks &tasks) {
    std::atomic<int64_t> next{0};
    const auto work = [&] {
        for (int64_t i = next++; i < count; i = next++) tasks.run(i);
    };
    std::vector<std::thread> others;
    others.reserve(static_cast<size_t>(threads - 1));
    try {
        while (static_cast<int64_t>(others.size()) < threads - 1) others.emplace_back(work);
    } catch (const std::exception &) {
        // Thread creation failed: continue with the threads we have, which must be joined.
    }
    work();
    for (std::thread &other : others) other.join();
}

}  // namespace

void run_tasks(int64_t count, int32_t max_threads, const sepflow_host *host, void *call_ctx,
               const std::function<void(int64_t)> &task) {
    Tasks tasks(task);
    if (count == 1 || max_threads == 1) {
        for (int64_t i = 0; i < count; ++i) tasks.run(i);
    } else if (host != nullptr && host->parallel_for != nullptr) {
        const sepflow_status status = host->parallel_for(
            host->ctx, call_ctx, count,
            [](void *arg, int64_t i) { static_cast<Tasks *>(arg)->run(i); }, &tasks);
        tasks.rethrow();
        if (status != SEPFLOW_OK) throw Error(status, "the host's parallel_for failed");
    } else {
        const int64_t cpus = std::max(1u, std::thread::hardware_concurrency());
        run_on_own_threads(count, std::min<int64_t>(count, max_threads == 0 ? cpus : max_threads),
                           tasks);
    }
    tasks.rethrow();
}

}  // namespace sepflow
