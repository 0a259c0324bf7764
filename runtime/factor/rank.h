#pragma once

#include <vector>

#include "runtime/factor/constant.h"
#include "runtime/factor/factor.h"

namespace sepflow {

// The fewest of the candidates, strongest first, whose remainder as stored has an entrywise 1-norm of at most
// `allowed`; where the rounding of the factors alone exceeds that, as many as are of use beside it.
std::vector<Factor> fewest_factors(const Kernel &kernel, const std::vector<Factor> &candidates,
                                   long double allowed, double offset, const Rounding &rounding);

}  // namespace sepflow
