// One tile: staged input if need be, then bands of rows that go through the column pass and the row pass while they
// are in the cache; see blocking.h.
#pragma once

#include <cstdint>
#include <vector>

#include <sepflow/node.h>

#include "runtime/execute/blocking.h"
#include "runtime/execute/check.h"
#include "runtime/execute/layout.h"
#include "runtime/plan/plan.h"

namespace sepflow {

struct Tile {
    sepflow_rect area;  // of the output
    bool inside;        // no tap leaves the input's domain, or none is truncated
};

// Bytes of scratch, 64-byte aligned, that run_tile wants for any tile of such blocking.
uint64_t tile_scratch_bytes(const Plan &plan, int32_t step, const Blocking &blocking);

void run_tile(const Plan &plan, const Call &call, const Walk &walk, const Blocking &blocking,
              const Tile &tile, void *scratch);

// The same for terms that several outputs share; `calls` are those of the bank.
void run_shared_tile(const SharedTerms &shared, const std::vector<Call> &calls, const Walk &walk,
                     const Blocking &blocking, const Tile &tile, void *scratch);

}  // namespace sepflow
