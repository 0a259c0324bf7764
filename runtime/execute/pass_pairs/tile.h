// One tile by a plan's own pass pairs: bands (band.h), then row passes into the sink.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

#include "runtime/execute/check.h"
#include "runtime/execute/layout.h"
#include "runtime/execute/pass_pairs/blocking.h"

namespace sepflow {

struct Tile {
    sepflow_rect area;  // of the output
    bool inside;        // no tap leaves the input's domain, or none is truncated
};

// Bytes of scratch, 64-byte aligned, for any tile of such blocking.
uint64_t tile_scratch_bytes(const Job &job, int32_t step, const Blocking &blocking);

void run_tile(const Job &job, const Call &call, const Walk &walk, const Blocking &blocking,
              const Tile &tile, void *scratch);

}  // namespace sepflow
