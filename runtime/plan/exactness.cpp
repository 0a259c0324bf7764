#include "runtime/plan/exactness.h"

#include <algorithm>
#include <cmath>

#include "runtime/factor/norms.h"
#include "runtime/plan/budget.h"
#include "runtime/plan/dyadic.h"

namespace sepflow {

namespace {

constexpr int kMostBits = 60;

int grid_bits(const std::vector<double> &numbers) {
    return fraction_bits(numbers.data(), numbers.data() + numbers.size(), kMostBits);
}

}  // namespace

Exactness exactness(const Plan &plan) {
    const Options &options = plan.options;
    if (!is_integer(options.in_type)) return {false, "sums of floats are rounded"};
    if (plan.truncates()) return {false, "sums of truncated taps are rescaled"};
    if (plan.factoring.remainder_norm_1 != 0)
        return {false, "the factors, as they are stored, do not multiply to the kernel exactly"};
    if (plan.fixed) {
        if (plan.fixed->error != 0) return {false, "16-bit fixed point rounds its products"};
        return {true, "16-bit fixed point holds every sum"};
    }
    const int column_bits = grid_bits(plan.column_taps.f64),
              row_bits = grid_bits(plan.row_taps.f64);
    const int bits = std::max(column_bits + row_bits, grid_bits({options.delta}));
    if (column_bits == kMostBits || row_bits == kMostBits || bits >= kMostBits)
        return {false, "taps or delta are not multiples of a power of two"};
    // The largest magnitude of a sum in each pass, on its grid.
    double column = 0, row = 0;
    const double pixel = pixel_range(options.in_type).largest();
    for (const Factor &factor : plan.factoring.factors) {
        column = std::max(column, pixel * sum_abs(factor.column));
        row += pixel * sum_abs(factor.column) * sum_abs(factor.row);
    }
    const bool is_double = plan.precision == Precision::kDouble;
    const double most = is_double ? 0x1p53 : 0x1p24;
    const std::string type = is_double ? "f64" : "f32";
    if (std::ldexp(column, column_bits) > most ||
        std::ldexp(row + std::fabs(options.delta), bits) > most)
        return {false, "sums may need more bits than " + type + " has"};
    return {true, type + " holds every sum"};
}

}  // namespace sepflow
