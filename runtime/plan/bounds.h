// How far results are from exact: what a way's certificate comes to with all that stands around its
// sums.
#pragma once

#include <functional>
#include <optional>

#include "runtime/plan/fixed_point.h"
#include "runtime/plan/request.h"
#include "runtime/plan/truncation.h"

namespace sepflow {

struct Bounds {
    Certificate certificate;  // of the sums, in floats
    // For |image| <= 1, before the conversion to the output's type: of the roundings alone, and of
    // everything.
    double rounding = 0;
    double error = 0;
    // On |output - exact| before the output is rounded to its type, in its units, for every image
    // of the input's type; of floats, within -1 .. 1. Where missing pixels are left out, for an
    // image without any.
    double output = 0;
};

// `sums`: the certificate of a way's sums alone. `running` tells what they sum; it is asked only
// where taps are truncated.
Bounds make_bounds(const Request &request, Precision precision, double kernel_norm_1,
                   const Certificate &sums, const std::optional<FixedPoint> &fixed,
                   const std::function<Running()> &running);

// The bounds of sums that are never rounded.
Bounds without_rounding(const Request &request, const Bounds &bounds);

// Tells whether the output is within the error allowed. Where the arithmetic alone rounds by more,
// it cannot be.
bool keeps_budget(const Request &request, double kernel_norm_1, const Bounds &bounds);

}  // namespace sepflow
