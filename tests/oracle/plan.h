// A plan with an owner, and calls that must succeed.
#pragma once

#include <doctest/doctest.h>
#include <memory>
#include <string>

#include <sepflow/sepflow.h>

#include "tests/oracle/reference.h"

namespace oracle {

struct FreePlan {
    void operator()(sepflow_plan *plan) const { sepflow_plan_free(plan); }
};
using PlanPointer = std::unique_ptr<sepflow_plan, FreePlan>;

inline sepflow_options options_of(sepflow_type in_type, sepflow_type out_type = SEPFLOW_TYPE_NONE,
                                  int channels = 1) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = in_type;
    options.out_type = out_type;
    options.channels = channels;
    return options;
}

inline PlanPointer plan_from(const std::string &text, const sepflow_options &options) {
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    REQUIRE_MESSAGE(sepflow_plan_from_text(text.c_str(), &options, &plan, &error) == SEPFLOW_OK,
                    text, ": ", error.message);
    return PlanPointer(plan);
}

inline PlanPointer plan_of(const Kernel &kernel, const sepflow_options &options) {
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    REQUIRE_MESSAGE(sepflow_plan_create(kernel.taps.data(), kernel.rows, kernel.columns,
                                        kernel.columns, &options, &plan, &error) == SEPFLOW_OK,
                    error.message);
    return PlanPointer(plan);
}

inline sepflow_plan_description described(const PlanPointer &plan) {
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    REQUIRE(sepflow_plan_describe(plan.get(), &d) == SEPFLOW_OK);
    return d;
}

inline void apply(const PlanPointer &plan, const sepflow_image &in, const sepflow_image &out,
                  const sepflow_rect *region = nullptr, int threads = 1) {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    REQUIRE_MESSAGE(sepflow_apply(plan.get(), &in, &out, region, threads, &error) == SEPFLOW_OK,
                    error.message);
}

}  // namespace oracle
