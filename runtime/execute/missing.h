// Missing pixels (sepflow.h, SEPFLOW_MISSING_IGNORE and FILL): weights of samples, and quotients of
// their sums.
#pragma once

#include <sepflow/node.h>

#include "runtime/execute/check.h"
#include "runtime/execute/layout.h"
#include "runtime/execute/stage.h"
#include "runtime/plan/plan.h"

namespace sepflow {

struct Results;

// Stages the weights of `area`, whose samples are staged. The samples become the weighted ones, or
// are filled.
void stage_weights(const Options &options, const Arithmetic &arithmetic, const Call &call,
                   const sepflow_rect &area, const Walk &walk, int32_t plane, const Staged &staged);

// Stores sums of weighted samples over sums of weights, rescaled, as pixels of `area`; both laid
// alike, in samples. What has no support becomes the missing value.
void store_quotients(const Plan &plan, const Results &sums, const void *support,
                     const sepflow_image &out, const sepflow_rect &area, const Walk &walk,
                     int32_t plane);

// Writes the missing value into pixels of `area` that are missing themselves.
void keep_missing(const Options &options, const Call &call, const sepflow_rect &area,
                  const Walk &walk, int32_t plane);

}  // namespace sepflow
