// Bands of a tile: rows whose input is staged if need be and goes through the column pass, into an
// intermediate that row passes read strip by strip while it is in the cache; see blocking.h.
#pragma once

#include <algorithm>
#include <cstdint>

#include <sepflow/node.h>

#include "runtime/execute/check.h"
#include "runtime/execute/layout.h"
#include "runtime/execute/pass_buffer.h"
#include "runtime/execute/pass_pairs/blocking.h"
#include "runtime/execute/scratch.h"
#include "runtime/execute/stage.h"

namespace sepflow {

// Terms `first` .. `first + count - 1` of taps.
PassBuffer taps_buffer(const Arithmetic &arithmetic, const Taps &taps, int32_t first,
                       int32_t count);

class Band {
  public:
    // Takes its scratch from `carver`, which may only measure.
    Band(const Job &job, const Walk &walk, const Blocking &blocking, const sepflow_rect &tile,
         Carver &carver);

    // Columns and rows of output, in samples, that the passes compute: at least a register tile.
    int64_t columns() const { return columns_; }
    int64_t rows() const { return rows_; }
    bool is_whole() const;  // these are the tile's own, no more

    // Calls run(y) for the first row of each band of the tile. The last moves up rather than shrink
    // below a register tile.
    template <typename Run>
    void each(Run run) const {
        for (int64_t y = 0; y < tile_.h; y += rows_)
            run(std::max<int64_t>(std::min(y, tile_.h - rows_), 0));
    }
    // Calls run(first, count) for the strips of a band; the last moves up rather than shrink.
    template <typename Run>
    void each_strip(Run run) const {
        const int64_t count = std::min(blocking_.strip_rows, rows_);
        for (int64_t y = 0; y < rows_; y += count) run(std::min(y, rows_ - count), count);
    }
    // The pixels of a strip of the band from row y of the tile on.
    sepflow_rect pixels(int64_t y, int64_t first, int64_t count) const {
        return {tile_.x, tile_.y + y + first, tile_.w, std::min(count, tile_.h - y - first)};
    }

    // Fills the intermediate of the band whose first row is row y of the tile.
    void fill(const Call &call, int64_t y, int32_t plane) const;
    // Runs a row pass over terms of a strip of it; `layer` 1 holds the sums of weights.
    struct Strip {
        int64_t layer, first, count;
        int32_t first_term, terms;  // of the intermediate
    };
    PassBuffer intermediate(const Strip &strip) const;

  private:
    void fill_chunk(const Call &call, int64_t x, int64_t w, int64_t y, int32_t plane) const;
    PassBuffer intermediate(const Strip &strip, int64_t x, int64_t columns) const;

    const Job &job_;
    const Walk &walk_;
    const Blocking &blocking_;
    const sepflow_rect tile_;
    const int64_t columns_, rows_, mid_columns_;
    int64_t mid_pitch_;  // of the rows of a strip, in samples
    int64_t strips_;
    void *mid_;  // strip after strip
    Staged staged_ = {};
};

}  // namespace sepflow
