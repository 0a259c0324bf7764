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

// What the methods table is made of: from 3 x 3 to 127 x 127, rank 1 to full.
std::vector<BedKernel> test_bed();
// What the model is fitted to: other kernels, of other sizes.
std::vector<BedKernel> fit_bed();

}  // namespace bench
