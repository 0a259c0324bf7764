#include "tests/oracle/reference.h"

#include <algorithm>
#include <cmath>

namespace oracle {

namespace {

constexpr int64_t kMissing = -1;

// Walks step by step instead of computing a period.
int64_t border_pixel(int64_t i, int64_t n, int border) {
    while (i < 0 || i >= n) {
        switch (border) {
            case SEPFLOW_BORDER_REPLICATE:
                i = i < 0 ? 0 : n - 1;
                break;
            case SEPFLOW_BORDER_WRAP:
                i = i < 0 ? i + n : i - n;
                break;
            case SEPFLOW_BORDER_REFLECT:
                i = i < 0 ? -i - 1 : 2 * n - i - 1;
                break;
            case SEPFLOW_BORDER_REFLECT101:
                i = n == 1 ? 0 : i < 0 ? -i : 2 * n - i - 2;
                break;
            default:
                return kMissing;
        }
    }
    return i;
}

}  // namespace

Result convolve(const Image &in, const Kernel &kernel, const Options &options, int64_t x, int64_t y,
                int c) {
    const int64_t ax = options.anchor_x >= 0 ? options.anchor_x : kernel.columns / 2;
    const int64_t ay = options.anchor_y >= 0 ? options.anchor_y : kernel.rows / 2;
    double sum = 0, magnitude = 0, used = 0, all = 0, all_abs = 0;
    bool truncated = false;
    for (int64_t j = 0; j < kernel.rows; ++j) {
        for (int64_t i = 0; i < kernel.columns; ++i) {
            const double tap = kernel.at(j, i);
            all += tap;
            all_abs += std::fabs(tap);
            const int64_t px =
                border_pixel(options.convolve ? x - i + ax : x + i - ax, in.w, options.border_x);
            const int64_t py =
                border_pixel(options.convolve ? y - j + ay : y + j - ay, in.h, options.border_y);
            if ((px == kMissing && options.border_x == SEPFLOW_BORDER_TRUNCATE) ||
                (py == kMissing && options.border_y == SEPFLOW_BORDER_TRUNCATE)) {
                truncated = true;
                continue;
            }
            used += tap;
            const double pixel =
                px == kMissing || py == kMissing ? options.border_value : in.at(px, py, c);
            sum += tap * pixel;
            magnitude += std::fabs(tap * pixel);
        }
    }
    double factor = options.scale;
    if (truncated && std::fabs(used) > 1e-12 * all_abs) factor *= all / used;
    magnitude *= std::fabs(factor);
    // Where few taps are left, the sum that the result is divided by is itself uncertain.
    if (truncated && used != 0) magnitude += std::fabs(factor * sum) * all_abs / std::fabs(used);
    return {options.delta + factor * sum, magnitude + std::fabs(options.delta)};
}

double to_type(double value, sepflow_type type) {
    const auto rounded = [&](double low, double high) {
        return std::min(std::max(std::nearbyint(value), low), high);
    };
    switch (type) {
        case SEPFLOW_U8:
            return rounded(0, 255);
        case SEPFLOW_U16:
            return rounded(0, 65535);
        case SEPFLOW_S16:
            return rounded(-32768, 32767);
        case SEPFLOW_F16:
            return decode_half(encode_half(value));
        case SEPFLOW_F32:
            return static_cast<float>(value);
        default:
            return value;
    }
}

double unit(double value, sepflow_type type) {
    const double magnitude = std::fabs(value);
    switch (type) {
        case SEPFLOW_F16:
            return std::ldexp(1, std::max(magnitude > 0 ? std::ilogb(magnitude) : -14, -14) - 10);
        case SEPFLOW_F32:
            return std::ldexp(1, std::max(magnitude > 0 ? std::ilogb(magnitude) : -126, -126) - 23);
        case SEPFLOW_F64:
            return std::ldexp(1,
                              std::max(magnitude > 0 ? std::ilogb(magnitude) : -1022, -1022) - 52);
        default:
            return 1;
    }
}

uint16_t encode_half(double value) {
    const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    const double magnitude = std::fabs(value);
    if (std::isnan(value)) return 0x7e00;
    if (magnitude >= 65520) return sign | 0x7c00;
    const int exponent = std::max(magnitude > 0 ? std::ilogb(magnitude) : -14, -14);
    const double fraction = std::nearbyint(std::ldexp(magnitude, 10 - exponent));  // 0 .. 2048
    return static_cast<uint16_t>(sign + (exponent + 14) * 1024 + static_cast<int>(fraction));
}

double decode_half(uint16_t bits) {
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const double sign = bits & 0x8000 ? -1 : 1;
    if (exponent == 31) return fraction != 0 ? NAN : sign * INFINITY;
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(1024 + fraction, exponent - 25);
}

}  // namespace oracle
