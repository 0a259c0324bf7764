// How far the output may be from the exact one, in its own units, and what that leaves to the
// factors.
//
// From integers to integers both ranges are known: the output may be off by `tolerance` times the
// largest value of its type, by default by half a unit, before it is rounded. Elsewhere the full
// scale of the output is what the kernel can make of the input's, |K|_1 times its largest value,
// and the default is the precision of the arithmetic.
#pragma once

#include <algorithm>

#include "runtime/factor/summation.h"
#include "runtime/plan/options.h"

namespace sepflow {

// Pixel values that an image of a type holds; of floats, those that bounds are given for.
struct PixelRange {
    double low, high;
    // Halves first: their sum does not overflow.
    double middle() const { return high / 2 + low / 2; }
    double half_width() const { return high / 2 - low / 2; }
    double largest() const { return std::max(-low, high); }
};
PixelRange pixel_range(sepflow_type type);
// With what stands for pixels outside the image, and for missing ones.
PixelRange pixel_range(const Options &options);

// The error that the output may have, in its units, for a kernel of the given 1-norm; 0 if the
// arithmetic decides.
double allowed_error(const Options &options, double kernel_norm_1);

// How the methods sum pixels of a type, not folded.
Summation summation_of(const Options &options, Precision precision);

// The factors that keep `part` of the budget, the roundings of both passes included.
Factoring factor_within_budget(const Kernel &kernel, const Options &options, double part);

// Returns a bound on the error that the remainder of the kernel makes, in units of the output.
double remainder_error(const Certificate &certificate, const Options &options);

// The tolerance, relative to the output's full scale, with its default filled in.
double tolerance_used(const Options &options);

}  // namespace sepflow
