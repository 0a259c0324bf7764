#include "runtime/factor/constant.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/factor/norms.h"
#include "runtime/factor/symmetry.h"

namespace sepflow {

namespace {

// Terms cut off on purpose may take this part of the brightness along, and the strongest factor is
// scaled to bring it back. Whoever asks for a rank that loses more wants something else than the
// kernel.
constexpr long double kMostScaling = 0.1L;

double nearest(double tap, Precision precision) {
    return precision == Precision::kSingle ? static_cast<double>(static_cast<float>(tap)) : tap;
}

// The taps in the order in which they are adjusted: the largest first, since the smaller ones, on a
// finer grid, then make up for what its step was too coarse for. Equal ones from the middle
// outwards. Of a symmetric filter one of each pair.
std::vector<size_t> order_of_adjustment(const std::vector<double> &filter, bool even) {
    const size_t count = even ? (filter.size() + 1) / 2 : filter.size();
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), size_t{0});
    const auto from_middle = [&](size_t i) {
        return std::max(2 * i, filter.size() - 1) - std::min(2 * i, filter.size() - 1);
    };
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const double first = std::fabs(filter[a]), second = std::fabs(filter[b]);
        if (first != second) return first > second;
        return from_middle(a) != from_middle(b) ? from_middle(a) < from_middle(b) : a < b;
    });
    return order;
}

// Rounds the taps so that they sum to `sum` as nearly as their grid allows.
void round_keeping_sum(std::vector<double> &filter, long double sum, Precision precision) {
    for (double &tap : filter) tap = nearest(tap, precision);
    if (is_odd(filter)) return;
    const bool even = is_even(filter);
    long double missing = sum - exact_sum(filter);
    for (const size_t i : order_of_adjustment(filter, even)) {
        const size_t mirror = even ? filter.size() - 1 - i : i;
        const int count = mirror == i ? 1 : 2;
        const double moved = nearest(filter[i] + static_cast<double>(missing / count), precision);
        // A tap so small that it would visibly change is left alone.
        if (std::fabs(moved - filter[i]) > 0x1p-12 * std::fabs(filter[i])) continue;
        missing -= (static_cast<long double>(moved) - filter[i]) * count;
        filter[i] = filter[mirror] = moved;
    }
}

long double gain_of(const Factor &factor) {
    return exact_sum(factor.column) * exact_sum(factor.row);
}

size_t of_largest_gain(const std::vector<Factor> &factors) {
    const auto found =
        std::max_element(factors.begin(), factors.end(), [](const Factor &a, const Factor &b) {
            return std::fabs(gain_of(a)) < std::fabs(gain_of(b));
        });
    return static_cast<size_t>(found - factors.begin());
}

}  // namespace

long double intended_sum(const std::vector<double> &taps, double forgiven) {
    const long double sum = exact_sum(taps);
    const long double whole = std::nearbyint(sum);
    return std::fabs(sum - whole) <= forgiven * static_cast<long double>(sum_abs(taps)) ? whole
                                                                                        : sum;
}

std::vector<Factor> rounded(std::vector<Factor> factors, const Rounding &rounding) {
    const size_t strongest = of_largest_gain(factors);
    const auto round = [&](std::vector<double> &filter) {
        round_keeping_sum(filter, intended_sum(filter, rounding.forgiven), rounding.precision);
    };
    long double gain = rounding.gain;
    for (size_t t = 0; t < factors.size(); ++t) {
        round(factors[t].row);
        if (t == strongest) continue;
        round(factors[t].column);
        gain -= gain_of(factors[t]);
    }
    const std::vector<double> &row = factors[strongest].row;
    std::vector<double> &column = factors[strongest].column;
    if (!cancels(column) && !cancels(row)) {
        const long double sum = gain / exact_sum(row), scale = sum / exact_sum(column);
        if (std::fabs(scale - 1) <= kMostScaling) {
            for (double &tap : column) tap = static_cast<double>(tap * scale);
            round_keeping_sum(column, sum, rounding.precision);
            return factors;
        }
    }
    round(column);
    return factors;
}

}  // namespace sepflow
