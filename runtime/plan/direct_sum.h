// The 2-D sum as it stands: taps that are not zero, in vertical runs that share loads.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/plan/arithmetic.h"
#include "runtime/plan/bounds.h"
#include "runtime/plan/taps.h"

namespace sepflow {

// The taps of the direct pass, in runs (generators/direct_pass.cpp).
struct Runs {
    int32_t length = 0, count = 0;
    std::vector<int32_t> places;  // column and row of the first tap of each
    TapsOf<double, float> taps;
};

struct DirectSum {
    Arithmetic arithmetic;
    Runs runs;
};

DirectSum make_direct_sum(const Request &request, Precision precision);

Bounds direct_sum_bounds(const Request &request, Precision precision, double kernel_norm_1);
// Predicted nanoseconds a sample (cost_model.h).
double direct_sum_cost(const Kernel &kernel, Precision precision);

}  // namespace sepflow
