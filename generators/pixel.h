// Pixel types in and out of the passes.
#pragma once

#include <Halide.h>

namespace sepflow {

// Nearest integer with ties to even, saturated to `type` (at most 16 bits), of a float `value`.
// Adding 1.5 * 2^23 pushes the fraction out of the significand under the default rounding mode and
// leaves the integer in its low bits: one addition on every instruction set, where round() is a
// library call on plain SSE2. Needs strict_float, or the addition may be reassociated into the sum
// before it.
inline Halide::Expr round_to_integer(const Halide::Expr &value, const Halide::Type &type) {
    const float magic = 12582912.0f;  // 0x4b400000
    const Halide::Expr low = Halide::cast<float>(type.min()),
                       high = Halide::cast<float>(type.max());
    const Halide::Expr shifted = Halide::max(Halide::min(value, high), low) + magic;
    return Halide::cast(type, Halide::reinterpret<int32_t>(shifted) - 0x4b400000);
}

inline Halide::Expr to_pixel(const Halide::Expr &value, const Halide::Type &type) {
    return type.is_float() ? Halide::cast(type, value) : round_to_integer(value, type);
}

}  // namespace sepflow
