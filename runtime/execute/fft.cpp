// Overlap-save: pairs of blocks on a grid over the domain (plan.h, whole_blocks), one above the other.
#include <algorithm>
#include <cmath>

#include "runtime/execute/direct_pass.h"
#include "runtime/execute/scratch.h"
#include "runtime/execute/stage.h"
#include "runtime/execute/store.h"
#include "runtime/execute/work.h"

namespace sepflow {

namespace {

// Beyond it, transforms and their products could overflow.
constexpr double kLargest = 0x1p900;
// Samples that the direct pass may read beyond the last row.
constexpr int64_t kPadding = 64;

struct Buffers {
    Staged staged;  // rows of nx samples, of both blocks; then their results
    void *scratch;  // of the convolver, or the results of the direct pass
};

Buffers carve(const Plan &plan, Carver &carver) {
    const Transforms &t = plan.transforms;
    Buffers buffers = {};
    const int64_t samples = int64_t{t.nx} * 2 * t.ny;
    buffers.staged.columns = t.nx;
    buffers.staged.rows = 2 * t.ny;
    buffers.staged.samples = carver.take((samples + kPadding) * 8);
    buffers.staged.raw_row = carver.take(t.nx * 8);
    buffers.scratch = carver.take(
        std::max(static_cast<int64_t>(t.convolver->scratch_bytes()), (samples + kPadding) * 8));
    return buffers;
}

// Tells whether every sum stays finite. A transform would carry NaN or infinity to the whole block.
bool all_finite(const Plan &plan, const Staged &staged) {
    const double largest = kLargest / std::max(plan.factoring.kernel_norm_1, 1.0);
    const auto *samples = static_cast<const double *>(staged.samples);
    return std::all_of(samples, samples + staged.columns * staged.rows,
                       [=](double sample) { return std::fabs(sample) <= largest; });
}

// Pairs of blocks of a region, a plane after the other.
struct Grid {
    sepflow_rect blocks;
    int64_t w, h, across, down;

    Grid(const Plan &plan, const Call &call)
        : blocks(whole_blocks(plan, call.region, call.in.domain)),
          w(plan.transforms.results_w),
          h(2 * plan.transforms.results_h),
          across(blocks.w / w),
          down(blocks.h / h) {}
    sepflow_rect at(int64_t i) const {
        return {blocks.x + i % across * w, blocks.y + i / across % down * h, w, h};
    }
    int32_t plane(int64_t i) const { return static_cast<int32_t>(i / across / down); }
};

sepflow_rect intersection(const sepflow_rect &a, const sepflow_rect &b) {
    const int64_t x = std::max(a.x, b.x), y = std::max(a.y, b.y);
    return {x, y, std::max<int64_t>(std::min(a.x + a.w, b.x + b.w) - x, 0),
            std::max<int64_t>(std::min(a.y + a.h, b.y + b.h) - y, 0)};
}

// Of one block: `results` begin with its first pixel.
void store_block(const Plan &plan, const Call &call, const sepflow_rect &block, const double *first,
                 const Walk &walk, int32_t plane) {
    const sepflow_rect area = intersection(block, call.region);
    if (area.w == 0 || area.h == 0) return;
    const int64_t pitch = plan.transforms.nx;
    const Results results = {first + (area.y - block.y) * pitch + (area.x - block.x), pitch,
                             SEPFLOW_F64};
    if (plan.truncates()) {
        const Rescaling rescaling(plan, call.in.domain, area, nullptr);
        store_rescaled(plan, results, rescaling, call.out, area, 0, walk, plane);
    } else {
        store(results, call.out, area, walk, plane);
    }
}

void run_pair(const Plan &plan, const Call &call, const sepflow_rect &pair, int32_t plane,
              void *scratch) {
    const Transforms &t = plan.transforms;
    const Walk walk = {1, call.in.channels, false, false};
    Carver carver(scratch);
    const Buffers buffers = carve(plan, carver);
    const sepflow_rect footprint = {pair.x - plan.halo.left, pair.y - plan.halo.top, t.nx,
                                    t.results_h + t.ny};
    stage(plan, call.in, footprint, walk, plane, buffers.staged);
    const double delta = plan.truncates() ? 0 : plan.options.delta;
    auto *results = static_cast<double *>(buffers.staged.samples);
    int64_t second = t.ny;
    if (is_integer(call.in.type) || all_finite(plan, buffers.staged)) {
        t.convolver->run(results, t.results_h, delta, buffers.scratch);
    } else {
        results = static_cast<double *>(buffers.scratch);
        second = t.results_h;
        const PassSet &passes = plan.passes();
        const int64_t columns = std::max<int64_t>(pair.w, passes.block_columns(Form::kPlain, 8)),
                      rows = std::max<int64_t>(pair.h, passes.block_rows(Form::kPlain, 8));
        run_direct_pass(plan, buffers.staged, 1, plan.runs.places.data(), columns, rows,
                        {results, t.nx, SEPFLOW_F64}, delta);
    }
    const sepflow_rect upper = {pair.x, pair.y, pair.w, t.results_h},
                       lower = {pair.x, pair.y + t.results_h, pair.w, t.results_h};
    store_block(plan, call, upper, results, walk, plane);
    store_block(plan, call, lower, results + second * t.nx, walk, plane);
}

}  // namespace

uint64_t fft_scratch_bytes(const Plan &plan) {
    Carver carver(nullptr);
    carve(plan, carver);
    return static_cast<uint64_t>(carver.used());
}

Work fft_work(const Plan &plan, const Call &call) {
    const Grid grid(plan, call);
    Work work;
    work.count = grid.across * grid.down * call.in.channels;
    work.scratch_bytes = fft_scratch_bytes(plan);
    work.run = [&plan, call, grid](int64_t i, void *scratch) {
        run_pair(plan, call, grid.at(i), grid.plane(i), scratch);
    };
    return work;
}

}  // namespace sepflow
