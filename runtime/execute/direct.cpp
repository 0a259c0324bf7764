// The direct method: tiles of staged samples go through the direct pass.
#include <algorithm>
#include <variant>

#include "runtime/execute/blocking.h"
#include "runtime/execute/direct_pass.h"
#include "runtime/execute/missing.h"
#include "runtime/execute/scratch.h"
#include "runtime/execute/stage.h"
#include "runtime/execute/store.h"
#include "runtime/execute/work.h"

namespace sepflow {

namespace {

// What the staged samples of a tile may take of a second-level cache of 1 MiB.
constexpr int64_t kStagedBytes = 384 << 10;
// Low tiles take turns at reading and writing memory: 3 x 3 taps on 4096 x 4096 f32 pixels took 0.94 ns a pixel in tiles of
// 32 rows, 0.62 in tiles of 16, which cost no more where the image is in the cache.
constexpr int64_t kLeastRows = 16;

// Sizes for one distance of neighbouring pixels, in samples.
struct Shape {
    int64_t step;
    int64_t block_columns, block_rows;  // least extents of a pass
    int64_t reach, above;               // of the taps, in samples and rows
    int64_t tile_w, tile_h;             // in pixels

    int64_t columns(int64_t w) const { return std::max(w * step, block_columns); }
    int64_t rows(int64_t h) const { return std::max(h, block_rows); }
};

Shape make_shape(const Plan &plan, int32_t step) {
    Shape s = {};
    s.step = step;
    s.block_columns = plan.passes().block_columns(Form::kPlain, plan.sample_bytes());
    s.block_rows = plan.passes().block_rows(Form::kPlain, plan.sample_bytes());
    s.reach = (static_cast<int64_t>(plan.kernel.columns) - 1) * step;
    s.above = static_cast<int64_t>(plan.kernel.rows) - 1;
    s.tile_h = std::clamp(2 * s.above, kLeastRows, kMostPassRows);
    const int64_t samples = kStagedBytes / ((s.tile_h + s.above) * plan.sample_bytes()) - s.reach;
    const int64_t blocks = std::max<int64_t>(samples / s.block_columns, 4);
    s.tile_w = std::max<int64_t>(blocks * s.block_columns / step, 1);
    return s;
}

// The tiles of a region.
class Tiles {
  public:
    Tiles(const Plan &plan, const Call &call)
        : region_(call.region),
          walk_(choose_walk(plan, call.in, call.out)),
          shape_(make_shape(plan, walk_.step)),
          across_((region_.w + shape_.tile_w - 1) / shape_.tile_w),
          down_((region_.h + shape_.tile_h - 1) / shape_.tile_h) {}

    const Walk &walk() const { return walk_; }
    const Shape &shape() const { return shape_; }
    int64_t count() const { return across_ * down_; }
    sepflow_rect at(int64_t i) const {
        const int64_t x = i % across_ * shape_.tile_w, y = i / across_ * shape_.tile_h;
        return {region_.x + x, region_.y + y, std::min(shape_.tile_w, region_.w - x),
                std::min(shape_.tile_h, region_.h - y)};
    }

