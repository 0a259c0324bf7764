#include "plugins/arithmetic/samples.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

#include "runtime/error.h"
#include "runtime/execute/half.h"
#include "runtime/execute/layout.h"

namespace sepflow {

namespace {

struct Half {
    uint16_t bits;
};

template <typename T, typename Number>
Number to_number(T sample) {
    if constexpr (std::is_same_v<T, Half>) {
        float value;
        half_to_float(&sample.bits, &value, 1);
        return value;
    } else {
        return static_cast<Number>(sample);
    }
}

// Nearest with ties to even, as adding and taking away 1.5 * 2^(digits of the significand - 2) leaves it.
template <typename T, typename Number>
T to_sample(Number number) {
    if constexpr (std::is_same_v<T, Half>) {
        return Half{half_from_double(number)};
    } else if constexpr (std::is_integral_v<T>) {
        constexpr Number low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
        constexpr Number magic = sizeof(Number) == 4 ? Number(0x1.8p23) : Number(0x1.8p52);
        const Number clamped = number > low ? (number < high ? number : high) : low;  // NaN: low
        return static_cast<T>(clamped + magic - magic);
    } else {
        return static_cast<T>(number);
    }
}

template <typename T, typename Number>
void load_as(const char *pixel, int64_t stride, int64_t count, Number *numbers) {
    if (stride == sizeof(T)) {  // a loop of its own, which vectorises
        const T *samples = reinterpret_cast<const T *>(pixel);
        for (int64_t i = 0; i < count; ++i) numbers[i] = to_number<T, Number>(samples[i]);
        return;
    }
    for (int64_t i = 0; i < count; ++i, pixel += stride) {
        numbers[i] = to_number<T, Number>(*reinterpret_cast<const T *>(pixel));
    }
}

template <typename T, typename Number>
void store_as(char *pixel, int64_t stride, int64_t count, const Number *numbers) {
    if (stride == sizeof(T)) {
        T *samples = reinterpret_cast<T *>(pixel);
        for (int64_t i = 0; i < count; ++i) samples[i] = to_sample<T, Number>(numbers[i]);
        return;
    }
    for (int64_t i = 0; i < count; ++i, pixel += stride) {
        *reinterpret_cast<T *>(pixel) = to_sample<T, Number>(numbers[i]);
    }
}

}  // namespace

template <typename Number>
void load_samples(const sepflow_image &image, int64_t x, int64_t y, int32_t channel, int64_t count,
                  Number *numbers) {
    const char *pixel = pixel_address(image, x, y, channel);
    switch (image.type) {
        case SEPFLOW_U8:
            return load_as<uint8_t>(pixel, image.stride_x, count, numbers);
        case SEPFLOW_U16:
            return load_as<uint16_t>(pixel, image.stride_x, count, numbers);
        case SEPFLOW_S16:
            return load_as<int16_t>(pixel, image.stride_x, count, numbers);
        case SEPFLOW_F16:
            return load_as<Half>(pixel, image.stride_x, count, numbers);
        case SEPFLOW_F32:
            return load_as<float>(pixel, image.stride_x, count, numbers);
        default:
            return load_as<double>(pixel, image.stride_x, count, numbers);
    }
}

template <typename Number>
void store_samples(const sepflow_image &image, int64_t x, int64_t y, int32_t channel, int64_t count,
                   const Number *numbers) {
    char *pixel = pixel_address(image, x, y, channel);
    switch (image.type) {
        case SEPFLOW_U8:
            return store_as<uint8_t>(pixel, image.stride_x, count, numbers);
        case SEPFLOW_U16:
            return store_as<uint16_t>(pixel, image.stride_x, count, numbers);
        case SEPFLOW_S16:
            return store_as<int16_t>(pixel, image.stride_x, count, numbers);
        case SEPFLOW_F16:
            return store_as<Half>(pixel, image.stride_x, count, numbers);
        case SEPFLOW_F32:
            return store_as<float>(pixel, image.stride_x, count, numbers);
        default:
            return store_as<double>(pixel, image.stride_x, count, numbers);
    }
}

template void load_samples(const sepflow_image &, int64_t, int64_t, int32_t, int64_t, float *);
template void load_samples(const sepflow_image &, int64_t, int64_t, int32_t, int64_t, double *);
template void store_samples(const sepflow_image &, int64_t, int64_t, int32_t, int64_t,
                            const float *);
template void store_samples(const sepflow_image &, int64_t, int64_t, int32_t, int64_t,
                            const double *);

namespace {

void check_image(const sepflow_image &image, const std::string &name, sepflow_type type,
                 int32_t channels) {
    const auto fail = [&](sepflow_status code, const char *what) {
        throw Error(code, name + ": " + what);
    };
    if (image.struct_size < sizeof image) fail(SEPFLOW_E_ABI, "struct_size is too small");
    if (image.flags != 0) fail(SEPFLOW_E_UNSUPPORTED, "flags that this version does not know");
    if (image.type != type) fail(SEPFLOW_E_FORMAT, "its type is not the plan's");
    if (image.channels != channels) fail(SEPFLOW_E_FORMAT, "its channel count is not the plan's");
    if (image.data == nullptr) fail(SEPFLOW_E_INVALID, "data is NULL");
    const int bytes = type_bytes(type);
    if (reinterpret_cast<uintptr_t>(image.data) % static_cast<uintptr_t>(bytes) != 0 ||
        image.stride_x % bytes != 0 || image.stride_y % bytes != 0 || image.stride_c % bytes != 0) {
        fail(SEPFLOW_E_INVALID, "address and strides must be multiples of the pixel type's size");
    }
}

}  // namespace

void check_images(const sepflow_process &call, uint32_t inputs, const sepflow_config &config) {
    if (call.flags != 0)
        throw Error(SEPFLOW_E_UNSUPPORTED, "process: flags that this version does not know");
    if (call.input_count != inputs || call.output_count != 1 || call.inputs == nullptr ||
        call.outputs == nullptr) {
        throw Error(SEPFLOW_E_INVALID, "process: this node has " + std::to_string(inputs) +
                                           (inputs == 1 ? " input" : " inputs") +
                                           " and one output");
    }
    if (call.region.w <= 0 || call.region.h <= 0) return;
    for (uint32_t i = 0; i < inputs; ++i) {
        check_image(call.inputs[i], "input " + std::to_string(i), config.in_type, config.channels);
    }
    check_image(call.outputs[0], "output", config.out_type, config.channels);
    if (!contains(call.outputs[0].bounds, call.region)) {
        throw Error(SEPFLOW_E_INVALID, "region lies outside the output's bounds");
    }
}

}  // namespace sepflow
