#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "runtime/error.h"
#include "runtime/execute/check.h"
#include "runtime/execute/execute.h"
#include "runtime/execute/layout.h"
#include "runtime/execute/parallel.h"
#include "runtime/execute/tile.h"

namespace sepflow {

namespace {

constexpr std::size_t kAlignment = 64;

// Halide counts samples of a buffer in 31 bits.
bool fits_a_pass(int64_t stride_bytes, int64_t rows, int bytes) {
    return std::abs(stride_bytes) / bytes < (int64_t{1} << 30) / std::max<int64_t>(rows, 1);
}

Walk choose_walk(const Plan &plan, const Call &call) {
    const sepflow_image &in = call.in, &out = call.out;
    Walk walk;
    const bool interleaved =
        in.channels == 1 || is_interleaved(out) || (!is_planar(out) && is_interleaved(in));
    walk.step = interleaved ? in.channels : 1;
    walk.planes = interleaved ? 1 : in.channels;
    const int64_t rows = direct_tile_size(plan, walk.step).h + plan.column_taps.length;
    const auto direct = [&](const sepflow_image &image) {
        return !plan.converts(image.type) &&
               (interleaved ? is_interleaved(image) : is_planar(image)) &&
               fits_a_pass(image.stride_y, rows, type_bytes(image.type));
    };
    walk.input_direct = direct(in);
    walk.output_direct = direct(out);
    return walk;
}

// A part of the region whose tiles are all of one kind.
struct Part {
    Tile whole;
    TileSize tile;
    int64_t columns, rows;  // of tiles

    int64_t count() const { return columns * rows; }
    Tile at(int64_t i) const {
        Tile result = whole;
        const int64_t x = i % columns * tile.w, y = i / columns * tile.h;
        result.area = {whole.area.x + x, whole.area.y + y, std::min(tile.w, whole.area.w - x),
                       std::min(tile.h, whole.area.h - y)};
        return result;
    }
};

// Cuts `first .. first+count` where the footprint begins and ends to lie inside the domain.
struct Cuts {
    std::array<int64_t, 4> at;  // part i is at[i] .. at[i+1]; the middle one lies inside
};

Cuts cut(int64_t first, int64_t count, int64_t inside_first, int64_t inside_last) {
    const int64_t last = first + count;
    if (inside_last <= inside_first) return {{first, last, last, last}};
    const int64_t a = std::clamp(inside_first, first, last);
    return {{first, a, std::clamp(inside_last, a, last), last}};
}

std::vector<Part> cut_region(const Plan &plan, const Call &call, const Walk &walk) {
    const sepflow_rect &region = call.region, &domain = call.in.domain;
    const Halo &halo = plan.halo;
    const Cuts x = cut(region.x, region.w, domain.x + halo.left, domain.x + domain.w - halo.right);
    const Cuts y = cut(region.y, region.h, domain.y + halo.top, domain.y + domain.h - halo.bottom);
    std::vector<Part> parts;
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 3; ++column) {
            Part part;
            part.whole.area = {x.at[column], y.at[row], x.at[column + 1] - x.at[column],
                               y.at[row + 1] - y.at[row]};
            if (part.whole.area.w == 0 || part.whole.area.h == 0) continue;
            part.whole.leaves_x = column != 1;
            part.whole.leaves_y = row != 1;
            part.tile = reads_directly(walk, part.whole) ? direct_tile_size(plan, walk.step)
                                                         : staged_tile_size(plan, walk.step);
            part.columns = (part.whole.area.w + part.tile.w - 1) / part.tile.w;
            part.rows = (part.whole.area.h + part.tile.h - 1) / part.tile.h;
            parts.push_back(part);
        }
    }
    return parts;
}

// Scratch blocks that tasks borrow, one for each thread that is at work.
class ScratchPool {
  public:
    ScratchPool(uint64_t bytes, const sepflow_process &call, const sepflow_host *host)
        : bytes_(bytes), host_(host) {
        const auto address = reinterpret_cast<uintptr_t>(call.scratch);
        const uint64_t lost = (kAlignment - address % kAlignment) % kAlignment;
        if (call.scratch != nullptr && call.scratch_size >= bytes + lost) {
            callers_ = static_cast<char *>(call.scratch) + lost;
            free_.push_back(callers_);
        }
    }
    ScratchPool(const ScratchPool &) = delete;
    ~ScratchPool() {
        for (void *block : free_) release(block);
    }

    // One block, until the end of its scope.
    class Borrowed {
      public:
        explicit Borrowed(ScratchPool &pool) : pool_(pool), block_(pool.take()) {}
        Borrowed(const Borrowed &) = delete;
        ~Borrowed() {
            const std::lock_guard<std::mutex> lock(pool_.mutex_);
            pool_.free_.push_back(block_);
        }
        void *get() const { return block_; }

      private:
        ScratchPool &pool_;
        void *block_;
    };

  private:
    bool host_allocates() const {
        return host_ != nullptr && host_->alloc != nullptr && host_->free != nullptr;
    }

    void *take() {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (free_.empty()) {
            free_.reserve(++blocks_);  // so that giving back cannot fail
            return allocate();
        }
        void *block = free_.back();
        free_.pop_back();
        return block;
    }

    void *allocate() {
        void *block = host_allocates()
                          ? host_->alloc(host_->ctx, bytes_, kAlignment)
                          : ::operator new(bytes_, std::align_val_t(kAlignment), std::nothrow);
        if (block == nullptr) throw Error(SEPFLOW_E_MEMORY, "no memory for a tile's scratch");
        return block;
    }

    void release(void *block) {
        if (block == callers_) return;
        if (host_allocates()) {
            host_->free(host_->ctx, block);
        } else {
            ::operator delete(block, std::align_val_t(kAlignment));
        }
    }

    uint64_t bytes_;
    const sepflow_host *host_;
    void *callers_ = nullptr;
    size_t blocks_ = 1;
    std::mutex mutex_;
    std::vector<void *> free_;
};

uint64_t scratch_bytes(const Plan &plan, int32_t step) {
    return std::max(tile_scratch_bytes(plan, step, direct_tile_size(plan, step), true),
                    tile_scratch_bytes(plan, step, staged_tile_size(plan, step), false));
}

}  // namespace

uint64_t scratch_bytes(const Plan &plan) {
    return std::max(scratch_bytes(plan, 1), scratch_bytes(plan, plan.options.channels)) +
           kAlignment;
}

void process(const Plan &plan, const sepflow_process &given, const sepflow_host *host) {
    const Call call = check_call(plan, given);
    if (call.region.w == 0 || call.region.h == 0) return;
    const Walk walk = choose_walk(plan, call);
    const std::vector<Part> parts = cut_region(plan, call, walk);
    uint64_t bytes = 0;
    int64_t count = 0;
    for (const Part &part : parts) {
        bytes = std::max(bytes, tile_scratch_bytes(plan, walk.step, part.tile,
                                                   reads_directly(walk, part.whole)));
        count += part.count();
    }
    ScratchPool pool(bytes, given, host);
    run_tasks(count, given.max_threads, host, given.call_ctx, [&](int64_t i) {
        if (host != nullptr && host->is_cancelled != nullptr &&
            host->is_cancelled(host->ctx, given.call_ctx) != 0) {
            throw Error(SEPFLOW_E_CANCELLED, "cancelled by the host");
        }
        auto part = parts.begin();
        while (i >= part->count()) i -= (part++)->count();
        const ScratchPool::Borrowed scratch(pool);
        run_tile(plan, call.in, call.out, walk, part->at(i), scratch.get());
    });
}

}  // namespace sepflow
