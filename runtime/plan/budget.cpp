#include "runtime/plan/budget.h"

#include <algorithm>
#include <cmath>

#include "runtime/factor/norms.h"

namespace sepflow {

namespace {

bool known_ranges(const Options &options) {
    return is_integer(options.in_type) && is_integer(options.out_type);
}

double full_scale(sepflow_type type) {
    return 2 * pixel_range(type).half_width();
}

}  // namespace

PixelRange pixel_range(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return {0, 255};
        case SEPFLOW_U16:
            return {0, 65535};
        case SEPFLOW_S16:
            return {-32768, 32767};
        default:
            return {-1, 1};
    }
}

PixelRange pixel_range(const Options &options) {
    PixelRange range = pixel_range(options.in_type);
    const auto include = [&](double value) {
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
    };
    // Rounded to a pixel, it may be larger by half a unit in the last place.
    const double growth = options.in_type == SEPFLOW_F16   ? 0x1p-11
                          : options.in_type == SEPFLOW_F32 ? 0x1p-24
                                                           : 0;
    if (options.border_x == SEPFLOW_BORDER_CONSTANT || options.border_y == SEPFLOW_BORDER_CONSTANT)
        include(options.border_value * (1 + growth));
    if (options.missing == SEPFLOW_MISSING_FILL) include(options.missing_value);
    return range;
}

double tolerance_used(const Options &options) {
    if (options.tolerance != 0) return options.tolerance;
    if (known_ranges(options)) return allowed_error(options, 0) / full_scale(options.out_type);
    return default_tolerance(options.precision);
}

double allowed_error(const Options &options, double kernel_norm_1) {
    const double tolerance = options.tolerance;
    if (!known_ranges(options)) return tolerance * kernel_norm_1 * pixel_range(options).largest();
    return tolerance == 0 ? 0.5 : tolerance * full_scale(options.out_type);
}

double remainder_error(const Certificate &certificate, const Options &options) {
    const PixelRange range = pixel_range(options);
    return range.half_width() * certificate.remainder_norm_1 +
           std::fabs(range.middle()) * certificate.remainder_sum;
}

Summation summation_of(const Options &options, Precision precision) {
    Summation summation;
    summation.precision = precision;
    summation.in_order = is_integer(options.in_type) && precision == Precision::kSingle;
    summation.delta = options.delta / pixel_range(options).largest();
    return summation;
}

Factoring factor_within_budget(const Kernel &kernel, const Options &options, double part) {
    const PixelRange range = pixel_range(options);
    Budget budget;
    budget.rank = options.rank;
    budget.precision = options.precision;
    budget.in_order = summation_of(options, options.precision).in_order;
    budget.delta = summation_of(options, options.precision).delta;
    budget.offset = std::fabs(range.middle()) / range.half_width();
    const double norm = sum_abs(kernel.taps), allowed = part * allowed_error(options, norm);
    if (!(norm > 0 && std::isfinite(norm)) || !(allowed > 0)) {
        budget.tolerance = options.tolerance;
        return factor_kernel(kernel, budget);
    }
    const auto within = [&](double error) {
        // Asked for, a tolerance may be finer than the arithmetic; by itself it is not.
        const double least = options.tolerance == 0 ? default_tolerance(budget.precision) : 0x1p-60;
        budget.tolerance = std::clamp(error / range.half_width() / norm, least, 1.0);
        return factor_kernel(kernel, budget);
    };
    Factoring factoring = within(allowed);
    const double rounding = range.largest() * factoring.certificate.rounding_bound;
    // Seldom: rounding takes what the remainder had left.
    if (remainder_error(factoring.certificate, options) + rounding > allowed)
        factoring = within(allowed - rounding);
    return factoring;
}

}  // namespace sepflow
