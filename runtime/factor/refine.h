// Factors nearer to the kernel in the 1-norm, which bounds pixels, than the decomposition's, which
// are nearest in the 2-norm.
#pragma once

#include <vector>

#include "runtime/factor/factor.h"

namespace sepflow {

// As many factors as given, of the same symmetries, found by iteratively reweighted least squares
// (Schlossmacher, J. Am. Stat. Assoc. 68, 1973): sum of w E^2 with w = 1 / |E| is sum of |E|, and
// for given w is minimised over the column filters and the row filters in turn. Never further from
// the kernel than the given ones.
std::vector<Factor> refined(const Kernel &kernel, const std::vector<Factor> &factors);

}  // namespace sepflow
