// From a kernel to its factors: K = sum over t of column_t * row_t^T, t = 1 .. rank, plus what the
// sum leaves out. Factors come out canonical: the same bytes from every LAPACK.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/kernel/kernel.h"

namespace sepflow {

// The floating-point type whose precision the passes run in.
enum class Precision { kSingle, kDouble };

struct Budget {
    // Largest entrywise 1-norm of the remainder, relative to that of the kernel; 0: the default of
    // `precision`. Scale-free: a kernel times 1e-9 keeps its rank.
    double tolerance = 0;
    std::size_t rank = 0;  // not 0: exactly this rank (at most full rank), whatever the tolerance
    Precision precision = Precision::kSingle;
};

struct Factoring {
    std::vector<Factor> factors;  // rounded to `precision`, strongest first; never empty
    std::vector<double>
        singular_values;          // of the whole kernel, descending; by product of norms if given
    double tolerance = 0;         // the one that was used
    double kernel_norm_1 = 0;     // sum of |K|
    double remainder_norm_1 = 0;  // sum of |K - sum of the factors as stored|
    double remainder_frobenius = 0;
    double remainder_positive = 0;  // sum of the positive entries of the remainder
    double remainder_negative = 0;  // sum of the negative entries, <= 0
    double rounding_bound = 0;      // bound on the passes' own rounding, for |image| <= 1
    std::size_t rank() const { return factors.size(); }
    // |output - exact| <= error_bound() * max|image| before the conversion to the output type.
    double error_bound() const { return remainder_norm_1 + rounding_bound; }
};

double default_tolerance(Precision precision);
Factoring factor_kernel(const Kernel &kernel, const Budget &budget);

}  // namespace sepflow
