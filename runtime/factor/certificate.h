// How far the factors are from the kernel: bounds, not estimates.
#pragma once

#include <cstdint>

#include "runtime/factor/factor.h"
#include "runtime/factor/summation.h"

namespace sepflow {

// Fills the certificate of `factoring` from its factors as they stand.
void certify(const Kernel &kernel, const Summation &summation, Factoring &factoring);

// Certifies the direct 2-D sum with taps rounded to its precision.
Certificate certify_direct(const Kernel &kernel, const Summation &summation);

// Certifies the 2-D sum by transforms of `samples` samples in double precision (runtime/fourier),
// and delta over the largest |pixel|.
Certificate certify_transforms(const Kernel &kernel, int64_t samples, double delta);

// |E|_1 + offset |sum of E|, E = K - sum of the factors.
long double remainder_size(const Kernel &kernel, const std::vector<Factor> &factors, double offset);

}  // namespace sepflow
