// Overlap-save: the image in blocks, each times the kernel's transform.
#pragma once

#include <memory>

#include "runtime/fourier/block_convolver.h"
#include "runtime/plan/direct_sum.h"

namespace sepflow {

// Blocks of nx x ny samples in f64, of which nx - columns + 1 by ny - rows + 1 are results.
struct Transforms {
    DirectSum direct;  // what sums a block that holds NaN or infinity
    const char *variant = nullptr;
    int nx = 0, ny = 0;
    int64_t results_w = 0, results_h = 0;  // of a block
    std::shared_ptr<const BlockConvolver> convolver;
};

Transforms make_transforms(const Request &request);

Bounds transforms_bounds(const Request &request, double kernel_norm_1);
// Predicted nanoseconds a sample (cost_model.h); infinite for a kernel too large for any block.
double transforms_cost(const Kernel &kernel);

}  // namespace sepflow
