#include <algorithm>
#include <cmath>

#include "runtime/plan/budget.h"
#include "runtime/plan/plan.h"

namespace sepflow {

namespace {

int64_t non_zero_taps(const Kernel &kernel) {
    return std::count_if(kernel.taps.begin(), kernel.taps.end(),
                         [](double tap) { return tap != 0; });
}

// Facts that each way knows of itself.
struct WayFacts {
    const char *variant;
    double multiply_adds;  // per sample of output
    int32_t rank;          // 0 but for pairs of passes
    int64_t tile_w, tile_h;
    const char *schedule, *arithmetic;
};

const char *arithmetic_name(const Arithmetic &arithmetic) {
    return arithmetic.precision == Precision::kDouble ? "f64" : "f32";
}

WayFacts facts_of(const Plan &, const PassPairs &pairs) {
    WayFacts facts = {};
    facts.variant = pairs.arithmetic.passes->name;
    facts.rank = pairs.row_taps.terms;
    facts.multiply_adds =
        static_cast<double>(facts.rank) * (pairs.row_taps.length + pairs.column_taps.length);
    facts.schedule = pairs.transposed() ? "transposed" : "plain";
    facts.arithmetic = pairs.fixed ? "fixed" : arithmetic_name(pairs.arithmetic);
    return facts;
}

WayFacts facts_of(const Plan &plan, const DirectSum &sum) {
    return {sum.arithmetic.passes->name,
            static_cast<double>(non_zero_taps(plan.request.kernel)),
            0,
            0,
            0,
            "plain",
            arithmetic_name(sum.arithmetic)};
}

// A transform of n numbers takes 5 n log2(n) additions and multiplications, and a pair of blocks
// two of them.
WayFacts facts_of(const Plan &, const Transforms &t) {
    const double samples = static_cast<double>(t.nx) * t.ny;
    return {t.variant,
            2.5 * samples * std::log2(samples) / static_cast<double>(t.results_w * t.results_h),
            0,
            t.results_w,
            2 * t.results_h,
            "plain",
            "f64"};
}

WayFacts facts_of(const Plan &plan) {
    return std::visit([&](const auto &way) { return facts_of(plan, way); }, plan.way);
}

}  // namespace

sepflow_plan_info plan_info(const Plan &plan, uint64_t scratch_bytes) {
    const WayFacts facts = facts_of(plan);
    const Halo &halo = plan.request.halo;
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    info.flags = plan.identity ? SEPFLOW_PLAN_IDENTITY : 0;
    info.left = halo.left;
    info.right = halo.right;
    info.top = halo.top;
    info.bottom = halo.bottom;
    info.rank = facts.rank;
    info.preferred_tile_w = facts.tile_w;
    info.preferred_tile_h = facts.tile_h;
    info.error_bound = plan.bounds.error;
    info.scratch_bytes = scratch_bytes;
    info.cost_per_pixel = facts.multiply_adds;
    info.method = name_of(method_of(plan.way));
    info.variant = facts.variant;
    return info;
}

sepflow_plan_description describe_plan(const Plan &plan) {
    const WayFacts facts = facts_of(plan);
    const Request &request = plan.request;
    const Factoring &factoring = plan.factoring;
    const Certificate &certificate = plan.bounds.certificate;
    const auto cost = [&](Method method) { return plan.costs[static_cast<size_t>(method)]; };
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    d.rank = static_cast<int32_t>(factoring.rank());
    d.rows = static_cast<int64_t>(request.kernel.rows);
    d.columns = static_cast<int64_t>(request.kernel.columns);
    d.anchor_x = request.anchor_x;
    d.anchor_y = request.anchor_y;
    d.taps = request.kernel.taps.data();
    d.column_taps = plan.described.column_taps.data();
    d.row_taps = plan.described.row_taps.data();
    d.singular_values = factoring.singular_values.data();
    d.singular_value_count = static_cast<int64_t>(factoring.singular_values.size());
    d.non_zero_taps = non_zero_taps(request.kernel);
    d.tolerance = tolerance_used(request.options);
    d.kernel_norm_1 = factoring.kernel_norm_1;
    d.remainder_norm_1 = certificate.remainder_norm_1;
    d.remainder_frobenius = certificate.remainder_frobenius;
    d.rounding_bound = plan.bounds.rounding;
    d.error_bound = plan.bounds.error;
    d.output_error_bound = plan.bounds.output;
    d.is_exact = plan.exactness.is_exact ? 1 : 0;
    d.exactness = plan.exactness.reason.c_str();
    d.method = name_of(method_of(plan.way));
    d.separable_cost = cost(Method::kSeparable);
    d.direct_cost = cost(Method::kDirect);
    d.fft_cost = cost(Method::kFft);
    d.reason = plan.described.reason.c_str();
    d.variant = facts.variant;
    d.schedule = facts.schedule;
    d.arithmetic = facts.arithmetic;
    return d;
}

}  // namespace sepflow
