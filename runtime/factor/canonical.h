// Factors in the one form that does not depend on the LAPACK, keeps the kernel's symmetry to the last bit and
// the brightness of a constant image.
#pragma once

#include <vector>

#include "runtime/factor/factor.h"
#include "runtime/factor/svd.h"

namespace sepflow {

// Fixes symmetry, sign and scale of one term of the decomposition of `kernel`.
Factor canonical_factor(const Kernel &kernel, const SingularTerm &term);

void round_to(Precision precision, std::vector<Factor> &factors);

// Corrects what rounding did to sum over t of (sum of column_t) * (sum of row_t), which is what a constant
// image is multiplied by, at the middle of the first factor's column.
void preserve_constant(const Kernel &kernel, Precision precision, std::vector<Factor> &factors);

}  // namespace sepflow
