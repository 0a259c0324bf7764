#include "runtime/execute/pass_pairs/blocking.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "runtime/execute/scratch.h"

namespace sepflow {

namespace {

// Bytes that the intermediate of a band and the staged input of a chunk may take: together they
// should leave room in a second-level cache of 1 MiB. Long filters need more, or neighbouring tiles
// would filter too much twice.
constexpr int64_t kImageBandBytes = 160 << 10;
constexpr int64_t kStagedBandBytes = 512 << 10, kLargestBandBytes = 2 << 20;
constexpr int64_t kChunkBytes = 128 << 10;

class Cut {
  public:
    Cut(const Job &job, int32_t step) : job_(job), step_(step) {
        const PassPairs &pairs = job.pairs;
        const PassSet &passes = *pairs.arithmetic.passes;
        const int bytes = pairs.arithmetic.sample_bytes();
        b_.block_columns = passes.block_columns(pairs.row_form, bytes);
        b_.block_rows = passes.block_rows(pairs.row_form, bytes);
        b_.result_columns = b_.block_columns;
        b_.result_rows = b_.block_rows;
        if (job.shared != nullptr) {  // a plain row pass too
            b_.result_columns =
                std::max<int64_t>(b_.block_columns, passes.block_columns(Form::kPlain, bytes));
            b_.result_rows = passes.block_rows(Form::kPlain, bytes);
        }
        b_.strip_rows = pairs.transposed() ? b_.block_rows : 2 * b_.block_rows;
        b_.reach = static_cast<int64_t>(pairs.row_taps.length - 1) * step;
        b_.above = pairs.column_taps.length - 1;
    }

    Blocking from_image() {
        b_.band_rows = b_.strip_rows;
        b_.tile_h = kMostPassRows;
        b_.tile_w = std::max(width(b_.band_rows, kImageBandBytes),
                             round_up(2 * b_.reach / step_, pixels_of_lines()));
        b_.chunk = b_.tile_w + job_.pairs.row_taps.length - 1;
        return b_;
    }

    Blocking staged() {
        b_.staged = true;
        choose_band();
        b_.tile_h = b_.band_rows;
        const int64_t samples = kChunkBytes / ((b_.band_rows + b_.above) * job_.sample_bytes());
        b_.chunk = std::max(samples / step_ / pixels_of_lines(), int64_t{1}) * pixels_of_lines();
        return b_;
    }

  private:
    // Pixels whose samples fill whole cache lines, whatever their type; many channels need no such
    // care.
    int64_t pixels_of_lines() const { return step_ > 64 ? 1 : 64 / std::gcd(step_, int64_t{64}); }

    // The height of a band, and with it the width, for which a sample of output costs least.
    void choose_band() {
        const int64_t bytes =
            std::clamp(5 * b_.reach * bytes_of_column(64), kStagedBandBytes, kLargestBandBytes);
        double least = std::numeric_limits<double>::infinity();
        for (int64_t rows : {16, 32, 48, 64, 96, 128}) {
            Blocking candidate = b_;
            candidate.band_rows = rows;
            candidate.tile_w = width(rows, bytes);
            const double cost = cost_of(candidate);
            if (cost < least) {
                least = cost;
                b_ = candidate;
            }
        }
    }

    // In cycles a vector, roughly: staging, which does the rows above a band again and suffers from
    // short pieces of rows, and the column pass; both do the reach again. The row pass costs the
    // same for all.
    double cost_of(const Blocking &b) const {
        const auto samples = static_cast<double>(b.tile_w * step_);
        const double again = 1 + static_cast<double>(b.reach) / samples;
        const double staging =
            8 * (1 + static_cast<double>(b.above) / static_cast<double>(b.band_rows)) *
            (1 + 1500 / std::min(samples, 4096.0));
        const Taps &taps = job_.pairs.column_taps;
        const double column = taps.terms * (4 + 0.8 * taps.length);
        return again * (staging + column);
    }

    // Bytes of one column of the intermediate.
    int64_t bytes_of_column(int64_t rows) const {
        return job_.layers() * job_.pairs.column_taps.terms * rows * job_.sample_bytes();
    }

    // Pixels of a tile whose band takes `bytes`, or that is wide enough for a few register tiles.
    int64_t width(int64_t rows, int64_t bytes) const {
        const int64_t samples =
            std::max(bytes / bytes_of_column(rows) - b_.reach, 4 * b_.block_columns);
        return std::max<int64_t>(samples / step_ / pixels_of_lines(), 1) * pixels_of_lines();
    }

    const Job &job_;
    int64_t step_;
    Blocking b_ = {};
};

}  // namespace

Blocking make_blocking(const Job &job, int32_t step, bool staged) {
    return staged ? Cut(job, step).staged() : Cut(job, step).from_image();
}

Blocking fitted(const Blocking &blocking, int64_t w, int64_t h) {
    Blocking b = blocking;
    b.tile_w = std::min(b.tile_w, w);
    b.tile_h = std::min(b.tile_h, h);
    b.band_rows = std::min(b.band_rows, round_up(h, b.strip_rows));
    return b;
}

}  // namespace sepflow
