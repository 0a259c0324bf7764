// Filters of which one is tiny or huge: neither sums between the passes nor floats overflow, or
// lose what is small, if a power of two is moved from one to the other. Within 2^-60 .. 2^60 all
// stays as it is.
#pragma once

#include <vector>

#include "runtime/kernel/kernel.h"

namespace sepflow {

// Returns the exponent of the power of two that scales the largest tap into [0.5, 1).
int exponent_of_largest(const std::vector<double> &taps);
void times_power_of_two(std::vector<double> &taps, int exponent);
void balance(Factor &factor);
// Times a number, both filters having their part of a far one.
void scale(Factor &factor, double by);

}  // namespace sepflow
