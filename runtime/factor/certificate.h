// How far the factors are from the kernel: bounds, not estimates.
#pragma once

#include "runtime/factor/factor.h"

namespace sepflow {

// Fills the norms of the remainder and the rounding bound of `factoring` from its factors as they stand.
void certify(const Kernel &kernel, Precision precision, Factoring &factoring);

// |E|_1 + offset |sum of E|, E = K - sum of the factors.
long double remainder_size(const Kernel &kernel, const std::vector<Factor> &factors, double offset);

}  // namespace sepflow
