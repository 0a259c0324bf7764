#include "runtime/execute/pass_pairs/tile.h"

#include "runtime/execute/pass_pairs/band.h"
#include "runtime/execute/sink.h"

namespace sepflow {

namespace {

// The memory of a tile of a plan's own pairs.
struct Buffers {
    Band band;
    void *results;  // of a strip that the image does not take directly
    void *support;  // the same of weights
    void *rescaling;

    Buffers(const Job &job, const Walk &walk, const Blocking &b, const sepflow_rect &tile,
            Carver &carver)
        : band(job, walk, b, tile, carver) {
        const int64_t strip = band.columns() * b.strip_rows * job.sample_bytes();
        results = carver.take(strip);
        support = job.layers() == 2 ? carver.take(strip) : nullptr;
        rescaling = carver.take(Rescaling::bytes(job.plan, tile.w, tile.h));
    }
};

class OwnTile {
  public:
    OwnTile(const Job &job, const Call &call, const Walk &walk, const Blocking &blocking,
            const Tile &tile, Carver &carver)
        : job_(job),
          call_(call),
          walk_(walk),
          buffers_(job, walk, blocking, tile.area, carver),
          sink_(job.plan, job.pairs.arithmetic, call, walk, tile.area, tile.inside,
                static_cast<double *>(buffers_.rescaling)) {}

    void run(int32_t plane) const {
        const Band &band = buffers_.band;
        band.each([&](int64_t y) {
            band.fill(call_, y, plane);
            band.each_strip(
                [&](int64_t first, int64_t count) { run_strip(y, first, count, plane); });
        });
    }

  private:
    void run_strip(int64_t y, int64_t first, int64_t count, int32_t plane) const {
        const Band &band = buffers_.band;
        const sepflow_rect pixels = band.pixels(y, first, count);
        Results results = {buffers_.results, band.columns(), sink_.type()};
        if (sink_.takes_pixels() && band.is_whole())
            results = sink_.image_rows(pixels.x, pixels.y, plane);
        run_row_pass(0, first, count, results);
        if (job_.layers() == 2)
            run_row_pass(1, first, count, {buffers_.support, band.columns(), sink_.type()});
        sink_.take(results, buffers_.support, pixels, plane);
    }

    void run_row_pass(int64_t layer, int64_t first, int64_t count, const Results &results) const {
        const PassPairs &pairs = job_.pairs;
        const int32_t terms = pairs.row_taps.terms;
        const Band &band = buffers_.band;
        PassBuffer out(results.samples, results.type,
                       {{band.columns(), 1}, {count, results.pitch}});
        PassBuffer taps = taps_buffer(pairs.arithmetic, pairs.row_taps, 0, terms);
        PassBuffer mid = band.intermediate({layer, first, count, 0, terms});
        const RowPass pass = pairs.arithmetic.row_pass(pairs.row_form, results.type);
        if (const auto &fixed = pairs.fixed) {
            check_pass(pass(mid, taps, walk_.step, fixed->row_bias, fixed->output_shift,
                            fixed->output_offset, out));
        } else {
            check_pass(pass(mid, taps, walk_.step, sink_.delta(), 0, 0, out));
        }
    }

    const Job &job_;
    const Call &call_;
    const Walk &walk_;
    const Buffers buffers_;
    const Sink sink_;
};

}  // namespace

uint64_t tile_scratch_bytes(const Job &job, int32_t step, const Blocking &blocking) {
    Walk walk;
    walk.step = step;
    Carver carver(nullptr);
    Buffers(job, walk, blocking, largest_tile(blocking, step), carver);
    return static_cast<uint64_t>(carver.used());
}

void run_tile(const Job &job, const Call &call, const Walk &walk, const Blocking &blocking,
              const Tile &tile, void *scratch) {
    Carver carver(scratch);
    const OwnTile own(job, call, walk, blocking, tile, carver);
    for (int32_t plane = 0; plane < walk.planes; ++plane) own.run(plane);
}

}  // namespace sepflow
