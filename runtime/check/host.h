// The host that checks give to a node: it counts what the node asks for, and refuses when it is told to.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include <sepflow/node.h>

namespace sepflow::check {

class Host {
  public:
    Host();
    Host(const Host &) = delete;
    const sepflow_host *get() const { return &host_; }

    // From the n-th on (1 is the next) allocations give NULL, polls say that the call is cancelled; 0: never.
    void fail_allocation(int64_t n);
    void cancel_at(int64_t n);
    void set_threads(int threads) { threads_ = threads; }

    int64_t allocations() const { return allocations_.load(); }
    int64_t polls() const { return polls_.load(); }
    bool was_cancelled() const { return was_cancelled_.load(); }
    size_t blocks_kept();   // allocated and not freed
    std::string mistake();  // what the node did wrong; "" if nothing

    // What calls hand over as call_ctx, and the callbacks must get back.
    static void *call_context();

  private:
    static void log(void *ctx, int32_t level, const char *node_id, const char *message);
    static void *alloc(void *ctx, uint64_t bytes, uint64_t align);
    static void free(void *ctx, void *memory);
    static sepflow_status parallel_for(void *ctx, void *call_ctx, int64_t count, sepflow_task task,
                                       void *arg);
    static int32_t is_cancelled(void *ctx, void *call_ctx);
    void note(const std::string &mistake);

    sepflow_host host_ = {};
    int threads_ = 4;
    std::atomic<int64_t> allocations_{0}, polls_{0};
    std::atomic<int64_t> first_failure_{0}, first_cancel_{0};
    std::atomic<bool> was_cancelled_{false};
    std::mutex mutex_;
    std::map<void *, uint64_t> blocks_;
    std::string mistake_;
};

}  // namespace sepflow::check
