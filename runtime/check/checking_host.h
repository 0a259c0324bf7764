// The host that checks give to a node: it counts what the node asks for, and refuses on request.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include <sepflow/node.h>

namespace sepflow::check {

class CheckingHost {
  public:
    CheckingHost();
    CheckingHost(const CheckingHost &) = delete;
    ~CheckingHost();
    const sepflow_host *get() const { return &host_; }

    // From the n-th on (1 is the next) allocations give NULL, polls say that the call is cancelled;
    // 0: never.
    void fail_allocation(int64_t n);
    void cancel_at(int64_t n);
    void set_threads(int threads) { threads_ = threads; }
    // parallel_for runs no task and returns `status`; SEPFLOW_OK: it works.
    void fail_parallel_for(sepflow_status status) { parallel_for_status_ = status; }

    int64_t allocations() const { return allocations_.load(); }
    int64_t polls() const { return polls_.load(); }
    int64_t parallel_fors() const { return parallel_fors_.load(); }
    int64_t logs() const { return logs_.load(); }
    bool was_cancelled() const { return was_cancelled_.load(); }
    size_t blocks_kept();   // allocated and not freed
    std::string mistake();  // the node's first mistake; "" if it made none
    void drop_freed();      // memory that was freed, and is kept to see whether it is written

    // The call_ctx of calls with that max_threads, which the callbacks must get back.
    static void *call_context(int32_t max_threads);

  private:
    struct Block {
        uint64_t bytes, align;
    };
    static CheckingHost &self(void *ctx);
    static void log(void *ctx, int32_t level, const char *node_id, const char *message);
    static void *alloc(void *ctx, uint64_t bytes, uint64_t align);
    static void free(void *ctx, void *memory);
    static sepflow_status parallel_for(void *ctx, void *call_ctx, int64_t count, sepflow_task task,
                                       void *arg);
    static int32_t is_cancelled(void *ctx, void *call_ctx);
    void note(const std::string &mistake);
    void run_task(sepflow_task task, void *arg, int64_t i);
    void set_aside(void *memory, const Block &block);
    void give_up_oldest();

    sepflow_host host_ = {};
    int threads_ = 4;
    std::atomic<sepflow_status> parallel_for_status_{SEPFLOW_OK};
    std::atomic<int64_t> allocations_{0}, polls_{0}, parallel_fors_{0}, logs_{0};
    std::atomic<int64_t> first_failure_{0}, first_cancel_{0};
    std::atomic<bool> was_cancelled_{false};
    std::mutex mutex_;
    std::map<void *, Block> blocks_;
    std::deque<std::pair<void *, Block>>
        freed_;  // kept for a while, to see whether it is still written
    uint64_t bytes_freed_ = 0;
    std::string mistake_;
};

}  // namespace sepflow::check
