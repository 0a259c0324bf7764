// The definition in sepflow.h, written down a second time as plainly as possible and sharing no
// code with runtime/: a brute-force 2-D sum in double precision.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

namespace oracle {

// Pixels of any type as doubles: sample (x, y, c) of an image of w x h.
struct Image {
    int64_t w = 0, h = 0;
    int channels = 1;
    std::vector<double> samples;

    Image() = default;
    Image(int64_t width, int64_t height, int count)
        : w(width),
          h(height),
          channels(count),
          samples(static_cast<size_t>(width * height * count)) {}
    double &at(int64_t x, int64_t y, int c) {
        return samples[static_cast<size_t>((y * w + x) * channels + c)];
    }
    double at(int64_t x, int64_t y, int c) const {
        return samples[static_cast<size_t>((y * w + x) * channels + c)];
    }
};

struct Kernel {
    int64_t rows = 0, columns = 0;
    std::vector<double> taps;
    double at(int64_t j, int64_t i) const { return taps[static_cast<size_t>(j * columns + i)]; }
};

struct Options {
    int border_x = SEPFLOW_BORDER_REFLECT101, border_y = SEPFLOW_BORDER_REFLECT101;
    double border_value = 0;
    bool convolve = false;
    int64_t anchor_x = -1, anchor_y = -1;  // -1: rows/2, columns/2
    double scale = 1, delta = 0;
};

struct Result {
    double value;      // exact
    double magnitude;  // scale * sum of |tap * pixel| (times the rescaling), to judge rounding by
};

// The output at (x, y), which may lie outside the image.
Result convolve(const Image &in, const Kernel &kernel, const Options &options, int64_t x, int64_t y,
                int c);

// Converts a value to a pixel type: nearest, ties to even, saturated.
double to_type(double value, sepflow_type type);
// The distance of neighbouring values of the type near `value`; 1 for integers.
double unit(double value, sepflow_type type);

uint16_t encode_half(double value);
double decode_half(uint16_t bits);

}  // namespace oracle
