// Options and plans, as tests write them down.
#pragma once

#include <string>

#include "runtime/plan/plan.h"

namespace plans {

inline sepflow_options given(sepflow_type in, sepflow_type out) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = in;
    options.out_type = out;
    return options;
}

inline sepflow::Plan plan_of(const std::string &kernel, const sepflow_options &options) {
    return sepflow::make_plan(sepflow::kernel_from_text(kernel), sepflow::check_options(&options));
}

}  // namespace plans
