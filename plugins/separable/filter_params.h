// The parameters that say how to filter, whatever the kernel, and the input ports: the same for
// both nodes.
#pragma once

#include <vector>

#include "plugins/kit/node_kind.h"
#include "runtime/plan/plan.h"

namespace sepflow {

std::vector<sepflow_port_desc> filter_inputs();
std::vector<sepflow_param_desc> filter_params();

Plan plan_from_parameters(const Kernel &kernel, const Parameters &parameters,
                          const PlanFormat &format, int32_t extent = SEPFLOW_EXTENT_SAME);

}  // namespace sepflow
