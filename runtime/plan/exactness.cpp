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
std::optional<double> pass_sums(const Request &request, const Factoring &factoring,
                                const PassPairs &pairs) {
    const double delta = request.options.delta;
    const int column_bits = grid_bits(pairs.column_taps.f64),
              row_bits = grid_bits(pairs.row_taps.f64);
    const int bits = std::max(column_bits + row_bits, grid_bits({delta}));
    if (column_bits == kMostBits || row_bits == kMostBits || bits >= kMostBits) return std::nullopt;
    double column = 0, row = 0;
    const double pixel = pixel_range(request.options.in_type).largest();
    for (const Factor &factor : factoring.factors) {
        column = std::max(column, pixel * sum_abs(factor.column));
        row += pixel * sum_abs(factor.column) * sum_abs(factor.row);
    }
    return std::max(std::ldexp(column, column_bits), std::ldexp(row + std::fabs(delta), bits));
}

std::optional<double> direct_sums(const Request &request) {
    const double delta = request.options.delta;
    const std::vector<double> &taps = request.kernel.taps;
    const int bits = std::max(grid_bits(taps), grid_bits({delta}));
    if (bits == kMostBits) return std::nullopt;
    const double pixel = pixel_range(request.options.in_type).largest();
    return std::ldexp(pixel * sum_abs(taps) + std::fabs(delta), bits);
}

Exactness exactness_of_fixed_point(const FixedPoint &fixed) {
    if (fixed.error != 0) return {false, "16-bit fixed point rounds its products"};
    return {true, "16-bit fixed point holds every sum"};
}

Exactness exactness_of_floats(const std::optional<double> &sums, Precision precision) {
    if (!sums) return {false, "taps or delta are not multiples of a power of two"};
    const bool is_double = precision == Precision::kDouble;
    const double most = is_double ? 0x1p53 : 0x1p24;
    const std::string type = is_double ? "f64" : "f32";
    if (*sums > most) return {false, "sums may need more bits than " + type + " has"};
    return {true, type + " holds every sum"};
}

}  // namespace

Exactness exactness(const Request &request, const Factoring &factoring, const Way &way,
                    const Bounds &bounds) {
    const Options &options = request.options;
    const auto *pairs = std::get_if<PassPairs>(&way);
    const auto *direct = std::get_if<DirectSum>(&way);
    if (!is_integer(options.in_type)) return {false, "sums of floats are rounded"};
    if (pairs == nullptr && direct == nullptr) return {false, "Fourier transforms round"};
    if (options.weighs()) return {false, "sums over missing pixels are rescaled"};
    if (options.has_missing()) return {false, "pixels that are filled in are rounded"};
    if (options.truncates()) return {false, "sums of truncated taps are rescaled"};
    if (request.scale_rounding != 0) return {false, "the scale rounds the taps"};
    const bool is_remainder_zero = bounds.certificate.remainder_norm_1 == 0;
    if (direct != nullptr) {
        if (!is_remainder_zero) return {false, "the taps are not floats"};
        return exactness_of_floats(direct_sums(request), direct->arithmetic.precision);
    }
    if (!is_remainder_zero) {
        return {false, "the factors, as they are stored, do not multiply to the kernel exactly"};
    }
    if (pairs->fixed) return exactness_of_fixed_point(*pairs->fixed);
    return exactness_of_floats(pass_sums(request, factoring, *pairs), pairs->arithmetic.precision);
}

}  // namespace sepflow
