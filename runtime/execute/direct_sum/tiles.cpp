// The direct sum on a region: tiles of staged samples go through the direct pass.
#include <algorithm>

#include "runtime/execute/direct_sum/pass.h"
#include "runtime/execute/scratch.h"
#include "runtime/execute/sink.h"
#include "runtime/execute/stage.h"
#include "runtime/execute/work.h"

namespace sepflow {

namespace {

// The share of a second-level cache of 1 MiB that the staged samples of a tile may take.
constexpr int64_t kStagedBytes = 384 << 10;
// Low tiles take turns at reading and writing memory: 3 x 3 taps on 4096 x 4096 f32 pixels took
// 0.94 ns a pixel in tiles of 32 rows, 0.62 in tiles of 16, which cost no more where the image is
// in the cache.
constexpr int64_t kLeastRows = 16;

// A plan's direct sum.
struct Job {
    const Plan &plan;
    const DirectSum &sum;

    int64_t sample_bytes() const { return sum.arithmetic.sample_bytes(); }
};

// Sizes for one distance of neighbouring pixels, in samples.
struct Shape {
    int64_t step;
    int64_t block_columns, block_rows;  // least extents of a pass
    int64_t reach, above;               // of the taps, in samples and rows
    int64_t tile_w, tile_h;             // in pixels

