// Writing pixels one by one, whatever the layout and the type.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include <sepflow/node.h>

#include "runtime/base/half.h"
#include "runtime/execute/layout.h"

namespace sepflow {

template <typename T>
T to_integer(double value) {
    constexpr double low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
    // The comparisons are such that a NaN becomes `low`.
    return static_cast<T>(std::nearbyint(value >= high ? high : value > low ? value : low));
}

// Writes sample(x, y, c) for every channel of every pixel of the area.
template <typename T, typename Sample>
void write(const sepflow_image &out, const sepflow_rect &area, const Walk &walk, int32_t plane,
           Sample sample) {
    const bool is_dense = out.stride_x == static_cast<int64_t>(sizeof(T)) && walk.step == 1;
    for (int64_t y = 0; y < area.h; ++y) {
        char *pixel = pixel_address(out, area.x, area.y + y, plane);
        if (is_dense) {  // a loop that compilers make vectors of
            auto *row = reinterpret_cast<T *>(pixel);
            for (int64_t x = 0; x < area.w; ++x) row[x] = sample(x, y, 0);
            continue;
        }
        for (int64_t x = 0; x < area.w; ++x) {
            for (int32_t c = 0; c < walk.step; ++c) {
                const T value = sample(x, y, c);
                std::memcpy(pixel + x * out.stride_x + c * out.stride_c, &value, sizeof value);
            }
        }
    }
}

// Writes value(x, y, c), a double, as a pixel of the image's type.
template <typename Value>
void store_values(const sepflow_image &out, const sepflow_rect &area, const Walk &walk,
                  int32_t plane, Value value) {
    const auto as = [&](auto convert) {
        using T = decltype(convert(0.0));
        write<T>(out, area, walk, plane,
                 [&](int64_t x, int64_t y, int32_t c) { return convert(value(x, y, c)); });
    };
    switch (out.type) {
        case SEPFLOW_U8:
            return as([](double v) { return to_integer<uint8_t>(v); });
        case SEPFLOW_U16:
            return as([](double v) { return to_integer<uint16_t>(v); });
        case SEPFLOW_S16:
            return as([](double v) { return to_integer<int16_t>(v); });
        case SEPFLOW_F16:
            return as([](double v) { return half_from_double(v); });
        case SEPFLOW_F32:
            return as([](double v) { return static_cast<float>(v); });
        default:
            return as([](double v) { return v; });
    }
}

}  // namespace sepflow
