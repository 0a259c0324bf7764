// Sixteen-bit fixed point for u8 images: range analysis, and a bound on what it loses.
//
//     sample = (pixel - 128) * 2^8
//     mid    = column_bias + sum over k of floor(sample_k * w_k / 2^16)
//            ~ (sum of column tap * (pixel - 128)) * 2^m
//     sum    = row_bias + sum over k of floor(mid_k * w_k / 2^16)
//            ~ (output - output_offset) * 2^output_shift
//     output = sum / 2^output_shift, rounded to nearest, ties to even, + output_offset, saturated
//
// The weights w are the taps times 2^(8 + m) and 2^(16 + output_shift - m); m and output_shift are
// as large as the ranges allow. The biases make up for the mean of floor, half a unit for each
// product. Additions may wrap; only the sums themselves have to fit. All is integer arithmetic: the
// same on every instruction set and in any order.
//
// Where taps are dyadic (multiples of a power of two) with few bits, no product has a fraction and
// the output is exact.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace sepflow {

struct FixedPoint {
    std::vector<int16_t> column_taps, row_taps;
    int32_t column_bias = 0, row_bias = 0;
    int32_t output_shift = 0, output_offset = 0;
    double error = 0;  // bound on |sum / 2^output_shift + output_offset - exact|, in pixel values
};

struct FixedFilter {
    const double *taps;
    int32_t length;
};

// Returns nothing if the filters do not fit, or if f32 is exact for them and this is not.
std::optional<FixedPoint> fixed_point(const FixedFilter &column, const FixedFilter &row,
                                      double delta);

inline int16_t fixed_sample(uint8_t pixel) {
    return static_cast<int16_t>((pixel - 128) * 256);
}

}  // namespace sepflow
