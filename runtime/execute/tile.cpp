#include "runtime/execute/tile.h"

#include <algorithm>
#include <optional>
#include <variant>

#include "runtime/execute/missing.h"
#include "runtime/execute/pass_buffer.h"
#include "runtime/execute/scratch.h"
#include "runtime/execute/stage.h"
#include "runtime/execute/store.h"
#include "runtime/execute/work.h"

namespace sepflow {

namespace {

// Extents that the passes compute for a band of w x h pixels, at least one register tile.
struct Computed {
    int64_t columns, rows;  // of output, in samples and rows
    int64_t mid_columns;
};

Computed computed(const Blocking &b, int32_t step, int64_t w, int64_t h) {
    const int64_t columns = std::max(w * step, b.result_columns);
    return {columns, std::max(h, b.block_rows), columns + b.reach};
}

struct Buffers {
    void *mid;       // of a band, strip after strip
    void *strip;     // results of a strip that the image does not take directly
    void *support;   // of a strip, the sums of weights
    void *combined;  // of a strip whose results are those of terms, one after the other
    double *sums;    // of truncated taps
    Staged staged, weights;
    int64_t mid_pitch;  // of the rows of a strip, in samples
    int64_t strips;     // of a band
};

// A row of so many bytes, so that rows do not fall on the same lines of the cache: an odd number of lines.
int64_t padded(int64_t bytes) {
    return (round_up(bytes, 64) / 64 | 1) * 64;
}

// Those of a strip, or more where a pass over terms wants a block.
int64_t rows_of_terms(const Blocking &b) {
    return std::max(b.strip_rows, b.result_rows);
}

Buffers carve(const Plan &plan, const Blocking &b, int32_t step, int64_t w, int64_t h,
              Carver &carver) {
    const Computed extent = computed(b, step, w, std::min(h, b.band_rows));
    const int64_t bytes = plan.sample_bytes();
    Buffers buffers = {};
    buffers.mid_pitch = padded(extent.mid_columns * bytes) / bytes;
    buffers.strips = (extent.rows + b.strip_rows - 1) / b.strip_rows;
    buffers.mid = carver.take(plan.layers() * plan.column_taps.terms * buffers.strips *
                              b.strip_rows * buffers.mid_pitch * bytes);
    const int64_t strip =
        extent.columns * (plan.shares_terms() ? rows_of_terms(b) : b.strip_rows) * bytes;
    buffers.strip = carver.take((plan.shares_terms() ? plan.row_taps.terms : 1) * strip);
    if (plan.shares_terms()) buffers.combined = carver.take(strip);
    if (plan.weighs()) buffers.support = carver.take(strip);
    buffers.sums = static_cast<double *>(carver.take(Rescaling::size(plan, w, h) * 8));
    if (!b.staged) return buffers;
    // The last chunk takes in what is too narrow for one of its own, and what a narrow tile lacks.
    const int64_t columns =
        std::min(extent.mid_columns, (b.chunk + 1) * step + 2 * b.block_columns);
    buffers.staged.columns = padded(columns * bytes) / bytes;
    buffers.staged.rows = extent.rows + b.above;
    buffers.staged.samples = carver.take(buffers.staged.columns * buffers.staged.rows * bytes);
    buffers.staged.raw_row = carver.take(buffers.staged.columns * bytes);
    if (plan.has_missing()) {
        buffers.weights = buffers.staged;
        buffers.weights.samples = carver.take(buffers.staged.columns * buffers.staged.rows * bytes);
    }
    return buffers;
}

// Terms `first` .. `first + count - 1` of taps.
PassBuffer taps_buffer(const Plan &plan, const Taps &taps, int32_t first, int32_t count) {
    const auto address = [&](const auto &passed) {
        return static_cast<const void *>(passed.data() + int64_t{first} * taps.length);
    };
    return PassBuffer(std::visit(address, taps.passed), plan.sample_type(),
                      {{taps.length, 1}, {count, taps.length}});
}

PassBuffer taps_buffer(const Plan &plan, const Taps &taps) {
    return taps_buffer(plan, taps, 0, taps.terms);
}

// Rows of samples that a pass reads or writes.
struct Rows {
    char *first;
    int64_t pitch;  // in samples
};

class TileRun {
  public:
    TileRun(const Plan &plan, const Call &call, const Walk &walk, const Blocking &blocking,
            const Tile &tile, void *scratch)
        : plan_(plan),
          call_(call),
          in_(call.in),
          out_(call.out),
          walk_(walk),
          b_(blocking),
          area_(tile.area),
          extent_(computed(blocking, walk.step, tile.area.w,
                           std::min(tile.area.h, blocking.band_rows))),
          bytes_(plan.sample_bytes()) {
        const bool whole = extent_.columns == area_.w * walk.step && area_.h >= b_.block_rows;
        const bool rescales = plan.truncates() && !tile.inside;
        writes_ = whole && walk.output_direct && !rescales && !plan.weighs();
        result_type_ = rescales || plan.weighs() ? plan.sample_type() : plan.result_type();
        Carver carver(scratch);
        buffers_ = carve(plan, b_, walk.step, area_.w, area_.h, carver);
        if (rescales) rescaling_.emplace(plan, call.in.domain, area_, buffers_.sums);
    }

