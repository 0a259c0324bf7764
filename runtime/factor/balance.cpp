#include "runtime/factor/balance.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace sepflow {

namespace {

constexpr int kFar = 60;

}  // namespace

int exponent_of_largest(const std::vector<double> &taps) {
    double largest = 0;
    for (double tap : taps) largest = std::max(largest, std::fabs(tap));
    int exponent = 0;
    std::frexp(largest, &exponent);
    return exponent;
}

void times_power_of_two(std::vector<double> &taps, int exponent) {
    for (double &tap : taps) tap = std::ldexp(tap, exponent);
}

void balance(Factor &factor) {
    const int column = exponent_of_largest(factor.column), row = exponent_of_largest(factor.row);
    if (std::max(std::abs(column), std::abs(row)) <= kFar) return;
    const int shift = (row - column) / 2;
    times_power_of_two(factor.column, shift);
    times_power_of_two(factor.row, -shift);
}

void scale(Factor &factor, double by) {
    balance(factor);
    int exponent = 0;
    const double fraction = std::frexp(by, &exponent);
    const bool is_far = std::abs(exponent) > kFar;
    for (double &tap : factor.row) tap *= is_far ? fraction : by;
    if (!is_far) return;
    times_power_of_two(factor.column, exponent / 2);
    times_power_of_two(factor.row, exponent - exponent / 2);
}

}  // namespace sepflow
