#include "runtime/plan/bounds.h"

#include "runtime/plan/budget.h"

namespace sepflow {

namespace {

void add_up(const Request &request, const std::optional<FixedPoint> &fixed, double truncated,
            Bounds &bounds) {
    const Options &options = request.options;
    const double largest = pixel_range(options).largest();
    if (options.truncates()) {
        bounds.error = truncated;
        bounds.output = largest * truncated;
        return;
    }
    const double in_output =
        fixed ? fixed->error + largest * request.scale_rounding : largest * bounds.rounding;
    // Both sums that are divided are as far off.
    const double sums = options.weighs() ? 2 : 1;
    bounds.error = sums * (bounds.certificate.remainder_norm_1 + bounds.rounding);
    bounds.output = sums * (remainder_error(bounds.certificate, options) + in_output);
}

}  // namespace

Bounds make_bounds(const Request &request, Precision precision, double kernel_norm_1,
                   const Certificate &sums, const std::optional<FixedPoint> &fixed,
                   const std::function<Running()> &running) {
    Bounds bounds;
    bounds.certificate = sums;
    double &rounding = bounds.certificate.rounding_bound;
    rounding += request.scale_rounding;
    // Weights, their products with pixels and what is filled in: six roundings at most.
    if (request.options.has_missing())
        rounding += 8 * kernel_norm_1 * (precision == Precision::kSingle ? 0x1p-24 : 0x1p-53);
    bounds.rounding = fixed ? fixed->error / 255 + request.scale_rounding : rounding;
    const double truncated =
        request.options.truncates()
            ? truncated_error(request, precision, bounds.certificate, running())
            : 0;
    add_up(request, fixed, truncated, bounds);
    return bounds;
}

Bounds without_rounding(const Request &request, const Bounds &bounds) {
    Bounds exact = bounds;
    exact.rounding = 0;
    add_up(request, std::nullopt, 0, exact);
    return exact;
}

bool keeps_budget(const Request &request, double kernel_norm_1, const Bounds &bounds) {
    const double allowed = allowed_error(request.options, kernel_norm_1);
    return allowed == 0 || bounds.output <= allowed;
}

}  // namespace sepflow
