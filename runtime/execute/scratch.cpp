#include "runtime/execute/scratch.h"

#include <new>

#include "runtime/base/error.h"

namespace sepflow {

ScratchPool::ScratchPool(uint64_t bytes, const sepflow_process &call, const sepflow_host *host)
    : bytes_(bytes), host_(host) {
    const auto address = reinterpret_cast<uintptr_t>(call.scratch);
    const uint64_t lost = (kScratchAlignment - address % kScratchAlignment) % kScratchAlignment;
    if (call.scratch != nullptr && call.scratch_size >= bytes + lost) {
        callers_ = static_cast<char *>(call.scratch) + lost;
        free_.push_back(callers_);
    }
}

ScratchPool::~ScratchPool() {
    for (void *block : free_) release(block);
}

bool ScratchPool::host_allocates() const {
    return host_ != nullptr && host_->alloc != nullptr && host_->free != nullptr;
}

void *ScratchPool::take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.empty()) {
        free_.reserve(++blocks_);  // so that giving back cannot fail
        return allocate();
    }
    void *block = free_.back();
    free_.pop_back();
    return block;
}

void ScratchPool::give_back(void *block) {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(block);
}

void *ScratchPool::allocate() {
    void *block = host_allocates()
                      ? host_->alloc(host_->ctx, bytes_, kScratchAlignment)
                      : ::operator new(bytes_, std::align_val_t(kScratchAlignment), std::nothrow);
    if (block == nullptr) throw Error(SEPFLOW_E_MEMORY, "no memory for a tile's scratch");
    return block;
}

void ScratchPool::release(void *block) {
    if (block == callers_) return;
    if (host_allocates()) {
        host_->free(host_->ctx, block);
    } else {
        ::operator delete(block, std::align_val_t(kScratchAlignment));
    }
}

}  // namespace sepflow
