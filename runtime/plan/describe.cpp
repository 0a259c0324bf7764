#include <algorithm>

#include "runtime/plan/budget.h"

namespace sepflow {

sepflow_plan_info plan_info(const Plan &plan, uint64_t scratch_bytes) {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    info.flags = plan.identity ? SEPFLOW_PLAN_IDENTITY : 0;
    info.left = plan.halo.left;
    info.right = plan.halo.right;
    info.top = plan.halo.top;
    info.bottom = plan.halo.bottom;
    info.rank = plan.row_taps.terms;
    info.error_bound = plan.error_bound();
    info.scratch_bytes = scratch_bytes;
    info.cost_per_pixel =
        static_cast<double>(plan.row_taps.terms) * (plan.row_taps.length + plan.column_taps.length);
    info.variant = plan.options.passes->name;
    return info;
}

sepflow_plan_description describe_plan(const Plan &plan) {
    const Factoring &factoring = plan.factoring;
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    d.rank = plan.row_taps.terms;
    d.rows = static_cast<int64_t>(plan.kernel.rows);
    d.columns = static_cast<int64_t>(plan.kernel.columns);
    d.anchor_x = plan.anchor_x;
    d.anchor_y = plan.anchor_y;
    d.taps = plan.kernel.taps.data();
    d.column_taps = plan.column_taps.f64.data();
    d.row_taps = plan.row_taps.f64.data();
    d.singular_values = factoring.singular_values.data();
    d.singular_value_count = static_cast<int64_t>(factoring.singular_values.size());
    d.non_zero_taps = std::count_if(plan.kernel.taps.begin(), plan.kernel.taps.end(),
                                    [](double tap) { return tap != 0; });
    d.tolerance = tolerance_used(plan);
    d.kernel_norm_1 = factoring.kernel_norm_1;
    d.remainder_norm_1 = factoring.remainder_norm_1;
    d.remainder_frobenius = factoring.remainder_frobenius;
    d.rounding_bound = plan.rounding_bound();
    d.error_bound = plan.error_bound();
    d.output_error_bound = output_error(plan);
    d.is_exact = plan.exact ? 1 : 0;
    d.exactness = plan.exactness.c_str();
    d.method = "separable";
    d.reason = plan.reason.c_str();
    d.variant = plan.options.passes->name;
    d.schedule = plan.transposed() ? "transposed" : "plain";
    d.arithmetic = plan.fixed ? "fixed" : plan.precision == Precision::kDouble ? "f64" : "f32";
    return d;
}

}  // namespace sepflow
