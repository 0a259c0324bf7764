#pragma once

#include <vector>

#include "runtime/factor/factor.h"

namespace sepflow {

struct SingularTerm {
    double value;
    Factor vectors;  // of unit length
};

// All min(rows, columns) terms of K = sum of value * column * row^T, values descending.
std::vector<SingularTerm> singular_terms(const Kernel &kernel);

}  // namespace sepflow
