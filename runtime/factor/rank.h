#pragma once

#include <vector>

#include "runtime/factor/constant.h"
#include "runtime/factor/factor.h"

namespace sepflow {

// The fewest of the candidates, strongest first, whose remainder as stored has an entrywise 1-norm
// of at most `allowed` (|E|_1 + offset |sum of E|), refined where that spares one; where the
// rounding of the factors alone exceeds that, as many as reduce the error.
std::vector<Factor> fewest_factors(const Kernel &kernel, const std::vector<Factor> &candidates,
                                   long double allowed, double offset, const Rounding &rounding);

// Returns the first `rank` candidates, refined if some are left out.
std::vector<Factor> so_many_factors(const Kernel &kernel, std::vector<Factor> candidates,
                                    size_t rank, const Rounding &rounding);

}  // namespace sepflow
