// The work of a call, by the plan's way: tasks that run in any order, on any threads.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "runtime/execute/check.h"
#include "runtime/plan/bank.h"
#include "runtime/plan/plan.h"

namespace sepflow {

struct Work {
    uint64_t scratch_bytes;  // for a task, aligned
    int64_t count;
    std::function<void(int64_t i, void *scratch)> run;
};

// Each way has its own, in a folder of its own. The work points into the plan and the call.
Work work_of(const Plan &plan, const PassPairs &pairs, const Call &call);
Work work_of(const Plan &plan, const DirectSum &sum, const Call &call);
Work work_of(const Plan &plan, const Transforms &transforms, const Call &call);
Work work_of(const Plan &plan, const Call &call);

// Scratch for a task, whatever the region and the layout.
uint64_t scratch_bytes_of(const Plan &plan, const PassPairs &pairs);
uint64_t scratch_bytes_of(const Plan &plan, const DirectSum &sum);
uint64_t scratch_bytes_of(const Plan &plan, const Transforms &transforms);
uint64_t scratch_bytes_of(const Plan &plan);
uint64_t scratch_bytes_of(const Bank &bank);

// Tiles of the region: on each, all outputs, while its pixels are in the cache.
Work work_of(const Bank &bank, const std::vector<Call> &calls);

// For banks, which choose the tiles of ways that work by tiles: the tile that a way would take, and
// the whole call on this thread. They allocate nothing, as a bank calls them for each of its tiles.
struct TileSize {
    int64_t w, h;
};
TileSize tile_size(const Plan &plan, const PassPairs &pairs, const Call &call);
TileSize tile_size(const Plan &plan, const DirectSum &sum, const Call &call);
void run_at_once(const Plan &plan, const PassPairs &pairs, const Call &call, void *scratch);
void run_at_once(const Plan &plan, const DirectSum &sum, const Call &call, void *scratch);

// The same of shared terms; `call` is that of an output that is wanted.
uint64_t scratch_bytes_of(const SharedTerms &shared);
TileSize tile_size(const SharedTerms &shared, const Call &call);
void run_at_once(const SharedTerms &shared, const std::vector<Call> &calls, const Call &call,
                 void *scratch);

}  // namespace sepflow
