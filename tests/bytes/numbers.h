// Numbers that are the same on every machine: of integers alone, no library's distribution, no
// rounding.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/oracle/reference.h"

namespace bytes {

// G. Marsaglia: Xorshift RNGs. Journal of Statistical Software 8 (2003), with a multiplication
// after it.
class Numbers {
  public:
    explicit Numbers(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
    // Returns a number in 0 .. 2^bits - 1, with bits at most 53.
    int64_t bits(int count) {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<int64_t>(state_ * 0x2545f4914f6cdd1d >> (64 - count));
    }
    int64_t within(int64_t low, int64_t high) { return low + bits(40) % (high - low + 1); }

  private:
    uint64_t state_;
};

// Returns a value that a pixel of the type holds exactly. Floats fill their significands within -1
// .. 1.
inline double pixel(sepflow_type type, Numbers &numbers) {
    const auto signed_part = [&](int bits) {
        return std::ldexp(static_cast<double>(2 * numbers.bits(bits) + 1), -bits) - 1;
    };
    switch (type) {
        case SEPFLOW_U8:
            return static_cast<double>(numbers.bits(8));
        case SEPFLOW_U16:
            return static_cast<double>(numbers.bits(16));
        case SEPFLOW_S16:
            return static_cast<double>(numbers.bits(16) - 32768);
        case SEPFLOW_F16:
            return signed_part(10);
        case SEPFLOW_F32:
            return signed_part(23);
        default:
            return signed_part(52);
    }
}

inline oracle::Image picture(int64_t w, int64_t h, int channels, sepflow_type type, uint64_t seed) {
    Numbers numbers(seed);
    oracle::Image image(w, h, channels);
    for (double &sample : image.samples) sample = pixel(type, numbers);
    return image;
}

// Kernel text: whole taps of nine bits and more, so that their products with pixels are rounded.
inline std::string taps(const char *word, int length, int mirrored, Numbers &numbers) {
    std::string text = word;
    std::vector<int64_t> values(static_cast<size_t>(length));
    for (size_t i = 0; i < values.size(); ++i) {
        const size_t mirror = values.size() - 1 - i;
        values[i] = numbers.within(-300, 1000);
        if (mirrored != 0 && mirror < i) values[i] = mirrored * values[mirror];
        if (mirrored < 0 && mirror == i) values[i] = 0;
        text += " " + std::to_string(values[i]);
    }
    return text;
}

}  // namespace bytes