    void share(const SharedTerms &shared, const std::vector<Call> &calls) {
        shared_ = &shared;
        calls_ = &calls;
    }

    void run(int32_t plane) const {
        for (int64_t y = 0; y < area_.h; y += extent_.rows) {
            // The last band moves up rather than shrink below a register tile.
            run_band(std::max<int64_t>(std::min(y, area_.h - extent_.rows), 0), plane);
        }
    }

  private:
    void run_band(int64_t y, int32_t plane) const {
        const int64_t columns = area_.w + plan_.row_taps.length - 1;
        const int64_t least = (b_.block_columns + walk_.step - 1) / walk_.step;
        for (int64_t x = 0; x < columns;) {
            const int64_t left = columns - x;
            const int64_t w = left < b_.chunk + least ? left : b_.chunk;
            run_chunk(x, w, y, plane);
            x += w;
        }
        each_strip([&](int64_t first, int64_t count) {
            if (shared_ != nullptr) return run_shared_strip(y, first, count, plane);
            const Rows results = result_rows(y + first, plane);
            run_row_pass(0, first, count, results);
            if (plan_.weighs()) {
                run_row_pass(1, first, count,
                             {static_cast<char *>(buffers_.support), extent_.columns});
            }
            if (!writes_) store_strip(results, y + first, count, plane);
            if (plan_.options.keeps_missing) {
                const sepflow_rect strip = {area_.x, area_.y + y + first, area_.w,
                                            std::min(count, area_.h - y - first)};
                keep_missing(plan_, call_, strip, walk_, plane);
            }
        });
    }

    // Columns x .. x+w-1 of the band's intermediate, in pixels.
    void run_chunk(int64_t x, int64_t w, int64_t y, int32_t plane) const {
        const sepflow_rect footprint = {area_.x - plan_.halo.left + x, area_.y - plan_.halo.top + y,
                                        w, std::min(extent_.rows, area_.h - y) + b_.above};
        const Rows source = source_rows(footprint, plane);
        const bool last = x + w == area_.w + plan_.row_taps.length - 1;
        const int64_t columns = last ? extent_.mid_columns - x * walk_.step : w * walk_.step;
        each_strip([&](int64_t first, int64_t count) {
            const Rows from = {source.first + first * source.pitch * type_bytes(source_type()),
                               source.pitch};
            run_column_pass(0, from, columns, x * walk_.step, first, count);
            if (!plan_.weighs()) return;
            const Rows weights = {static_cast<char *>(buffers_.weights.samples) +
                                      first * buffers_.weights.columns * bytes_,
                                  buffers_.weights.columns};
            run_column_pass(1, weights, columns, x * walk_.step, first, count);
        });
    }

    // What the column pass reads.
    sepflow_type source_type() const { return b_.staged ? plan_.sample_type() : in_.type; }

    // Calls run(first, count) for the strips of a band; the last moves up rather than shrink.
    template <typename Run>
    void each_strip(Run run) const {
        const int64_t count = std::min(b_.strip_rows, extent_.rows);
        for (int64_t y = 0; y < extent_.rows; y += count)
            run(std::min(y, extent_.rows - count), count);
    }

