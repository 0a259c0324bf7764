// What a call may ask of a plan: every image, stride and region is checked here, once, before any pixel
// is touched.
#pragma once

#include <optional>

#include <sepflow/node.h>

#include "runtime/plan/plan.h"

namespace sepflow {

struct Call {
    sepflow_image in, out;
    std::optional<sepflow_image> mask;
    sepflow_rect region;
};

// Throws Error; the region of the result may be empty.
Call check_call(const Plan &plan, const sepflow_process &call);

}  // namespace sepflow
