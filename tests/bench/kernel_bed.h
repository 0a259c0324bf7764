// Kernels to compare methods on: named ones, and random ones of every rank and of few taps.
#pragma once

#include <string>
#include <vector>

#include "runtime/kernel/kernel.h"

namespace bench {

struct BedKernel {
    std::string name;
    sepflow::Kernel kernel;
};

// Kernels of the methods table: from 3 x 3 to 127 x 127, rank 1 to full.
std::vector<BedKernel> test_bed();
// Kernels for fitting the model: others, of other sizes.
std::vector<BedKernel> fit_bed();

}  // namespace bench
