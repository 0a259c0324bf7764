// Bringing input to the passes where its own memory will not do: at borders, in other layouts, in f16.
#pragma once

#include <sepflow/node.h>

#include "runtime/execute/layout.h"
#include "runtime/plan/plan.h"

namespace sepflow {

// A scratch image of rows of samples in the type that the column pass reads.
struct Staged {
    void *samples;
    int64_t columns, rows;  // in samples; what exceeds the area becomes zero
    void *raw_row;          // room for a row of pixels that are to be converted
};

// Copies `area`, which may reach beyond the input's domain, by the plan's border rules: all channels if
// walk.step covers them, else `plane` alone.
void stage(const Plan &plan, const sepflow_image &in, const sepflow_rect &area, const Walk &walk,
           int32_t plane, const Staged &staged);

}  // namespace sepflow
