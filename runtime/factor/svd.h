#pragma once

#include <vector>

#include "runtime/factor/factor.h"

namespace sepflow {

struct SingularTerm {
    double value;
    Factor vectors;  // of unit length
};

// Singular values closer than this part of the largest are ties: their vectors are settled by rule.
inline constexpr double kTie = 1e-10;

// The terms of K = sum of value * column * row^T whose values stand above the noise of the
// decomposition, values descending. Only the taps are read, and not all may be zero.
std::vector<SingularTerm> singular_terms(const Kernel &kernel);

}  // namespace sepflow
