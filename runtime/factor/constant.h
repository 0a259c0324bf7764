// Rounds the factors to the precision that the passes run in, without changing the brightness: a
// constant image is multiplied by the sum over t of (sum of column_t) * (sum of row_t), and that
// must stay the sum of the kernel's taps.
#pragma once

#include <vector>

#include "runtime/factor/factor.h"

namespace sepflow {

// Returns the sum of `taps`, or the nearest whole number if that is no further than `forgiven` *
// sum of |taps|. Taps whose sum misses 1 or 0 by rounding are meant to have that sum.
long double intended_sum(const std::vector<double> &taps, double forgiven);

struct Rounding {
    Precision precision;
    long double gain;  // what a constant image is to be multiplied by
    double forgiven;
};

std::vector<Factor> rounded(std::vector<Factor> factors, const Rounding &rounding);

}  // namespace sepflow
