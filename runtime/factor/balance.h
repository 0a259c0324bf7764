// Filters of which one is tiny or huge: neither sums between the passes nor floats overflow, or lose what is small, if a power of
// two is moved from one to the other. Within 2^-60 .. 2^60 all stays as it is.
#pragma once

#include "runtime/kernel/kernel.h"

namespace sepflow {

void balance(Factor &factor);
// Times a number, both filters having their part of a far one.
void scale(Factor &factor, double by);

}  // namespace sepflow
