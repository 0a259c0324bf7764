// The 2-D sum as it stands: taps that are not zero, in vertical runs that share loads.
#pragma once

#include "runtime/plan/plan.h"

namespace sepflow {

// How many runs of a length cover the taps that are not zero, and the best length for a kernel.
struct RunCount {
    int32_t length, count;
};
RunCount count_runs(const Kernel &kernel);

// The runs themselves; the taps as numbers of `precision`.
Runs make_runs(const Kernel &kernel, Precision precision);

}  // namespace sepflow
