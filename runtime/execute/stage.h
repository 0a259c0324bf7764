// Bringing input to the passes where its own memory will not do: at borders, in other layouts, in
// f16.
#pragma once

#include <sepflow/node.h>

#include "runtime/execute/check.h"
#include "runtime/execute/layout.h"
#include "runtime/execute/scratch.h"

namespace sepflow {

// A scratch image of rows of samples.
struct Staged {
    void *samples;
    void *weights;          // of the samples, laid alike, if pixels may be missing
    int64_t columns, rows;  // in samples; what exceeds the area becomes zero
    void *raw_row;          // room for a row of pixels that are to be converted
};
Staged carve_staged(const Options &options, const Arithmetic &arithmetic, int64_t columns,
                    int64_t rows, Carver &carver);

// Copies `area`, which may reach beyond the input's domain, by the border rules: all channels if
// walk.step covers them, else `plane` alone.
void stage(const Options &options, const Arithmetic &arithmetic, const Call &call,
           const sepflow_rect &area, const Walk &walk, int32_t plane, const Staged &staged);

}  // namespace sepflow
