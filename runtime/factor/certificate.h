// How far the factors are from the kernel: bounds, not estimates.
#pragma once

#include "runtime/factor/factor.h"

namespace sepflow {

// Fills the norms of the remainder and the rounding bound of `factoring` from its factors as they stand.
void certify(const Kernel &kernel, Precision precision, Factoring &factoring);

// The entrywise 1-norm of K - sum of the factors.
long double remainder_norm_1(const Kernel &kernel, const std::vector<Factor> &factors);

}  // namespace sepflow
