#include "runtime/base/half.h"

#include <cmath>
#include <cstring>

#include "generators/f16c.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sepflow {

namespace {

float one_to_float(uint16_t half) {
    const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
    const uint32_t exponent = (half >> 10) & 0x1f;
    const uint32_t fraction = half & 0x3ff;
    uint32_t bits;
    if (exponent == 0x1f) {
        const uint32_t quiet = fraction != 0 ? 0x400000 : 0;
        bits = 0x7f800000 | quiet | fraction << 13;
    } else if (exponent != 0) {
        bits = (exponent + 112) << 23 | fraction << 13;
    } else {
        const float value = static_cast<float>(fraction) * 0x1p-24f;  // zero and subnormals, exact
        std::memcpy(&bits, &value, sizeof bits);
    }
    bits |= sign;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

uint16_t one_to_half(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000);
    bits &= 0x7fffffff;
    if (bits > 0x7f800000) return sign | 0x7e00 | static_cast<uint16_t>(bits >> 13 & 0x3ff);  // NaN
    if (bits >= 0x477ff000) return sign | 0x7c00;  // from 65520 on: infinity
    if (bits < 0x38800000) {                       // below 2^-14: subnormal or zero
        // Adding 0.5 leaves the fraction, rounded to 2^-24, in the low bits.
        float magnitude;
        std::memcpy(&magnitude, &bits, sizeof magnitude);
        const float shifted = magnitude + 0.5f;
        uint32_t shifted_bits;
        std::memcpy(&shifted_bits, &shifted, sizeof shifted_bits);
        return sign | static_cast<uint16_t>(shifted_bits - 0x3f000000);
    }
    const uint32_t odd = bits >> 13 & 1;
    const uint32_t rounded = bits - (112u << 23) + 0xfff + odd;  // half, ties to even
    return sign | static_cast<uint16_t>(rounded >> 13);
}

#if defined(__x86_64__)
__attribute__((target("avx,f16c"))) size_t halves_by_f16c(const uint16_t *in, float *out,
                                                          size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i *>(in + i));
        _mm256_storeu_ps(out + i, _mm256_cvtph_ps(half));
    }
    return i;
}

__attribute__((target("avx,f16c"))) size_t floats_by_f16c(const float *in, uint16_t *out,
                                                          size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m128i half = _mm256_cvtps_ph(_mm256_loadu_ps(in + i), _MM_FROUND_TO_NEAREST_INT);
        _mm_storeu_si128(reinterpret_cast<__m128i *>(out + i), half);
    }
    return i;
}

bool has_f16c() {
    return __builtin_cpu_supports("avx") && processor_has_f16c();
}
#endif

}  // namespace

void half_to_float(const uint16_t *in, float *out, size_t count) {
    size_t i = 0;
#if defined(__x86_64__)
    if (has_f16c()) i = halves_by_f16c(in, out, count);
#endif
    for (; i < count; ++i) out[i] = one_to_float(in[i]);
}

void float_to_half(const float *in, uint16_t *out, size_t count) {
    size_t i = 0;
#if defined(__x86_64__)
    if (has_f16c()) i = floats_by_f16c(in, out, count);
#endif
    for (; i < count; ++i) out[i] = one_to_half(in[i]);
}

// Rounding to odd (towards zero, then the last bit set if anything was lost) leaves enough for the
// second rounding to be right: 24 bits are more than 11 + 2 (Boldo and Melquiond, IEEE Trans.
// Comput. 57(4), 2008).
uint16_t half_from_double(double value) {
    auto single = static_cast<float>(value);
    if (static_cast<double>(single) != value && std::isfinite(single)) {
        if (std::fabs(static_cast<double>(single)) > std::fabs(value))
            single = std::nextafter(single, 0.0f);
        uint32_t bits;
        std::memcpy(&bits, &single, sizeof bits);
        bits |= 1;
        std::memcpy(&single, &bits, sizeof single);
    }
    return one_to_half(single);
}

}  // namespace sepflow