    Rows source_rows(const sepflow_rect &footprint, int32_t plane) const {
        if (!b_.staged) {
            return {pixel_address(in_, footprint.x, footprint.y, plane),
                    in_.stride_y / type_bytes(in_.type)};
        }
        stage(plan_, in_, footprint, walk_, plane, buffers_.staged);
        if (plan_.has_missing()) {
            stage_weights(plan_, call_, footprint, walk_, plane, buffers_.staged, buffers_.weights);
        }
        return {static_cast<char *>(buffers_.staged.samples), buffers_.staged.columns};
    }

    Rows result_rows(int64_t y, int32_t plane) const {
        if (!writes_) return {static_cast<char *>(buffers_.strip), extent_.columns};
        return {pixel_address(out_, area_.x, area_.y + y, plane),
                out_.stride_y / type_bytes(out_.type)};
    }

    // The intermediate of a strip, from column x on; `layer` 1 is that of the weights.
    PassBuffer mid_buffer(int64_t layer, int64_t x, int64_t columns, int64_t first, int64_t count,
                          int32_t first_term, int32_t terms) const {
        const bool transposed = plan_.transposed();
        const int64_t column_stride = transposed ? b_.strip_rows : 1;
        const int64_t row_stride = transposed ? 1 : buffers_.mid_pitch;
        const int64_t strip = b_.strip_rows * buffers_.mid_pitch;
        // Strips that were moved up have a place of their own, after those before them.
        const int64_t index = (first + b_.strip_rows - 1) / b_.strip_rows;
        const int64_t layer_size = plan_.column_taps.terms * strip * buffers_.strips;
        const int64_t offset = layer * layer_size + first_term * strip * buffers_.strips +
                               index * strip + x * column_stride;
        return PassBuffer(
            static_cast<char *>(buffers_.mid) + offset * bytes_, plan_.sample_type(),
            {{columns, column_stride}, {count, row_stride}, {terms, strip * buffers_.strips}});
    }
    PassBuffer mid_buffer(int64_t layer, int64_t x, int64_t columns, int64_t first,
                          int64_t count) const {
        return mid_buffer(layer, x, columns, first, count, 0, plan_.column_taps.terms);
    }

    void run_column_pass(int64_t layer, const Rows &source, int64_t columns, int64_t x,
                         int64_t first, int64_t count) const {
        PassBuffer in(source.first, source_type(),
                      {{columns, 1}, {count + b_.above, source.pitch}});
        PassBuffer taps = taps_buffer(plan_, plan_.column_taps);
        const ColumnPass pass = b_.staged ? plan_.column_pass : plan_.direct_column_pass;
        check_pass(pass(in, taps, plan_.fixed ? plan_.fixed->column_bias : 0,
                        mid_buffer(layer, x, columns, first, count)));
    }

    void run_row_pass(int64_t layer, int64_t first, int64_t count, const Rows &results) const {
        PassBuffer out(results.first, result_type_, {{extent_.columns, 1}, {count, results.pitch}});
        PassBuffer taps = taps_buffer(plan_, plan_.row_taps);
        PassBuffer mid = mid_buffer(layer, 0, extent_.mid_columns, first, count);
        if (plan_.fixed) {
            check_pass(plan_.row_pass(mid, taps, walk_.step, plan_.fixed->row_bias,
                                      plan_.fixed->output_shift, plan_.fixed->output_offset, out));
        } else if (rescaling_ || plan_.weighs()) {  // which add delta afterwards
            check_pass(plan_.sample_row_pass(mid, taps, walk_.step, 0, 0, 0, out));
        } else {
            check_pass(plan_.row_pass(mid, taps, walk_.step, plan_.options.delta, 0, 0, out));
        }
    }

