// Whether the result is the direct 2-D sum to the last bit, rounded once at the end: proved from
// the taps, or not.
#pragma once

#include <string>

#include "runtime/plan/way.h"

namespace sepflow {

struct Exactness {
    bool is_exact = false;
    std::string reason;  // why, or why not; a sentence
};

// Integer pixels times dyadic taps lie on a grid of multiples of 2^-b. Where no sum of a pass, in
// whatever order, leaves the numbers that its type holds on that grid, below 2^24 2^-b for f32,
// nothing is rounded.
Exactness exactness(const Request &request, const Factoring &factoring, const Way &way,
                    const Bounds &bounds);

}  // namespace sepflow
