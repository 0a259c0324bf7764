// Pixels as rows of numbers: every arithmetic node loads a stretch of a row, computes, and stores it.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

namespace sepflow {

// Numbers are float, or double for f64 images; both hold every other pixel type exactly.
template <typename Number>
void load_samples(const sepflow_image &image, int64_t x, int64_t y, int32_t channel, int64_t count,
                  Number *numbers);

// Integers are rounded to nearest with ties to even and saturate.
template <typename Number>
void store_samples(const sepflow_image &image, int64_t x, int64_t y, int32_t channel, int64_t count,
                   const Number *numbers);

// Checks a call's images: counts, types, channels, strides and that region lies within bounds.
void check_images(const sepflow_process &call, uint32_t inputs, const sepflow_config &config);

}  // namespace sepflow
