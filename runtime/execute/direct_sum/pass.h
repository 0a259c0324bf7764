// One call of the compiled direct pass.
#pragma once

#include <cstdint>

#include "runtime/execute/sink.h"
#include "runtime/execute/stage.h"
#include "runtime/plan/direct_sum.h"

namespace sepflow {

// Writes columns x rows results, in samples and rows, from staged samples whose neighbouring pixels
// lie `step` apart. `places` are those of the runs, columns in samples.
void run_direct_pass(const DirectSum &sum, const Kernel &kernel, const void *samples, int64_t pitch,
                     int32_t step, const int32_t *places, int64_t columns, int64_t rows,
                     double delta, const Results &results);

}  // namespace sepflow