    // The row passes of terms that are kept; then each output: a term's row pass, or one over kept results.
    void run_shared_strip(int64_t y, int64_t first, int64_t count, int32_t plane) const {
        for (const int32_t term : shared_->summed) {
            PassBuffer out(term_results(term), plan_.sample_type(),
                           {{extent_.columns, 1}, {count, extent_.columns}});
            run_term(term, first, count, plan_.sample_row_pass, 0, out);
        }
        for (const Combination &combination : shared_->combinations) {
            if (!(*calls_)[combination.output].is_wanted()) continue;
            const sepflow_image &image = (*calls_)[combination.output].out;
            const bool writes = takes_results(image, combination, count);
            const int64_t rows = writes || combination.is_term ? count : at_least_block(count);
            Rows to = {static_cast<char *>(buffers_.combined), extent_.columns};
            if (writes)
                to = {pixel_address(image, area_.x, area_.y + y + first, plane),
                      image.stride_y / type_bytes(image.type)};
            PassBuffer out(to.first, combination.type, {{extent_.columns, 1}, {rows, to.pitch}});
            if (combination.is_term) {
                run_term(combination.first, first, count, combination.pass, combination.delta, out);
            } else {
                PassBuffer terms(term_results(combination.first), plan_.sample_type(),
                                 {{extent_.columns, 1},
                                  {rows, extent_.columns},
                                  {combination.weights.terms, term_size()}});
                PassBuffer weights = taps_buffer(plan_, combination.weights);
                check_pass(combination.pass(terms, weights, 1, combination.delta, 0, 0, out));
            }
            if (writes) continue;
            const sepflow_rect stored = {area_.x, area_.y + y + first, area_.w,
                                         std::min(count, area_.h - y - first)};
            store({to.first, to.pitch, combination.type}, image, stored, walk_, plane);
        }
    }

    int64_t at_least_block(int64_t rows) const { return std::max(rows, b_.result_rows); }

    bool takes_results(const sepflow_image &image, const Combination &combination,
                       int64_t rows) const {
        return image.type == combination.type && is_direct(image, walk_.planes == 1, rows) &&
               extent_.columns == area_.w * walk_.step && area_.h >= b_.block_rows &&
               (combination.is_term || rows >= b_.result_rows);
    }

    // Of a strip, in samples; the terms lie one after the other.
    int64_t term_size() const { return extent_.columns * rows_of_terms(b_); }
    char *term_results(int32_t term) const {
        return static_cast<char *>(buffers_.strip) + term * term_size() * bytes_;
    }

    void run_term(int32_t term, int64_t first, int64_t count, RowPass pass, double delta,
                  PassBuffer &out) const {
        PassBuffer taps = taps_buffer(plan_, plan_.row_taps, term, 1);
        PassBuffer mid = mid_buffer(0, 0, extent_.mid_columns, first, count,
                                    plan_.column_of[static_cast<size_t>(term)], 1);
        check_pass(pass(mid, taps, walk_.step, delta, 0, 0, out));
    }

    void store_strip(const Rows &rows, int64_t y, int64_t count, int32_t plane) const {
        const Results results = {rows.first, rows.pitch, result_type_};
        const sepflow_rect stored = {area_.x, area_.y + y, area_.w, std::min(count, area_.h - y)};
        if (plan_.weighs()) {
            store_quotients(plan_, results, buffers_.support, out_, stored, walk_, plane);
        } else if (rescaling_) {
            store_rescaled(plan_, results, *rescaling_, out_, stored, y, walk_, plane);
        } else {
            store(results, out_, stored, walk_, plane);
        }
    }

    const Plan &plan_;
    const Call &call_;
    const sepflow_image &in_, &out_;
    const Walk &walk_;
    const Blocking &b_;
    const sepflow_rect area_;
    const Computed extent_;  // of a band
    const int64_t bytes_;    // of a sample
    bool writes_;            // the row pass writes the image itself
    sepflow_type result_type_;
    Buffers buffers_;
    std::optional<Rescaling> rescaling_;
    const SharedTerms *shared_ = nullptr;
    const std::vector<Call> *calls_ = nullptr;
};

}  // namespace

uint64_t tile_scratch_bytes(const Plan &plan, int32_t step, const Blocking &b) {
    const Least least = least_tile(b, step);
    Carver carver(nullptr);
    carve(plan, b, step, b.tile_w + least.w - 1, b.tile_h + least.h - 1, carver);
    return static_cast<uint64_t>(carver.used());
}

void run_tile(const Plan &plan, const Call &call, const Walk &walk, const Blocking &blocking,
              const Tile &tile, void *scratch) {
    const TileRun run(plan, call, walk, blocking, tile, scratch);
    for (int32_t plane = 0; plane < walk.planes; ++plane) run.run(plane);
}

void run_shared_tile(const SharedTerms &shared, const std::vector<Call> &calls, const Walk &walk,
                     const Blocking &blocking, const Tile &tile, void *scratch) {
    TileRun run(shared.plan, *wanted_call(shared, calls), walk, blocking, tile, scratch);
    run.share(shared, calls);
    for (int32_t plane = 0; plane < walk.planes; ++plane) run.run(plane);
}

}  // namespace sepflow
