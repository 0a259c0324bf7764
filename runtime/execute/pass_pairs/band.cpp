#include "runtime/execute/pass_pairs/band.h"

#include <variant>

#include "runtime/base/image.h"

namespace sepflow {

namespace {

// Pads a row to an odd number of cache lines, so that rows do not fall on the same lines of the
// cache.
int64_t padded(int64_t bytes) {
    return (round_up(bytes, 64) / 64 | 1) * 64;
}

}  // namespace

PassBuffer taps_buffer(const Arithmetic &arithmetic, const Taps &taps, int32_t first,
                       int32_t count) {
    const auto address = [&](const auto &passed) {
        return static_cast<const void *>(passed.data() + int64_t{first} * taps.length);
    };
    return PassBuffer(std::visit(address, taps.passed), arithmetic.sample_type,
                      {{taps.length, 1}, {count, taps.length}});
}

Band::Band(const Job &job, const Walk &walk, const Blocking &b, const sepflow_rect &tile,
           Carver &carver)
    : job_(job),
      walk_(walk),
      blocking_(b),
      tile_(tile),
      columns_(std::max(tile.w * walk.step, b.result_columns)),
      rows_(std::max(std::min(tile.h, b.band_rows), b.block_rows)),
      mid_columns_(columns_ + b.reach) {
    const int64_t bytes = job.sample_bytes();
    mid_pitch_ = padded(mid_columns_ * bytes) / bytes;
    strips_ = (rows_ + b.strip_rows - 1) / b.strip_rows;
    mid_ = carver.take(job.layers() * job.pairs.column_taps.terms * strips_ * b.strip_rows *
                       mid_pitch_ * bytes);
    if (!b.staged) return;
    // The last chunk takes in what is too narrow for one of its own, and what a narrow tile lacks.
    const int64_t columns = std::min(mid_columns_, (b.chunk + 1) * walk.step + 2 * b.block_columns);
    staged_ = carve_staged(job.plan.request.options, job.pairs.arithmetic,
                           padded(columns * bytes) / bytes, rows_ + b.above, carver);
}

bool Band::is_whole() const {
    return columns_ == tile_.w * walk_.step && tile_.h >= blocking_.block_rows;
}

void Band::fill(const Call &call, int64_t y, int32_t plane) const {
    const int64_t columns = tile_.w + job_.pairs.row_taps.length - 1;
    const int64_t least = (blocking_.block_columns + walk_.step - 1) / walk_.step;
    for (int64_t x = 0; x < columns;) {
        const int64_t left = columns - x;
        const int64_t w = left < blocking_.chunk + least ? left : blocking_.chunk;
        fill_chunk(call, x, w, y, plane);
        x += w;
    }
}

// Columns x .. x+w-1 of the band's intermediate, in pixels.
void Band::fill_chunk(const Call &call, int64_t x, int64_t w, int64_t y, int32_t plane) const {
    const PassPairs &pairs = job_.pairs;
    const Request &request = job_.plan.request;
    const int64_t above = blocking_.above;
    const sepflow_rect footprint = {tile_.x - request.halo.left + x, tile_.y - request.halo.top + y,
                                    w, std::min(rows_, tile_.h - y) + above};
    const void *source;
    sepflow_type type;
    int64_t pitch;  // in samples
    ColumnPass pass;
    if (blocking_.staged) {
        stage(request.options, pairs.arithmetic, call, footprint, walk_, plane, staged_);
        source = staged_.samples;
        type = pairs.arithmetic.sample_type;
        pitch = staged_.columns;
        pass = pairs.arithmetic.column_pass(pairs.column_form);
    } else {
        source = pixel_address(call.in, footprint.x, footprint.y, plane);
        type = call.in.type;
        pitch = call.in.stride_y / type_bytes(type);
        pass = pairs.image_column_pass;
    }
    const bool last = x + w == tile_.w + pairs.row_taps.length - 1;
    const int64_t columns = last ? mid_columns_ - x * walk_.step : w * walk_.step;
    const int32_t terms = pairs.column_taps.terms;
    PassBuffer taps = taps_buffer(pairs.arithmetic, pairs.column_taps, 0, terms);
    const auto run = [&](const void *rows, const Strip &strip) {
        PassBuffer in(static_cast<const char *>(rows) + strip.first * pitch * type_bytes(type),
                      type, {{columns, 1}, {strip.count + above, pitch}});
        check_pass(pass(in, taps, pairs.fixed ? pairs.fixed->column_bias : 0,
                        intermediate(strip, x * walk_.step, columns)));
    };
    each_strip([&](int64_t first, int64_t count) {
        run(source, {0, first, count, 0, terms});
        if (job_.layers() == 2) run(staged_.weights, {1, first, count, 0, terms});
    });
}

PassBuffer Band::intermediate(const Strip &strip) const {
    return intermediate(strip, 0, mid_columns_);
}

// From column x on, in samples.
PassBuffer Band::intermediate(const Strip &strip, int64_t x, int64_t columns) const {
    const int64_t strip_rows = blocking_.strip_rows;
    const bool transposed = job_.pairs.transposed();
    const int64_t column_stride = transposed ? strip_rows : 1;
    const int64_t row_stride = transposed ? 1 : mid_pitch_;
    const int64_t strip_size = strip_rows * mid_pitch_, term_size = strip_size * strips_;
    // Strips that were moved up have a place of their own, after those before them.
    const int64_t index = (strip.first + strip_rows - 1) / strip_rows;
    const int64_t offset =
        (strip.layer * job_.pairs.column_taps.terms + strip.first_term) * term_size +
        index * strip_size + x * column_stride;
    return PassBuffer(
        static_cast<char *>(mid_) + offset * job_.sample_bytes(), job_.pairs.arithmetic.sample_type,
        {{columns, column_stride}, {strip.count, row_stride}, {strip.terms, term_size}});
}

}  // namespace sepflow
