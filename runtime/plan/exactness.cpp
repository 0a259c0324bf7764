#include "runtime/plan/exactness.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "runtime/factor/norms.h"
#include "runtime/plan/budget.h"
#include "runtime/plan/dyadic.h"

namespace sepflow {

namespace {

constexpr int kMostBits = 60;

int grid_bits(const std::vector<double> &numbers) {
    return fraction_bits(numbers.data(), numbers.data() + numbers.size(), kMostBits);
}

// The largest magnitude of a sum, in units of its grid; nothing if there is none.
std::optional<double> pass_sums(const Plan &plan) {
    const int column_bits = grid_bits(plan.column_taps.f64),
              row_bits = grid_bits(plan.row_taps.f64);
    const int bits = std::max(column_bits + row_bits, grid_bits({plan.options.delta}));
    if (column_bits == kMostBits || row_bits == kMostBits || bits >= kMostBits) return std::nullopt;
    double column = 0, row = 0;
    const double pixel = pixel_range(plan.options.in_type).largest();
    for (const Factor &factor : plan.factoring.factors) {
        column = std::max(column, pixel * sum_abs(factor.column));
        row += pixel * sum_abs(factor.column) * sum_abs(factor.row);
    }
    return std::max(std::ldexp(column, column_bits),
                    std::ldexp(row + std::fabs(plan.options.delta), bits));
}

std::optional<double> direct_sums(const Plan &plan) {
    const int bits = std::max(grid_bits(plan.kernel.taps), grid_bits({plan.options.delta}));
    if (bits == kMostBits) return std::nullopt;
    const double pixel = pixel_range(plan.options.in_type).largest();
    return std::ldexp(pixel * sum_abs(plan.kernel.taps) + std::fabs(plan.options.delta), bits);
}

}  // namespace

Exactness exactness(const Plan &plan) {
    const Options &options = plan.options;
    if (!is_integer(options.in_type)) return {false, "sums of floats are rounded"};
    if (plan.method == Method::kFft) return {false, "Fourier transforms round"};
    if (plan.weighs()) return {false, "sums over missing pixels are rescaled"};
    if (plan.has_missing()) return {false, "pixels that are filled in are rounded"};
    if (plan.truncates()) return {false, "sums of truncated taps are rescaled"};
    if (plan.scale_rounding != 0) return {false, "the scale rounds the taps"};
    const bool is_direct = plan.method == Method::kDirect;
    if (plan.certificate.remainder_norm_1 != 0) {
        return {false, is_direct ? "the taps are not floats"
                                 : "the factors, as they are stored, do not multiply to the kernel "
                                   "exactly"};
    }
    if (plan.fixed) {
        if (plan.fixed->error != 0) return {false, "16-bit fixed point rounds its products"};
        return {true, "16-bit fixed point holds every sum"};
    }
    const std::optional<double> sums = is_direct ? direct_sums(plan) : pass_sums(plan);
    if (!sums) return {false, "taps or delta are not multiples of a power of two"};
    const bool is_double = plan.precision == Precision::kDouble;
    const double most = is_double ? 0x1p53 : 0x1p24;
    const std::string type = is_double ? "f64" : "f32";
    if (*sums > most) return {false, "sums may need more bits than " + type + " has"};
    return {true, type + " holds every sum"};
}

}  // namespace sepflow
