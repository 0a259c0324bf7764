// The kernel of a plane whose samples lie further apart than the kernel's taps.
#pragma once

#include "runtime/kernel/kernel.h"

namespace sepflow::gstreamer {

struct AnchoredKernel {
    Kernel kernel;
    int64_t anchor_x, anchor_y;
};

// For a plane with one sample for step_x * step_y pixels. It has the sum of the one given.
AnchoredKernel subsampled(const AnchoredKernel &full, int64_t step_x, int64_t step_y);

}  // namespace sepflow::gstreamer
