// The options of a plan, checked and completed.
#pragma once

#include <cstddef>
#include <cstdint>

#include <sepflow/sepflow.h>

#include "generators/passes.h"
#include "runtime/base/pixel_type.h"
#include "runtime/factor/factor.h"

namespace sepflow {

struct Options {
    sepflow_type in_type = SEPFLOW_F32;
    sepflow_type out_type = SEPFLOW_F32;
    int32_t channels = 1;
    int32_t border_x = SEPFLOW_BORDER_REFLECT101;
    int32_t border_y = SEPFLOW_BORDER_REFLECT101;
    int32_t extent = SEPFLOW_EXTENT_SAME;
    double border_value = 0;
    bool convolve = false;
    bool has_anchor = false;
    int64_t anchor_x = 0;  // in the kernel as given
    int64_t anchor_y = 0;
    double tolerance = 0;  // relative to the output's full scale; 0: the default
    size_t rank = 0;       // 0: by the tolerance
    Precision precision = Precision::kSingle;
    double scale = 1;
    double delta = 0;
    int32_t schedule = SEPFLOW_SCHEDULE_AUTO;
    int32_t method = SEPFLOW_METHOD_AUTO;
    int32_t missing = SEPFLOW_MISSING_PROPAGATE;
    double missing_value = 0;
    bool keeps_missing = false;
    bool strict = false;
    const PassSet *passes = nullptr;

    // No multiply-add is fused and sums have one order, on every instruction set: the same bytes
    // everywhere.
    bool is_unfused() const { return strict || is_integer(in_type); }
    bool has_missing() const { return missing != SEPFLOW_MISSING_PROPAGATE; }
    // Results are divided by the sum of the taps on pixels that are not missing.
    bool weighs() const { return missing == SEPFLOW_MISSING_IGNORE; }
    // Results are rescaled where taps lie outside the image. Weights do that by themselves.
    bool truncates() const {
        return !weighs() &&
               (border_x == SEPFLOW_BORDER_TRUNCATE || border_y == SEPFLOW_BORDER_TRUNCATE);
    }
};

// Throws Error for a NULL, a wrong struct_size, an unknown constant or flag, a value out of range.
Options check_options(const sepflow_options *options);

}  // namespace sepflow
