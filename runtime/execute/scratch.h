// Scratch memory: the caller's, the host's or our own, in blocks that tasks borrow and carve up.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include <sepflow/node.h>

namespace sepflow {

inline constexpr std::size_t kScratchAlignment = 64;

inline int64_t round_up(int64_t value, int64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

// The parts of a block. A null base only measures.
class Carver {
  public:
    explicit Carver(void *base) : base_(static_cast<char *>(base)) {}
    void *take(int64_t bytes) {
        char *memory = base_ == nullptr ? nullptr : base_ + used_;
        used_ += round_up(bytes, static_cast<int64_t>(kScratchAlignment));
        return memory;
    }
    int64_t used() const { return used_; }

  private:
    char *base_;
    int64_t used_ = 0;
};

// Blocks of one size that tasks borrow, one for each thread that is at work.
class ScratchPool {
  public:
    ScratchPool(uint64_t bytes, const sepflow_process &call, const sepflow_host *host);
    ScratchPool(const ScratchPool &) = delete;
    ~ScratchPool();

    // One block, until the end of its scope. Throws Error where there is no memory.
    class Borrowed {
      public:
        explicit Borrowed(ScratchPool &pool) : pool_(pool), block_(pool.take()) {}
        Borrowed(const Borrowed &) = delete;
        ~Borrowed() { pool_.give_back(block_); }
        void *get() const { return block_; }

      private:
        ScratchPool &pool_;
        void *block_;
    };

  private:
    bool host_allocates() const;
    void *take();
    void give_back(void *block);
    void *allocate();
    void release(void *block);

    uint64_t bytes_;
    const sepflow_host *host_;
    void *callers_ = nullptr;
    size_t blocks_ = 1;
    std::mutex mutex_;
    std::vector<void *> free_;
};

}  // namespace sepflow