  private:
    sepflow_rect region_;
    Walk walk_;
    Shape shape_;
    int64_t across_, down_;
};

struct Buffers {
    Staged staged, weights;
    void *results;    // that the image does not take directly
    void *support;    // sums of the weights
    double *sums;     // of truncated taps
    int32_t *places;  // of the runs, in samples, where a pixel has several
};

Buffers carve(const Plan &plan, const Shape &s, int64_t w, int64_t h, Carver &carver) {
    const int64_t bytes = plan.sample_bytes();
    Buffers buffers = {};
    buffers.staged.columns = round_up((s.columns(w) + s.reach) * bytes, 64) / bytes;
    buffers.staged.rows = s.rows(h) + s.above;
    buffers.staged.samples = carver.take(buffers.staged.columns * buffers.staged.rows * bytes);
    buffers.staged.raw_row = carver.take(buffers.staged.columns * bytes);
    const int64_t results = s.columns(w) * s.rows(h) * bytes;
    buffers.results = carver.take(results);
    if (plan.weighs()) buffers.support = carver.take(results);
    if (plan.has_missing()) {
        buffers.weights = buffers.staged;
        buffers.weights.samples = carver.take(buffers.staged.columns * buffers.staged.rows * bytes);
    }
    buffers.sums = static_cast<double *>(carver.take(Rescaling::size(plan, w, h) * 8));
    const auto places = static_cast<int64_t>(plan.runs.places.size());
    if (s.step != 1) buffers.places = static_cast<int32_t *>(carver.take(places * 4));
    return buffers;
}

// Returns the places of the runs in samples.
const int32_t *places_in_samples(const Plan &plan, const Shape &s, const Buffers &buffers) {
    const std::vector<int32_t> &pixels = plan.runs.places;
    if (s.step == 1) return pixels.data();
    for (size_t i = 0; i < pixels.size(); i += 2) {
        buffers.places[i] = pixels[i] * static_cast<int32_t>(s.step);
        buffers.places[i + 1] = pixels[i + 1];
    }
    return buffers.places;
}

uint64_t bytes_of_tile(const Plan &plan, const Shape &s, int64_t w, int64_t h) {
    Carver carver(nullptr);
    carve(plan, s, w, h, carver);
    return static_cast<uint64_t>(carver.used());
}

void run_tile(const Plan &plan, const Call &call, const Walk &walk, const Shape &s,
              const sepflow_rect &tile, void *scratch) {
    Carver carver(scratch);
    const Buffers buffers = carve(plan, s, tile.w, tile.h, carver);
    const bool rescales = plan.truncates();
    const bool writes = walk.output_direct && !rescales && !plan.weighs() &&
                        tile.h >= s.block_rows && tile.w * s.step >= s.block_columns;
    const sepflow_type type = rescales || plan.weighs() ? plan.sample_type() : plan.result_type();
    const sepflow_rect footprint = {tile.x - plan.halo.left, tile.y - plan.halo.top,
                                    tile.w + plan.halo.left + plan.halo.right,
                                    tile.h + plan.halo.top + plan.halo.bottom};
    const int32_t *places = places_in_samples(plan, s, buffers);
    for (int32_t plane = 0; plane < walk.planes; ++plane) {
        stage(plan, call.in, footprint, walk, plane, buffers.staged);
        if (plan.has_missing())
            stage_weights(plan, call, footprint, walk, plane, buffers.staged, buffers.weights);
        Results results = {buffers.results, s.columns(tile.w), type};
        if (writes) {
            results.samples = pixel_address(call.out, tile.x, tile.y, plane);
            results.pitch = call.out.stride_y / type_bytes(type);
        }
        const auto sum = [&](const Staged &samples, const Results &sums, double delta) {
            run_direct_pass(plan, samples, walk.step, places, s.columns(tile.w), s.rows(tile.h),
                            sums, delta);
        };
        sum(buffers.staged, results, rescales || plan.weighs() ? 0 : plan.options.delta);
        if (plan.weighs()) sum(buffers.weights, {buffers.support, results.pitch, type}, 0);
        if (plan.weighs()) {
            store_quotients(plan, results, buffers.support, call.out, tile, walk, plane);
        } else if (rescales) {
            const Rescaling rescaling(plan, call.in.domain, tile, buffers.sums);
            store_rescaled(plan, results, rescaling, call.out, tile, 0, walk, plane);
        } else if (!writes) {
            store(results, call.out, tile, walk, plane);
        }
        if (plan.options.keeps_missing) keep_missing(plan, call, tile, walk, plane);
    }
}

}  // namespace

uint64_t direct_scratch_bytes(const Plan &plan) {
    const auto bytes = [&](int32_t step) {
        const Shape s = make_shape(plan, step);
        return bytes_of_tile(plan, s, s.tile_w, s.tile_h);
    };
    return std::max(bytes(1), bytes(plan.options.channels));
}

TileSize direct_tile(const Plan &plan, const Call &call) {
    const Shape s = make_shape(plan, choose_walk(plan, call.in, call.out).step);
    return {s.tile_w, s.tile_h};
}

Work direct_work(const Plan &plan, const Call &call) {
    const Tiles tiles(plan, call);
    const Shape &s = tiles.shape();
    Work work;
    work.count = tiles.count();
    work.scratch_bytes = bytes_of_tile(plan, s, std::min(s.tile_w, call.region.w),
                                       std::min(s.tile_h, call.region.h));
    work.run = [&plan, call, tiles](int64_t i, void *scratch) {
        run_tile(plan, call, tiles.walk(), tiles.shape(), tiles.at(i), scratch);
    };
    return work;
}

void run_direct(const Plan &plan, const Call &call, void *scratch) {
    const Tiles tiles(plan, call);
    for (int64_t i = 0; i < tiles.count(); ++i)
        run_tile(plan, call, tiles.walk(), tiles.shape(), tiles.at(i), scratch);
}

}  // namespace sepflow
