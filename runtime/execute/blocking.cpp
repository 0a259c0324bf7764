#include "runtime/execute/blocking.h"

#include <algorithm>
#include <numeric>

namespace sepflow {

namespace {

// Bytes that the intermediate of a band and the staged input of a chunk may take: together they should leave room in
// a second-level cache of 1 MiB or, for short filters, 512 KiB.
constexpr int64_t kDirectBandBytes = 160 << 10;
constexpr int64_t kStagedBandBytes = 512 << 10;
constexpr int64_t kLargestBandBytes = 1 << 20;
constexpr int64_t kChunkBytes = 128 << 10;
constexpr int64_t kDirectTileRows = 64;

class Cut {
  public:
    Cut(const Plan &plan, int32_t step) : plan_(plan), step_(step) {
        b_.block_columns = plan.options.passes->block_columns(plan.row_form, plan.sample_bytes());
        b_.block_rows = plan.options.passes->block_rows(plan.row_form, plan.sample_bytes());
        b_.strip_rows = plan.transposed() ? b_.block_rows : 2 * b_.block_rows;
        b_.reach = static_cast<int64_t>(plan.row_taps.length - 1) * step;
        b_.above = plan.column_taps.length - 1;
    }

    Blocking direct() {
        b_.band_rows = b_.strip_rows;
        b_.tile_h = kDirectTileRows;
        set_width(kDirectBandBytes);
        b_.chunk = b_.tile_w + plan_.row_taps.length - 1;
        return b_;
    }

    Blocking staged() {
        b_.staged = true;
        // Twice as many rows as are staged again for the next band, within limits.
        b_.band_rows = std::clamp<int64_t>(round_up(2 * b_.above, 16), 16, 128);
        set_width(kStagedBandBytes);
        while (band_bytes() > kLargestBandBytes && b_.band_rows > b_.strip_rows) b_.band_rows /= 2;
        while (band_bytes() > kLargestBandBytes && b_.tile_w * step_ > 4 * b_.block_columns)
            b_.tile_w = round_up(b_.tile_w / 2, pixels_of_lines());
        b_.tile_h = b_.band_rows;
        const int64_t samples = kChunkBytes / ((b_.band_rows + b_.above) * plan_.sample_bytes());
        b_.chunk = std::max(samples / step_ / pixels_of_lines(), int64_t{1}) * pixels_of_lines();
        return b_;
    }

  private:
    // Pixels whose samples fill whole cache lines, whatever their type; many channels need no such care.
    int64_t pixels_of_lines() const { return step_ > 64 ? 1 : 64 / std::gcd(step_, int64_t{64}); }

    int64_t band_bytes() const { return bytes_of(b_.tile_w * step_ + b_.reach); }
    int64_t bytes_of(int64_t samples) const {
        return plan_.row_taps.terms * b_.band_rows * samples * plan_.sample_bytes();
    }

    // As wide as the bytes of a band allow, but so that the reach is at most a third of it.
    void set_width(int64_t bytes) {
        const int64_t samples =
            std::max({bytes / bytes_of(1) - b_.reach, 2 * b_.reach, 4 * b_.block_columns});
        b_.tile_w = std::max<int64_t>(samples / step_ / pixels_of_lines(), 1) * pixels_of_lines();
    }

    const Plan &plan_;
    int64_t step_;
    Blocking b_ = {};
};

}  // namespace

Blocking make_blocking(const Plan &plan, int32_t step, bool staged) {
    return staged ? Cut(plan, step).staged() : Cut(plan, step).direct();
}

Blocking fitted(const Blocking &blocking, int64_t w, int64_t h) {
    Blocking b = blocking;
    b.tile_w = std::min(b.tile_w, w);
    b.tile_h = std::min(b.tile_h, h);
    b.band_rows = std::min(b.band_rows, round_up(h, b.strip_rows));
    return b;
}

}  // namespace sepflow
