// One call of the compiled direct pass.
#pragma once

#include <cstdint>

#include "runtime/execute/stage.h"
#include "runtime/execute/store.h"
#include "runtime/plan/plan.h"

namespace sepflow {

// Writes columns x rows results, in samples and rows, from staged samples whose neighbouring pixels lie `step` apart.
// `places` are those of the plan's runs, columns in samples.
void run_direct_pass(const Plan &plan, const Staged &staged, int32_t step, const int32_t *places,
                     int64_t columns, int64_t rows, const Results &results, double delta);

}  // namespace sepflow
