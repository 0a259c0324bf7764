// Arithmetic of the passes: products, and pixels of sums.
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
    // The comparison makes `low` of a NaN, as everywhere else; max() is free to do either.
    const Halide::Expr above = Halide::select(value > low, value, low);
    const Halide::Expr shifted = Halide::min(above, high) + magic;
    return Halide::cast(type, Halide::reinterpret<int32_t>(shifted) - 0x4b400000);
}

// The same of sum / 2^shift + offset in fixed point, with shift >= 1.
inline Halide::Expr fixed_to_pixel(const Halide::Expr &sum, const Halide::Expr &shift,
                                   const Halide::Expr &offset, const Halide::Type &type) {
    using namespace Halide;
    const Expr bits = cast<uint16_t>(shift), whole = cast<int16_t>(offset);
    const Expr below_half = cast<int16_t>((1 << (shift - 1)) - 1);
    const Expr is_odd = ((sum >> bits) + whole) & cast<int16_t>(1);
    return saturating_cast(type, ((sum + below_half + is_odd) >> bits) + whole);
}

inline Halide::Expr to_pixel(const Halide::Expr &value, const Halide::Type &type) {
    return type.is_float() ? Halide::cast(type, value) : round_to_integer(value, type);
}

// Returns the product of a tap and a sample. In fixed point it is the high half of the product,
// floor(tap * sample / 2^16), one instruction on every x86-64 processor (pmulhw).
inline Halide::Expr product(const Halide::Expr &tap, const Halide::Expr &sample) {
    if (tap.type().is_float()) return tap * sample;
    return Halide::cast<int16_t>((Halide::cast<int32_t>(tap) * Halide::cast<int32_t>(sample)) >>
                                 16);
}

}  // namespace sepflow
