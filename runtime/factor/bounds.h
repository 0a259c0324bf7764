// Steps that every bound is made of.
#pragma once

#include <cmath>
#include <limits>

namespace sepflow {

// gamma_n = n u / (1 - n u) bounds the relative error of n roundings in a row (Higham, Accuracy and
// Stability of Numerical Algorithms, 2nd ed., lemma 3.1).
inline long double gamma(long double n, long double u) {
    return n * u / (1 - n * u);
}

// The next double above, so that the conversion cannot undo a bound.
inline double upwards(long double bound) {
    const auto rounded = static_cast<double>(bound);
    return bound > 0 ? std::nextafter(rounded, std::numeric_limits<double>::infinity()) : rounded;
}

}  // namespace sepflow
