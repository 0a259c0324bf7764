// What a call has to do, by the plan's method: tasks that run in any order, on any threads.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "runtime/execute/check.h"
#include "runtime/plan/plan.h"

namespace sepflow {

struct Work {
    uint64_t scratch_bytes;  // that a task wants, aligned
    int64_t count;
    std::function<void(int64_t i, void *scratch)> run;
};

// They point into the plan and the call.
Work separable_work(const Plan &plan, const Call &call);
Work direct_work(const Plan &plan, const Call &call);
Work fft_work(const Plan &plan, const Call &call);

// Tiles of the region: on each, all outputs, while its pixels are in the cache.
Work bank_work(const Bank &bank, const std::vector<Call> &calls);
// Of those that have a combination of the terms: the first that is wanted, or NULL.
const Call *wanted_call(const SharedTerms &shared, const std::vector<Call> &calls);

// Run a whole call, or the terms of a region, tile after tile on this thread. They allocate nothing: a bank calls them for
// every tile of its own.
void run_separable(const Plan &plan, const Call &call, void *scratch);
void run_direct(const Plan &plan, const Call &call, void *scratch);
void run_shared(const SharedTerms &shared, const std::vector<Call> &calls,
                const sepflow_rect &region, void *scratch);

// By the plan's method.
Work work_of(const Plan &plan, const Call &call);

// The tiles that a plan would take for itself.
struct TileSize {
    int64_t w, h;
};
TileSize separable_tile(const Plan &plan, const Call &call);
TileSize direct_tile(const Plan &plan, const Call &call);

// What a task wants at most, whatever the region and the layout.
uint64_t separable_scratch_bytes(const Plan &plan);
uint64_t direct_scratch_bytes(const Plan &plan);
uint64_t fft_scratch_bytes(const Plan &plan);
uint64_t bank_scratch_bytes(const Bank &bank);
uint64_t task_scratch_bytes(const Plan &plan);  // by its method

}  // namespace sepflow
