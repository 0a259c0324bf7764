// From a kernel to its factors: K = sum over t of column_t * row_t^T, t = 1 .. rank, plus what the
// sum leaves out. Factors come out canonical: the same from every LAPACK. The mathematics is in
// README.md.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/kernel/kernel.h"

namespace sepflow {

// The floating-point type whose precision the passes run in.
enum class Precision { kSingle, kDouble };

struct Budget {
    // Largest |E|_1 + offset |sum of E| of the remainder E, relative to the kernel's 1-norm; 0: the
    // default of `precision`. Scale-free: a kernel times 1e-9 keeps its rank.
    double tolerance = 0;
    // The middle of the range of pixel values over half its width: 0 for -1 .. 1, 1 for 0 .. 255.
    // In half widths, E takes such an image no further than that.
    double offset = 0;
    std::size_t rank = 0;  // not 0: exactly this rank (at most full rank), whatever the tolerance
    Precision precision = Precision::kSingle;
    bool in_order = false;  // how sums are taken, and what they begin with: summation.h
    double delta = 0;
};

// How far what runs is from the kernel: |output - exact| <= error_bound() * max|image|, before the
// conversion to the output's type.
struct Certificate {
    double remainder_norm_1 = 0;  // bound on the sum of |E|, E = K - what runs
    double remainder_sum = 0;     // bound on |sum of E|
    double remainder_frobenius = 0;
    double rounding_bound = 0;  // bound on what the arithmetic rounds, for |image| <= 1

    double error_bound() const { return remainder_norm_1 + rounding_bound; }
};

struct Factoring {
    Certificate certificate;
    std::vector<Factor> factors;  // as the passes use them, rounded to `precision`; never empty
    std::vector<double>
        singular_values;          // descending; of one given factor: the product of its norms
    double tolerance = 0;         // the one that was used
    double kernel_norm_1 = 0;     // sum of |K|
    bool exact_integers = false;  // found in integers: the factors multiply to the kernel exactly

    std::size_t rank() const { return factors.size(); }
};

// Throws Error for a tolerance that is not in 0 .. 1 and for a rank above the full one.
Factoring factor_kernel(const Kernel &kernel, const Budget &budget);

double default_tolerance(Precision precision);

}  // namespace sepflow
