// The filters of cases.h as the tests see them, and images for them.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include <sepflow/sepflow.h>

enum Border { reflect101, reflect, replicate, wrap, constant };
constexpr sepflow_type u8 = SEPFLOW_U8, u16 = SEPFLOW_U16, s16 = SEPFLOW_S16, f32 = SEPFLOW_F32;

struct Case {
    const char *name, *kernel;
    sepflow_type in, out;
    int channels, border_x, border_y;
    double border_value, delta;
    int64_t anchor;
};
inline const Case kCases[] = {
#define CASE(name, ...) {#name, __VA_ARGS__},
#include "tests/embedded/cases.h"
#undef CASE
};

inline int bytes(sepflow_type type) {
    return (type & 0xff) / 8;
}

using Bytes = std::vector<char>;

inline Bytes random_image(const Case &c, int w, int h, std::mt19937 &random) {
    const auto samples = static_cast<size_t>(w * h * c.channels);
    Bytes image(samples * static_cast<size_t>(bytes(c.in)));
    for (size_t i = 0; i < samples; ++i) {
        // Half of them extreme, where sums saturate.
        const uint32_t r = random();
        if (c.in == f32) {
            const float value =
                r % 2 ? static_cast<float>(r % 3) : std::ldexp(static_cast<float>(r), -32);
            std::memcpy(&image[4 * i], &value, 4);
        } else {
            const uint16_t value =
                r % 2 ? (r & 2 ? 0x7fff : 0x8000) : static_cast<uint16_t>(r >> 16);
            const uint8_t byte = r % 2 ? (r & 2 ? 255 : 0) : static_cast<uint8_t>(r >> 16);
            if (c.in == u8)
                image[i] = static_cast<char>(byte);
            else
                std::memcpy(&image[2 * i], &value, 2);
        }
    }
    return image;
}
