// Frames of straight RGBA, and what their alpha asks for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sepflow::frei0r {

bool is_opaque(const uint8_t *rgba, size_t pixels);
void copy_alpha(const uint8_t *from, uint8_t *to, size_t pixels);

// Colours times alpha, and alpha, each in 0 .. 255; and back, where colours without alpha are black.
void premultiply(const uint8_t *straight, float *premultiplied, size_t pixels);
void unpremultiply(const float *premultiplied, uint8_t *straight, size_t pixels);

}  // namespace sepflow::frei0r
