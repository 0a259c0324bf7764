#include "runtime/execute/tile.h"

#include <algorithm>
#include <optional>
#include <string>

#include "runtime/error.h"
#include "runtime/execute/stage.h"
#include "runtime/execute/store.h"

namespace sepflow {

namespace {

// The intermediate of a strip should stay in the second-level cache beside the rows it comes from:
// 4096 x 4096 f32, 21 taps, ms by columns x rows of a strip (measured as in generators/tiles.h):
// 4096 x 8 22.0, 2048 x 16 27.5.
constexpr int64_t kStripBytes = 160 << 10;
constexpr int64_t kStagedBytes = 768 << 10;
constexpr int64_t kTileRows = 64;

int64_t round_up(int64_t value, int64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

struct PassShape {
    int64_t block_columns, block_rows;  // least extents of a pass, in samples and rows
    int64_t strip_rows;
    int64_t reach;  // samples of the intermediate beyond a row of output: (columns - 1) * step
    int64_t above;  // rows of input beyond a column of output: rows - 1
};

PassShape pass_shape(const Plan &plan, int32_t step) {
    const Options &options = plan.options;
    PassShape shape;
    shape.block_columns = options.passes->block_columns(options.schedule, plan.sample_bytes());
    shape.block_rows = options.passes->block_rows(options.schedule, plan.sample_bytes());
    shape.strip_rows =
        options.schedule == Schedule::kTransposed ? shape.block_rows : 2 * shape.block_rows;
    shape.reach = static_cast<int64_t>(plan.row_taps.length - 1) * step;
    shape.above = plan.column_taps.length - 1;
    return shape;
}

// Extents that the passes compute for a tile of w x h pixels, at least one register tile.
struct Computed {
    int64_t columns, rows;  // of output
    int64_t mid_columns;
};

Computed computed(const PassShape &shape, int32_t step, int64_t w, int64_t h) {
    const int64_t columns = std::max(w * step, shape.block_columns);
    return {columns, std::max(h, shape.block_rows), columns + shape.reach};
}

int input_bytes(const Plan &plan) {
    return type_bytes(plan.column_pass_type());
}

// Scratch memory of one tile. A null base only measures.
class Carver {
  public:
    explicit Carver(void *base) : base_(static_cast<char *>(base)) {}
    void *take(int64_t bytes) {
        char *memory = base_ == nullptr ? nullptr : base_ + used_;
        used_ += round_up(bytes, 64);
        return memory;
    }
    int64_t used() const { return used_; }

  private:
    char *base_;
    int64_t used_ = 0;
};

struct Buffers {
    void *mid;
    void *strip;   // results of a strip that the image does not take directly
    double *sums;  // of truncated taps
    Staged staged;
    int64_t mid_pitch;
};

Buffers carve(const Plan &plan, const PassShape &shape, const Computed &extent, int64_t w,
              int64_t h, bool staged, Carver &carver) {
    Buffers buffers = {};
    const int64_t bytes = plan.sample_bytes();
    // Not a multiple of 4096 bytes, or the rows of a strip would fall on the same lines of the cache.
    buffers.mid_pitch = round_up(extent.mid_columns * bytes, 64) / bytes + 64 / bytes;
    buffers.mid = carver.take(plan.row_taps.terms * shape.strip_rows * buffers.mid_pitch * bytes);
    buffers.strip = carver.take(extent.columns * shape.strip_rows * bytes);
    buffers.sums = static_cast<double *>(carver.take(Rescaling::size(plan, w, h) * 8));
    if (!staged) return buffers;
    buffers.staged.columns = extent.mid_columns;
    buffers.staged.rows = extent.rows + shape.above;
    buffers.staged.samples =
        carver.take(buffers.staged.columns * buffers.staged.rows * input_bytes(plan));
    buffers.staged.raw_row = carver.take(buffers.staged.columns * 4);
    return buffers;
}

halide_type_t pass_type(sepflow_type type) {
    const halide_type_code_t codes[] = {halide_type_uint, halide_type_int, halide_type_float};
    return halide_type_t(codes[(type >> 8) - 1], static_cast<uint8_t>(type & 0xff));
}

// A buffer as the passes take it.
class PassBuffer {
  public:
    struct Dimension {
        int64_t extent, stride;
    };
    PassBuffer(const void *samples, halide_type_t type,
               std::initializer_list<Dimension> dimensions) {
        buffer_.host = static_cast<uint8_t *>(const_cast<void *>(samples));
        buffer_.type = type;
        buffer_.dim = dims_;
        for (const Dimension &d : dimensions) {
            dims_[buffer_.dimensions++] = halide_dimension_t(0, static_cast<int32_t>(d.extent),
                                                             static_cast<int32_t>(d.stride));
        }
    }
    PassBuffer(const PassBuffer &) = delete;
    operator halide_buffer_t *() { return &buffer_; }

  private:
    halide_dimension_t dims_[3];
    halide_buffer_t buffer_ = {};
};

PassBuffer taps_buffer(const Taps &taps) {
    const void *first =
        taps.f32.empty() ? static_cast<const void *>(taps.f64.data()) : taps.f32.data();
    const auto type = halide_type_t(halide_type_float, taps.f32.empty() ? 64 : 32);
    return PassBuffer(first, type, {{taps.length, 1}, {taps.terms, taps.length}});
}

void check_pass(int code) {
    if (code != 0)
        throw Error(SEPFLOW_E_INTERNAL, "a pass refused its buffers, code " + std::to_string(code));
}

// Rows of samples that a pass reads or writes.
struct Rows {
    char *first;
    int64_t pitch;  // in samples
};

class TileRun {
  public:
    TileRun(const Plan &plan, const sepflow_image &in, const sepflow_image &out, const Walk &walk,
            const Tile &tile, void *scratch)
        : plan_(plan),
          in_(in),
          out_(out),
          walk_(walk),
          area_(tile.area),
          shape_(pass_shape(plan, walk.step)),
          extent_(computed(shape_, walk.step, area_.w, area_.h)) {
        const Options &options = plan.options;
        const bool whole = extent_.columns == area_.w * walk.step && extent_.rows == area_.h;
        const bool rescales = (tile.leaves_x && options.border_x == SEPFLOW_BORDER_TRUNCATE) ||
                              (tile.leaves_y && options.border_y == SEPFLOW_BORDER_TRUNCATE);
        reads_ = whole && reads_directly(walk, tile);
        writes_ = whole && walk.output_direct && !rescales;
        result_type_ = rescales ? plan.unrounded_type() : plan.row_pass_type();
        Carver carver(scratch);
        buffers_ = carve(plan, shape_, extent_, area_.w, area_.h, !reads_, carver);
        if (rescales) rescaling_.emplace(plan, domain_of(in), area_, buffers_.sums);
    }

    void run(int32_t plane) const {
        const Rows source = source_rows(plane);
        const int64_t count = std::min(shape_.strip_rows, extent_.rows);
        for (int64_t y = 0; y < extent_.rows; y += count) {
            // The last strip moves up rather than shrink below a register tile.
            const int64_t first = std::min(y, extent_.rows - count);
            const Rows rows = {source.first + first * source.pitch * input_bytes(plan_),
                               source.pitch};
            const Rows results = result_rows(first, plane);
            run_passes(rows, results, count);
            if (!writes_) store_strip(results, first, count, plane);
        }
    }

  private:
    Rows source_rows(int32_t plane) const {
        const Halo &halo = plan_.halo;
        const sepflow_rect footprint = {area_.x - halo.left, area_.y - halo.top,
                                        area_.w + halo.left + halo.right,
                                        area_.h + halo.top + halo.bottom};
        if (reads_) {
            return {pixel_address(in_, footprint.x, footprint.y, plane),
                    in_.stride_y / input_bytes(plan_)};
        }
        stage(plan_, in_, footprint, walk_, plane, buffers_.staged);
        return {static_cast<char *>(buffers_.staged.samples), buffers_.staged.columns};
    }

    Rows result_rows(int64_t first, int32_t plane) const {
        if (!writes_) return {static_cast<char *>(buffers_.strip), extent_.columns};
        return {pixel_address(out_, area_.x, area_.y + first, plane),
                out_.stride_y / type_bytes(out_.type)};
    }

    void run_passes(const Rows &source, const Rows &results, int64_t count) const {
        const bool transposed = plan_.options.schedule == Schedule::kTransposed;
        const int64_t column_stride = transposed ? shape_.strip_rows : 1;
        const int64_t row_stride = transposed ? 1 : buffers_.mid_pitch;
        PassBuffer in(source.first, pass_type(plan_.column_pass_type()),
                      {{extent_.mid_columns, 1}, {count + shape_.above, source.pitch}});
        PassBuffer mid(buffers_.mid, pass_type(plan_.unrounded_type()),
                       {{extent_.mid_columns, column_stride},
                        {count, row_stride},
                        {plan_.row_taps.terms, shape_.strip_rows * buffers_.mid_pitch}});
        PassBuffer out(results.first, pass_type(result_type_),
                       {{extent_.columns, 1}, {count, results.pitch}});
        PassBuffer column_taps = taps_buffer(plan_.column_taps),
                   row_taps = taps_buffer(plan_.row_taps);
        check_pass(plan_.column_pass(in, column_taps, mid));
        // What is rescaled gets its delta afterwards.
        const RowPass row_pass = rescaling_ ? plan_.unrounded_row_pass : plan_.row_pass;
        check_pass(row_pass(mid, row_taps, walk_.step, rescaling_ ? 0 : plan_.options.delta, out));
    }

    void store_strip(const Rows &rows, int64_t first, int64_t count, int32_t plane) const {
        const Results results = {rows.first, rows.pitch, result_type_};
        const sepflow_rect stored = {area_.x, area_.y + first, area_.w,
                                     std::min(count, area_.h - first)};
        if (rescaling_) {
            store_rescaled(plan_, results, *rescaling_, out_, stored, first, walk_, plane);
        } else {
            store(results, out_, stored, walk_, plane);
        }
    }

    const Plan &plan_;
    const sepflow_image &in_, &out_;
    const Walk &walk_;
    const sepflow_rect area_;
    const PassShape shape_;
    const Computed extent_;
    bool reads_, writes_;  // the passes use the images' own memory
    sepflow_type result_type_;
    Buffers buffers_;
    std::optional<Rescaling> rescaling_;
};

}  // namespace

TileSize direct_tile_size(const Plan &plan, int32_t step) {
    const PassShape shape = pass_shape(plan, step);
    const int64_t row_bytes = plan.row_taps.terms * shape.strip_rows * plan.sample_bytes();
    const int64_t samples =
        std::max({kStripBytes / row_bytes - shape.reach, 2 * shape.reach, 4 * shape.block_columns});
    return {std::max<int64_t>(samples / step, 1), kTileRows};
}

TileSize staged_tile_size(const Plan &plan, int32_t step) {
    const PassShape shape = pass_shape(plan, step);
    TileSize size = direct_tile_size(plan, step);
    const auto staged = [&] {
        return (size.w * step + shape.reach) * (size.h + shape.above) * input_bytes(plan);
    };
    while (staged() > kStagedBytes && size.w * step > shape.block_columns && size.w > 1)
        size.w = (size.w + 1) / 2;
    while (staged() > kStagedBytes && size.h > shape.strip_rows) size.h /= 2;
    return size;
}

bool reads_directly(const Walk &walk, const Tile &tile) {
    return walk.input_direct && !tile.leaves_x && !tile.leaves_y;
}

uint64_t tile_scratch_bytes(const Plan &plan, int32_t step, TileSize size, bool direct) {
    const PassShape shape = pass_shape(plan, step);
    const auto bytes = [&](TileSize tile, bool staged) {
        Carver carver(nullptr);
        carve(plan, shape, computed(shape, step, tile.w, tile.h), tile.w, tile.h, staged, carver);
        return static_cast<uint64_t>(carver.used());
    };
    if (!direct) return bytes(size, true);
    const TileSize narrow = {std::min(size.w, shape.block_columns / step + 1), size.h};
    const TileSize low = {size.w, std::min(size.h, shape.block_rows)};
    return std::max({bytes(size, false), bytes(narrow, true), bytes(low, true)});
}

void run_tile(const Plan &plan, const sepflow_image &in, const sepflow_image &out, const Walk &walk,
              const Tile &tile, void *scratch) {
    const TileRun run(plan, in, out, walk, tile, scratch);
    for (int32_t plane = 0; plane < walk.planes; ++plane) run.run(plane);
}

}  // namespace sepflow
