// How a region is cut so that what the passes work on stays in the caches.
//
//     tile    what one thread takes: w x h pixels of output
//     band    rows of a tile whose intermediate is held at once
//     chunk   columns of a band that are staged at once and go through the column pass
//     strip   rows of a band that go through a pass at once
//
// Where the column pass reads the image itself, a band is one strip and one chunk: nothing is
// fetched twice. Where its input is staged, the rows above a band are staged again for the next, so
// a band is higher, and a chunk narrow.
#pragma once

#include <cstdint>

#include "runtime/execute/layout.h"
#include "runtime/plan/bank.h"
#include "runtime/plan/plan.h"

namespace sepflow {

// Pass pairs at work: a plan's own, or terms that outputs of a bank share.
struct Job {
    const Plan &plan;
    const PassPairs &pairs;
    const SharedTerms *shared = nullptr;

    // Sums that a pixel takes: of weighted samples, and of the weights.
    int64_t layers() const { return plan.request.options.weighs() ? 2 : 1; }
    int64_t sample_bytes() const { return pairs.arithmetic.sample_bytes(); }
};

struct Blocking {
    bool staged;             // the column pass does not read the image itself
    int64_t tile_w, tile_h;  // in pixels
    int64_t band_rows, strip_rows;
    int64_t chunk;                        // in pixels
    int64_t block_columns, block_rows;    // least extents of a pass, in samples and rows
    int64_t result_columns, result_rows;  // the same of what a strip's results go through
    int64_t reach;  // samples of the intermediate beyond a row of output: (columns - 1) * step
    int64_t above;  // rows of input beyond a column of output: rows - 1
};

// `step`: samples from a pixel to its right neighbour. Tiles that are not staged must be as large
// as one register tile; the last of a row or column takes in what would be less.
struct Least {
    int64_t w, h;  // in pixels
};
inline Least least_tile(const Blocking &b, int32_t step) {
    if (b.staged) return {1, 1};
    return {(b.result_columns + step - 1) / step, b.block_rows};
}

// The largest tile of such blocking, the last of a row and a column.
inline sepflow_rect largest_tile(const Blocking &b, int32_t step) {
    const Least least = least_tile(b, step);
    return {0, 0, b.tile_w + least.w - 1, b.tile_h + least.h - 1};
}

Blocking make_blocking(const Job &job, int32_t step, bool staged);

// The same for an area of w x h pixels, with no larger tiles than it needs.
Blocking fitted(const Blocking &blocking, int64_t w, int64_t h);

}  // namespace sepflow
