// Overlap-save: pairs of blocks on a grid over the domain (plan.h, whole_blocks), one above the
// other.
#include <algorithm>
#include <cmath>

#include "runtime/execute/direct_sum/pass.h"
#include "runtime/execute/scratch.h"
#include "runtime/execute/sink.h"
#include "runtime/execute/stage.h"
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

Buffers carve(const Plan &plan, const Transforms &t, Carver &carver) {
    Buffers buffers = {};
    // The direct pass may read samples beyond the last row.
    const int64_t rows = 2 * t.ny + (kPadding + t.nx - 1) / t.nx;
    buffers.staged = carve_staged(plan.request.options, t.direct.arithmetic, t.nx, rows, carver);
    buffers.staged.rows = 2 * t.ny;
    buffers.scratch = carver.take(std::max(static_cast<int64_t>(t.convolver->scratch_bytes()),
                                           rows * t.nx * int64_t{sizeof(double)}));
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

    Grid(const Transforms &t, const Call &call)
        : blocks(whole_blocks(t, call.region, call.in.domain)),
          w(t.results_w),
          h(2 * t.results_h),
          across(blocks.w / w),
          down(blocks.h / h) {}
    sepflow_rect at(int64_t i) const {
        return {blocks.x + i % across * w, blocks.y + i / across % down * h, w, h};
    }
    int32_t plane(int64_t i) const { return static_cast<int32_t>(i / across / down); }
};

class PairOfBlocks {
  public:
    PairOfBlocks(const Plan &plan, const Transforms &t, const Call &call, const sepflow_rect &pair,
                 int32_t plane)
        : plan_(plan), t_(t), call_(call), pair_(pair), plane_(plane) {}

    void run(void *scratch) const {
        const Request &request = plan_.request;
        Carver carver(scratch);
        const Buffers buffers = carve(plan_, t_, carver);
        const sepflow_rect footprint = {pair_.x - request.halo.left, pair_.y - request.halo.top,
                                        t_.nx, t_.results_h + t_.ny};
        stage(request.options, t_.direct.arithmetic, call_, footprint, kWalk, plane_,
              buffers.staged);
        const double delta = sink(pair_).delta();
        auto *samples = static_cast<double *>(buffers.staged.samples);
        if (is_integer(call_.in.type) || all_finite(plan_, buffers.staged)) {
            t_.convolver->run(samples, t_.results_h, delta, buffers.scratch);
            store(samples, t_.ny);
        } else {
            auto *results = static_cast<double *>(buffers.scratch);
            sum_directly(samples, delta, results);
            store(results, t_.results_h);
        }
    }

  private:
    static constexpr Walk kWalk = {};  // a plane at a time

    Sink sink(const sepflow_rect &area) const {
        return Sink(plan_, t_.direct.arithmetic, call_, kWalk, area, false, nullptr);
    }

    void sum_directly(const double *samples, double delta, double *results) const {
        const PassSet &passes = *t_.direct.arithmetic.passes;
        const int64_t columns = std::max<int64_t>(pair_.w, passes.block_columns(Form::kPlain, 8)),
                      rows = std::max<int64_t>(pair_.h, passes.block_rows(Form::kPlain, 8));
        run_direct_pass(t_.direct, plan_.request.kernel, samples, t_.nx, 1,
                        t_.direct.runs.places.data(), columns, rows, delta,
                        {results, t_.nx, SEPFLOW_F64});
    }

    // The results of the second block begin `second` rows below those of the first.
    void store(double *results, int64_t second) const {
        store_block(0, results);
        store_block(t_.results_h, results + second * t_.nx);
    }

    void store_block(int64_t y, double *results) const {
        const sepflow_rect block = {pair_.x, pair_.y + y, pair_.w, t_.results_h};
        const sepflow_rect area = intersected(block, call_.region);
        if (is_empty(area)) return;
        double *first = results + (area.y - block.y) * t_.nx + (area.x - block.x);
        sink(area).take({first, t_.nx, SEPFLOW_F64}, nullptr, area, plane_);
    }

    const Plan &plan_;
    const Transforms &t_;
    const Call &call_;
    const sepflow_rect pair_;
    const int32_t plane_;
};

}  // namespace

uint64_t scratch_bytes_of(const Plan &plan, const Transforms &transforms) {
    Carver carver(nullptr);
    carve(plan, transforms, carver);
    return static_cast<uint64_t>(carver.used());
}

Work work_of(const Plan &plan, const Transforms &transforms, const Call &call) {
    const Grid grid(transforms, call);
    Work work;
    work.count = grid.across * grid.down * call.in.channels;
    work.scratch_bytes = scratch_bytes_of(plan, transforms);
    work.run = [&plan, &transforms, call, grid](int64_t i, void *scratch) {
        PairOfBlocks(plan, transforms, call, grid.at(i), grid.plane(i)).run(scratch);
    };
    return work;
}

}  // namespace sepflow
