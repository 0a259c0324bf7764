// Mirror symmetry, kept to the last bit. An SVD delivers symmetric singular vectors only to an ulp,
// and where singular values tie it mixes symmetric and antisymmetric ones; passes that fold
// mirrored taps need them equal. So a symmetric kernel is folded to its half (or quarter) first,
// and what the SVD finds there is unfolded by copying.
#pragma once

#include <vector>

#include "runtime/factor/svd.h"

namespace sepflow {

// The terms of `kernel`, values descending, symmetric or antisymmetric wherever the kernel is so
// within `allowance`, an entrywise 1-norm. Their number never exceeds the kernel's rank.
std::vector<SingularTerm> symmetric_terms(const Kernel &kernel, double allowance);

// The filter equals its mirror image, or its negative.
bool is_even(const std::vector<double> &filter);
bool is_odd(const std::vector<double> &filter);

}  // namespace sepflow
