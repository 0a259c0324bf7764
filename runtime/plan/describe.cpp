#include <algorithm>
#include <cmath>

#include "runtime/plan/budget.h"

namespace sepflow {

namespace {

int64_t non_zero_taps(const Plan &plan) {
    return std::count_if(plan.kernel.taps.begin(), plan.kernel.taps.end(),
                         [](double tap) { return tap != 0; });
}

const char *name_of(Method method) {
    constexpr const char *names[] = {"separable", "direct", "fft"};
    return names[static_cast<int>(method)];
}

// The instruction set that it runs on.
const char *variant_of(const Plan &plan) {
    const bool transforms = plan.method == Method::kFft;
    return transforms ? plan.options.passes->name : plan.passes().name;
}

// Per sample of output; transforms of n numbers take 5 n log2(n) additions and multiplications, and a pair of blocks two of them.
double multiply_adds(const Plan &plan) {
    if (plan.method == Method::kDirect) return static_cast<double>(non_zero_taps(plan));
    if (plan.method == Method::kSeparable) {
        return static_cast<double>(plan.row_taps.terms) *
               (plan.row_taps.length + plan.column_taps.length);
    }
    const Transforms &t = plan.transforms;
    const double samples = static_cast<double>(t.nx) * t.ny;
    return 2.5 * samples * std::log2(samples) / static_cast<double>(t.results_w * t.results_h);
}

}  // namespace

sepflow_plan_info plan_info(const Plan &plan, uint64_t scratch_bytes) {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    info.flags = plan.identity ? SEPFLOW_PLAN_IDENTITY : 0;
    info.left = plan.halo.left;
    info.right = plan.halo.right;
    info.top = plan.halo.top;
    info.bottom = plan.halo.bottom;
    info.rank = plan.method == Method::kSeparable ? plan.row_taps.terms : 0;
    if (plan.method == Method::kFft) {
        info.preferred_tile_w = plan.transforms.results_w;
        info.preferred_tile_h = 2 * plan.transforms.results_h;
    }
    info.error_bound = plan.error_bound();
    info.scratch_bytes = scratch_bytes;
    info.cost_per_pixel = multiply_adds(plan);
    info.method = name_of(plan.method);
    info.variant = variant_of(plan);
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
    d.non_zero_taps = non_zero_taps(plan);
    d.tolerance = tolerance_used(plan);
    d.kernel_norm_1 = factoring.kernel_norm_1;
    d.remainder_norm_1 = plan.certificate.remainder_norm_1;
    d.remainder_frobenius = plan.certificate.remainder_frobenius;
    d.rounding_bound = plan.rounding_bound();
    d.error_bound = plan.error_bound();
    d.output_error_bound = output_error(plan);
    d.is_exact = plan.exact ? 1 : 0;
    d.exactness = plan.exactness.c_str();
    d.method = name_of(plan.method);
    d.separable_cost = plan.costs.separable;
    d.direct_cost = plan.costs.direct;
    d.fft_cost = plan.costs.fft;
    d.reason = plan.reason.c_str();
    d.variant = variant_of(plan);
    d.schedule = plan.transposed() ? "transposed" : "plain";
    d.arithmetic = plan.fixed ? "fixed" : plan.precision == Precision::kDouble ? "f64" : "f32";
    return d;
}

}  // namespace sepflow
