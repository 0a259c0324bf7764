// Factors in the one form that does not depend on the LAPACK.
#pragma once

#include "runtime/factor/svd.h"

namespace sepflow {

// One term as a pair of filters, of fixed sign and scale. A row filter that does not cancel sums to
// one, so that both filters do if the kernel does; otherwise each side gets the root of the
// singular value, and the row filter's largest tap is positive.
Factor canonical_factor(const SingularTerm &term);

// Whether the sign of a factor with this row filter has to be turned.
bool is_negative(const std::vector<double> &row);

}  // namespace sepflow
