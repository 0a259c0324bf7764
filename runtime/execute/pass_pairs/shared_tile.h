// One tile of terms that several outputs of a bank share: bands (band.h), then row passes, then
// each output's sum of terms.
#pragma once

#include <vector>

#include "runtime/execute/pass_pairs/tile.h"

namespace sepflow {

// As tile_scratch_bytes and run_tile. `calls` are those of the bank, `call` is one of them that is
// wanted.
uint64_t shared_tile_scratch_bytes(const Job &job, int32_t step, const Blocking &blocking);
void run_shared_tile(const Job &job, const std::vector<Call> &calls, const Call &call,
                     const Walk &walk, const Blocking &blocking, const Tile &tile, void *scratch);

}  // namespace sepflow
