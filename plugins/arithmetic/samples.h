// Samples of any pixel type as numbers: every pointwise node loads a stretch of a row, computes,
// and stores it.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

namespace sepflow {

// Compiles a loop for AVX2 too, to be chosen when the plugin is loaded. Without fused operations,
// which are off, the results are the same.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SEPFLOW_FOR_EACH_CPU __attribute__((target_clones("avx2", "default")))
#else
#define SEPFLOW_FOR_EACH_CPU
#endif

constexpr int64_t kStretch = 512;  // numbers that stay in the first-level cache; the most per call

// Whether samples are numbers already, one next to the other.
template <typename Number>
bool are_numbers(sepflow_type type, int64_t stride) {
    constexpr sepflow_type own = sizeof(Number) == 4 ? SEPFLOW_F32 : SEPFLOW_F64;
    return type == own && stride == sizeof(Number);
}

// `count` samples of a type, `stride` bytes apart. Numbers are float or double.
template <typename Number>
void load_samples(sepflow_type type, const char *from, int64_t stride, int64_t count,
                  Number *numbers);

// Integers are rounded to nearest with ties to even and saturate; NaN becomes the lowest.
template <typename Number>
void store_samples(sepflow_type type, char *to, int64_t stride, int64_t count,
                   const Number *numbers);

}  // namespace sepflow
