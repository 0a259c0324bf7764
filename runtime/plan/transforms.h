// Overlap-save: the blocks, and the kernel's transform.
#pragma once

#include "runtime/plan/plan.h"

namespace sepflow {

// The sizes of the cheapest block; nx = 0 if the kernel is too large for any.
struct BlockSize {
    int nx, ny;
};
BlockSize best_block(const Kernel &kernel);

// Predicted nanoseconds a sample of output.
double block_cost(const Kernel &kernel, const BlockSize &block);

Transforms make_transforms(const Kernel &kernel, const PassSet &passes);

}  // namespace sepflow
