// Numbers on a grid of powers of two.
#pragma once

#include <algorithm>
#include <cmath>

namespace sepflow {

// The least number of bits, from 0 to `most`, for which all numbers are multiples of 2^-bits;
// `most` if there is none.
inline int fraction_bits(const double *first, const double *last, int most) {
    int bits = 0;
    const auto is_whole = [&](double number) {
        const double scaled = std::ldexp(number, bits);
        return scaled == std::nearbyint(scaled);
    };
    while (bits < most && !std::all_of(first, last, is_whole)) ++bits;
    return bits;
}

}  // namespace sepflow
