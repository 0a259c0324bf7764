// The numbers that a way works on, and which compiled passes do so.
#pragma once

#include "runtime/plan/options.h"

namespace sepflow {

// Samples are what the passes read and sum: s16 in fixed point, else f32 or f64.
struct Arithmetic {
    Precision precision = Precision::kSingle;
    sepflow_type sample_type = SEPFLOW_F32;
    // The type that the last pass writes: the output's, or that of samples which are converted
    // afterwards: to f16, which no pass knows, and after all sums in f64.
    sepflow_type result_type = SEPFLOW_F32;
    bool unfused = false;
    const PassSet *passes = nullptr;
    LoadPass load = nullptr;  // dense pixels to samples, if there is such a pass

    int sample_bytes() const { return (sample_type & 0xff) / 8; }
    bool is_fixed() const { return sample_type == SEPFLOW_S16; }

    ColumnPass column_pass(Form form) const;
    // The pass that reads pixels of an image, if there is one.
    ColumnPass image_column_pass(sepflow_type from) const;
    // Passes that write pixels or samples of a type.
    RowPass row_pass(Form form, sepflow_type to) const;
    DirectPass direct_pass(sepflow_type to) const;
};

Arithmetic float_arithmetic(const Options &options, Precision precision);
// From u8 to u8; see fixed_point.h.
Arithmetic fixed_arithmetic(const Options &options);

}  // namespace sepflow
