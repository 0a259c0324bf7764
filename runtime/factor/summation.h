// Rounding errors of the arithmetic of a method: bounds on |computed - exact| for |image| <= 1.
#pragma once

#include "runtime/factor/factor.h"

namespace sepflow {

// How the sums are taken.
struct Summation {
    Precision precision = Precision::kSingle;
    // One product after the other, unfused, as for integer images (generators/variants.cmake);
    // otherwise in any order.
    bool in_order = false;
    bool folds_columns = false, folds_rows = false;  // mirrored pixels are added first
    double delta = 0;  // that the last sums begin with, over the largest |pixel|
};

double rounding_of_passes(const std::vector<Factor> &factors, const Summation &summation);
// Returns the bound for the direct pass, which sums column after column of the kernel.
double rounding_of_taps(const Kernel &kernel, const Summation &summation);

}  // namespace sepflow
