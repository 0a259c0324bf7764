// Frames of straight RGBA, and what their alpha asks for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sepflow::frei0r {

bool is_opaque(const uint8_t *rgba, size_t pixels);
void copy_alpha(const uint8_t *from, uint8_t *to, size_t pixels);

// How a filter answers: scale * (K * x) + delta, where K's taps have this sum, which is not 0.
struct Response {
    double sum, scale, delta, border_value;
};

// Colours times alpha, and what alpha lacks of 255, for one filter over all four; and back from
// what it made of them: alpha by a kernel that sums to one, without delta, and colours as they
// would be if all were opaque. Those without alpha are black.
void weigh(const uint8_t *rgba, const Response &response, float *weighed, size_t pixels);
void unweigh(const float *filtered, const Response &response, uint8_t *rgba, size_t pixels);

}  // namespace sepflow::frei0r