    int64_t columns(int64_t w) const { return std::max(w * step, block_columns); }
    int64_t rows(int64_t h) const { return std::max(h, block_rows); }
};

Shape make_shape(const Job &job, int32_t step) {
    const Kernel &kernel = job.plan.request.kernel;
    const Arithmetic &arithmetic = job.sum.arithmetic;
    const int bytes = arithmetic.sample_bytes();
    Shape s = {};
    s.step = step;
    s.block_columns = arithmetic.passes->block_columns(Form::kPlain, bytes);
    s.block_rows = arithmetic.passes->block_rows(Form::kPlain, bytes);
    s.reach = (static_cast<int64_t>(kernel.columns) - 1) * step;
    s.above = static_cast<int64_t>(kernel.rows) - 1;
    s.tile_h = std::clamp(2 * s.above, kLeastRows, kMostPassRows);
    const int64_t samples = kStagedBytes / ((s.tile_h + s.above) * bytes) - s.reach;
    const int64_t blocks = std::max<int64_t>(samples / s.block_columns, 4);
    s.tile_w = std::max<int64_t>(blocks * s.block_columns / step, 1);
    return s;
}

Walk walk_of(const Job &job, const Call &call) {
    return choose_walk(job.plan.request.kernel, job.sum.arithmetic, false, call.in, call.out);
}

// The tiles of a region.
class Tiles {
  public:
    Tiles(const Job &job, const Call &call)
        : region_(call.region),
          walk_(walk_of(job, call)),
          shape_(make_shape(job, walk_.step)),
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
    Staged staged;
    void *results;  // that the image does not take directly
    void *support;  // sums of the weights
    void *rescaling;
    int32_t *places;  // of the runs, in samples, where a pixel has several
};

Buffers carve(const Job &job, const Shape &s, int64_t w, int64_t h, Carver &carver) {
    const Options &options = job.plan.request.options;
    const int64_t bytes = job.sample_bytes();
    Buffers buffers = {};
    buffers.staged = carve_staged(options, job.sum.arithmetic,
                                  round_up((s.columns(w) + s.reach) * bytes, 64) / bytes,
                                  s.rows(h) + s.above, carver);
    const int64_t results = s.columns(w) * s.rows(h) * bytes;
    buffers.results = carver.take(results);
    if (options.weighs()) buffers.support = carver.take(results);
    buffers.rescaling = carver.take(Rescaling::bytes(job.plan, w, h));
    const auto places = static_cast<int64_t>(job.sum.runs.places.size());
    if (s.step != 1) buffers.places = static_cast<int32_t *>(carver.take(places * 4));
    return buffers;
}

// Returns the places of the runs in samples.
const int32_t *places_in_samples(const Job &job, const Shape &s, const Buffers &buffers) {
    const std::vector<int32_t> &pixels = job.sum.runs.places;
    if (s.step == 1) return pixels.data();
    for (size_t i = 0; i < pixels.size(); i += 2) {
        buffers.places[i] = pixels[i] * static_cast<int32_t>(s.step);
        buffers.places[i + 1] = pixels[i + 1];
    }
    return buffers.places;
}

uint64_t bytes_of_tile(const Job &job, const Shape &s, int64_t w, int64_t h) {
    Carver carver(nullptr);
    carve(job, s, w, h, carver);
    return static_cast<uint64_t>(carver.used());
}

void run_tile(const Job &job, const Call &call, const Walk &walk, const Shape &s,
              const sepflow_rect &tile, void *scratch) {
    const Request &request = job.plan.request;
    Carver carver(scratch);
    const Buffers buffers = carve(job, s, tile.w, tile.h, carver);
    const int64_t columns = s.columns(tile.w), rows = s.rows(tile.h);
    const Sink sink(job.plan, job.sum.arithmetic, call, walk, tile, false,
                    static_cast<double *>(buffers.rescaling));
    const bool is_whole = columns == tile.w * s.step && rows == tile.h;
    const Halo &halo = request.halo;
    const sepflow_rect footprint = {tile.x - halo.left, tile.y - halo.top,
                                    tile.w + halo.left + halo.right,
                                    tile.h + halo.top + halo.bottom};
    const int32_t *places = places_in_samples(job, s, buffers);
    const auto sum = [&](const void *samples, double delta, const Results &results) {
        run_direct_pass(job.sum, request.kernel, samples, buffers.staged.columns, walk.step, places,
                        columns, rows, delta, results);
    };
    for (int32_t plane = 0; plane < walk.planes; ++plane) {
        stage(request.options, job.sum.arithmetic, call, footprint, walk, plane, buffers.staged);
        Results results = {buffers.results, columns, sink.type()};
        if (sink.takes_pixels() && is_whole) results = sink.image_rows(tile.x, tile.y, plane);
        sum(buffers.staged.samples, sink.delta(), results);
        if (request.options.weighs())
            sum(buffers.staged.weights, 0, {buffers.support, columns, sink.type()});
        sink.take(results, buffers.support, tile, plane);
    }
}

}  // namespace

uint64_t scratch_bytes_of(const Plan &plan, const DirectSum &sum) {
    const Job job = {plan, sum};
    const auto bytes = [&](int32_t step) {
        const Shape s = make_shape(job, step);
        return bytes_of_tile(job, s, s.tile_w, s.tile_h);
    };
    return std::max(bytes(1), bytes(plan.request.options.channels));
}

TileSize tile_size(const Plan &plan, const DirectSum &sum, const Call &call) {
    const Job job = {plan, sum};
    const Shape s = make_shape(job, walk_of(job, call).step);
    return {s.tile_w, s.tile_h};
}

Work work_of(const Plan &plan, const DirectSum &sum, const Call &call) {
    const Job job = {plan, sum};
    const Tiles tiles(job, call);
    const Shape &s = tiles.shape();
    Work work;
    work.count = tiles.count();
    work.scratch_bytes =
        bytes_of_tile(job, s, std::min(s.tile_w, call.region.w), std::min(s.tile_h, call.region.h));
    work.run = [job, call, tiles](int64_t i, void *scratch) {
        run_tile(job, call, tiles.walk(), tiles.shape(), tiles.at(i), scratch);
    };
    return work;
}

void run_at_once(const Plan &plan, const DirectSum &sum, const Call &call, void *scratch) {
    const Job job = {plan, sum};
    const Tiles tiles(job, call);
    for (int64_t i = 0; i < tiles.count(); ++i)
        run_tile(job, call, tiles.walk(), tiles.shape(), tiles.at(i), scratch);
}

}  // namespace sepflow
