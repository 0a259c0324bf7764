// What a call has to do, by the plan's method: tasks that run in any order, on any threads.
#pragma once

#include <cstdint>
#include <functional>

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

// What a task wants at most, whatever the region and the layout.
uint64_t separable_scratch_bytes(const Plan &plan);
uint64_t direct_scratch_bytes(const Plan &plan);
uint64_t fft_scratch_bytes(const Plan &plan);

}  // namespace sepflow
