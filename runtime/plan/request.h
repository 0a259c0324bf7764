// A request: options, the kernel as it is correlated, and its anchor.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/kernel/kernel.h"
#include "runtime/plan/options.h"

namespace sepflow {

// How far a region of output reaches beyond itself. Negative where the anchor lies outside the
// kernel's middle.
struct Halo {
    int64_t left = 0, right = 0, top = 0, bottom = 0;
};

struct Request {
    Options options;
    Kernel kernel;  // flipped for convolution, times the scale
    int64_t anchor_x = 0, anchor_y = 0;
    Halo halo;
    double kernel_sum = 0;
    double scale_rounding = 0;  // bound on what the scale rounds off the taps, for |image| <= 1
    // If taps are truncated: entry (y, x) is the sum of the taps above and left of tap (y, x).
    std::vector<double> tap_sums;
};

// Throws Error for an anchor outside the kernel.
Request make_request(Kernel kernel, const Options &options);

// Throws Error if results are rescaled to the sum of the taps and that is zero, for a kernel of the
// given 1-norm.
void check_sum(const Request &request, double kernel_norm_1);

}  // namespace sepflow
