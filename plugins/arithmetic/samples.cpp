#include "plugins/arithmetic/samples.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "runtime/base/half.h"
#include "runtime/base/pixel_type.h"

namespace sepflow {

namespace {

// Nearest with ties to even, as adding and taking away 1.5 * 2^(digits of the significand - 2)
// leaves it. By way of int32_t, because SSE2 narrows that but not a float.
template <typename T, typename Number>
T to_sample(Number number) {
    if constexpr (std::is_integral_v<T>) {
        constexpr Number low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
        constexpr Number magic = sizeof(Number) == 4 ? Number(0x1.8p23) : Number(0x1.8p52);
        // In this order a NaN becomes `low`, and each line is one instruction.
        const Number raised = number > low ? number : low;
        const Number clamped = raised < high ? raised : high;
        return static_cast<T>(static_cast<int32_t>(clamped + magic - magic));
    } else {
        return static_cast<T>(number);
    }
}

// The loop over neighbours apart from the one with a stride, so that it vectorises.
template <typename T, typename Number>
SEPFLOW_FOR_EACH_CPU void load_as(const char *from, int64_t stride, int64_t count,
                                  Number *numbers) {
    if (stride == sizeof(T)) {
        const T *samples = reinterpret_cast<const T *>(from);
        for (int64_t i = 0; i < count; ++i) numbers[i] = static_cast<Number>(samples[i]);
        return;
    }
    for (int64_t i = 0; i < count; ++i)
        numbers[i] = static_cast<Number>(*reinterpret_cast<const T *>(from + i * stride));
}

template <typename T, typename Number>
SEPFLOW_FOR_EACH_CPU void store_as(char *to, int64_t stride, int64_t count, const Number *numbers) {
    if (stride == sizeof(T)) {
        T *samples = reinterpret_cast<T *>(to);
        for (int64_t i = 0; i < count; ++i) samples[i] = to_sample<T>(numbers[i]);
        return;
    }
    for (int64_t i = 0; i < count; ++i)
        *reinterpret_cast<T *>(to + i * stride) = to_sample<T>(numbers[i]);
}

template <typename Number>
void load_halves(const char *from, int64_t stride, int64_t count, Number *numbers) {
    uint16_t halves[kStretch] = {};
    for (int64_t i = 0; i < count; ++i) {
        halves[i] = *reinterpret_cast<const uint16_t *>(from + i * stride);
    }
    float floats[kStretch];
    half_to_float(halves, floats, static_cast<size_t>(count));
    std::copy(floats, floats + count, numbers);
}

template <typename Number>
void store_halves(char *to, int64_t stride, int64_t count, const Number *numbers) {
    uint16_t halves[kStretch];
    if constexpr (std::is_same_v<Number, float>) {
        float_to_half(numbers, halves, static_cast<size_t>(count));
    } else {
        std::transform(numbers, numbers + count, halves, half_from_double);
    }
    for (int64_t i = 0; i < count; ++i) {
        *reinterpret_cast<uint16_t *>(to + i * stride) = halves[i];
    }
}

}  // namespace

template <typename Number>
void load_samples(sepflow_type type, const char *from, int64_t stride, int64_t count,
                  Number *numbers) {
    visit_type(type, [&](auto sample) {
        using Sample = decltype(sample);
        if constexpr (std::is_same_v<Sample, Half>) {
            load_halves(from, stride, count, numbers);
        } else {
            load_as<Sample>(from, stride, count, numbers);
        }
    });
}

template <typename Number>
void store_samples(sepflow_type type, char *to, int64_t stride, int64_t count,
                   const Number *numbers) {
    visit_type(type, [&](auto sample) {
        using Sample = decltype(sample);
        if constexpr (std::is_same_v<Sample, Half>) {
            store_halves(to, stride, count, numbers);
        } else {
            store_as<Sample>(to, stride, count, numbers);
        }
    });
}

template void load_samples(sepflow_type, const char *, int64_t, int64_t, float *);
template void load_samples(sepflow_type, const char *, int64_t, int64_t, double *);
template void store_samples(sepflow_type, char *, int64_t, int64_t, const float *);
template void store_samples(sepflow_type, char *, int64_t, int64_t, const double *);

}  // namespace sepflow
