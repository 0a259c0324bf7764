#include "runtime/factor/integers.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "runtime/factor/canonical.h"
#include "runtime/factor/norms.h"

namespace sepflow {

namespace {

// Taps = integers * 2^exponent with integers below 2^31, so that their products are exact.
struct Integers {
    std::vector<int64_t> taps;
    int exponent = 0;
};

std::optional<Integers> as_integers(const std::vector<double> &taps) {
    double largest = 0;
    for (double tap : taps) largest = std::max(largest, std::fabs(tap));
    if (largest == 0) return std::nullopt;
    int top = 0;
    std::frexp(largest, &top);
    Integers result;
    result.exponent = top - 31;
    int64_t common = 0;
    for (double tap : taps) {
        const double scaled = std::ldexp(tap, -result.exponent);
        if (scaled != std::floor(scaled)) return std::nullopt;
        result.taps.push_back(static_cast<int64_t>(scaled));
        common |= result.taps.back();
    }
    for (; common % 2 == 0; common /= 2, ++result.exponent) {
        for (int64_t &tap : result.taps) tap /= 2;
    }
    return result;
}

// Splits a power of two between the filters. For fractional taps, as in 1/16 [1 2 1]^T [1 2 1], the
// row filter sums to one.
void balance(Factor &factor, int exponent) {
    int power = 0;
    const double sum = static_cast<double>(exact_sum(factor.row));
    if (std::frexp(sum, &power) != 0.5) return;
    const int moved = std::min(power - 1, -exponent);
    if (moved <= 0) return;
    for (double &tap : factor.row) tap = std::ldexp(tap, -moved);
    for (double &tap : factor.column) tap = std::ldexp(tap, moved);
}

}  // namespace

std::optional<Factor> integer_factor(const Kernel &kernel) {
    const std::optional<Integers> integers = as_integers(kernel.taps);
    if (!integers) return std::nullopt;
    const auto tap = [&](size_t y, size_t x) { return integers->taps[y * kernel.columns + x]; };

    // Every row is an integer multiple of the first non-zero row over the common divisor of its
    // taps.
    const auto non_zero = std::find_if(integers->taps.begin(), integers->taps.end(),
                                       [](int64_t t) { return t != 0; });
    const auto at = static_cast<size_t>(non_zero - integers->taps.begin());
    const size_t pivot_y = at / kernel.columns, pivot_x = at % kernel.columns;
    int64_t divisor = 0;
    for (size_t x = 0; x < kernel.columns; ++x) divisor = std::gcd(divisor, tap(pivot_y, x));
    std::vector<double> pivot_row;
    for (size_t x = 0; x < kernel.columns; ++x)
        pivot_row.push_back(static_cast<double>(tap(pivot_y, x)));
    if (is_negative(pivot_row)) divisor = -divisor;

    Factor factor;
    std::vector<int64_t> row;
    for (size_t x = 0; x < kernel.columns; ++x) {
        row.push_back(tap(pivot_y, x) / divisor);
        factor.row.push_back(static_cast<double>(row.back()));
    }
    for (size_t y = 0; y < kernel.rows; ++y) {
        const int64_t multiple = tap(y, pivot_x) / row[pivot_x];
        for (size_t x = 0; x < kernel.columns; ++x) {
            if (multiple * row[x] != tap(y, x)) return std::nullopt;
        }
        factor.column.push_back(std::ldexp(static_cast<double>(multiple), integers->exponent));
    }
    balance(factor, integers->exponent);
    return factor;
}

}  // namespace sepflow
