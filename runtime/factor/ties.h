#pragma once

#include <vector>

#include "runtime/factor/svd.h"

namespace sepflow {

// Where singular values tie, any rotation of their vectors is as good and each LAPACK finds
// another. This puts in the one that is as near to single taps as can be: the diagonal of a matrix
// stays a diagonal.
void settle_ties(const Kernel &kernel, std::vector<SingularTerm> &terms);

}  // namespace sepflow
