// The images of one process call, checked before any pixel is touched.
#pragma once

#include <sepflow/node.h>

#include "plugins/kit/node_kind.h"

namespace sepflow {

constexpr uint32_t kMaxInputs = 2;

struct CheckedCall {
    sepflow_image inputs[kMaxInputs], output;
    sepflow_rect region;
};

// Throws Error unless counts, types, channels, memory and region are sound. That the inputs hold
// what the region needs, and what of the output they may share, is for the node to check.
CheckedCall checked_call(const sepflow_process &call, uint32_t inputs, const PlanFormat &format);

}  // namespace sepflow
