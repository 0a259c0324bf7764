// One tile: staged input if need be, then strips of a few rows that go through the column pass and the row
// pass while they are in the cache.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

#include "runtime/execute/layout.h"
#include "runtime/plan/plan.h"

namespace sepflow {

struct Tile {
    sepflow_rect area;        // of the output
    bool leaves_x, leaves_y;  // the footprint leaves the input's domain along an axis
};

// Largest tiles, in pixels, so that the intermediate (and staged input) stay in the cache.
struct TileSize {
    int64_t w, h;
};
TileSize direct_tile_size(const Plan &plan, int32_t step);
TileSize staged_tile_size(const Plan &plan, int32_t step);

// Whether the passes can read the input's own memory for this tile.
bool reads_directly(const Walk &walk, const Tile &tile);

// Bytes of scratch, 64-byte aligned, that run_tile wants for tiles up to `size`; `direct`: for tiles whose
// input is staged only where they are narrower than a register tile.
uint64_t tile_scratch_bytes(const Plan &plan, int32_t step, TileSize size, bool direct);

void run_tile(const Plan &plan, const sepflow_image &in, const sepflow_image &out, const Walk &walk,
              const Tile &tile, void *scratch);

}  // namespace sepflow
