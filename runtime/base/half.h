// IEEE 754 binary16 to and from binary32, nearest even, as rows. Halide 14 emulates these
// conversions in integer arithmetic even where the processor has them, so they stand outside the
// passes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sepflow {

void half_to_float(const uint16_t *in, float *out, size_t count);
void float_to_half(const float *in, uint16_t *out, size_t count);

// One value, rounded once: by way of the nearest float it might be rounded twice.
uint16_t half_from_double(double value);

}  // namespace sepflow
