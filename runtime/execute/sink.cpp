#include "runtime/execute/sink.h"

#include <cstring>

#include "runtime/base/half.h"
#include "runtime/execute/missing.h"
#include "runtime/execute/pixels.h"

namespace sepflow {

namespace {

template <typename T>
void store_as(const Results &results, const sepflow_image &out, const sepflow_rect &area,
              const Walk &walk, int32_t plane) {
    const auto *samples = static_cast<const T *>(results.samples);
    constexpr int64_t bytes = sizeof(T);
    if (out.stride_x == walk.step * bytes && (walk.step == 1 || out.stride_c == bytes)) {
        for (int64_t y = 0; y < area.h; ++y) {
            std::memcpy(pixel_address(out, area.x, area.y + y, plane), samples + y * results.pitch,
                        static_cast<size_t>(area.w * walk.step * bytes));
        }
        return;
    }
    write<T>(out, area, walk, plane, [&](int64_t x, int64_t y, int32_t c) {
        return samples[y * results.pitch + x * walk.step + c];
    });
}

void store_halves(const Results &results, const sepflow_image &out, const sepflow_rect &area,
                  const Walk &walk, int32_t plane) {
    const auto *samples = static_cast<const float *>(results.samples);
    if (out.stride_x == walk.step * 2 && (walk.step == 1 || out.stride_c == 2)) {
        for (int64_t y = 0; y < area.h; ++y) {
            float_to_half(
                samples + y * results.pitch,
                reinterpret_cast<uint16_t *>(pixel_address(out, area.x, area.y + y, plane)),
                static_cast<size_t>(area.w * walk.step));
        }
        return;
    }
    write<uint16_t>(out, area, walk, plane, [&](int64_t x, int64_t y, int32_t c) {
        return half_from_double(samples[y * results.pitch + x * walk.step + c]);
    });
}

}  // namespace

Sink::Sink(const Plan &plan, const Arithmetic &arithmetic, const Call &call, const Walk &walk,
           const sepflow_rect &tile, bool inside, double *sums)
    : plan_(plan), call_(call), walk_(walk), tile_(tile) {
    const Options &options = plan.request.options;
    if (options.truncates() && !inside) rescaling_.emplace(plan, call.in.domain, tile, sums);
    is_last_ = !rescaling_ && !options.weighs();
    type_ = is_last_ ? arithmetic.result_type : arithmetic.sample_type;
}

Results Sink::image_rows(int64_t x, int64_t y, int32_t plane) const {
    const sepflow_image &out = call_.out;
    return {pixel_address(out, x, y, plane), out.stride_y / type_bytes(out.type), out.type, true};
}

void Sink::take(const Results &results, const void *support, const sepflow_rect &area,
                int32_t plane) const {
    const Options &options = plan_.request.options;
    if (options.weighs()) {
        store_quotients(plan_, results, support, call_.out, area, walk_, plane);
    } else if (rescaling_) {
        store_rescaled(results, area, plane);
    } else if (!results.is_image) {
        store(results, area, plane);
    }
    if (options.keeps_missing) keep_missing(options, call_, area, walk_, plane);
}

void Sink::store(const Results &results, const sepflow_rect &area, int32_t plane) const {
    const sepflow_image &out = call_.out;
    if (results.type == SEPFLOW_F32 && out.type == SEPFLOW_F16)
        return store_halves(results, out, area, walk_, plane);
    if (results.type != out.type) {  // f64 to something else
        const auto *samples = static_cast<const double *>(results.samples);
        return store_values(out, area, walk_, plane, [&](int64_t x, int64_t y, int32_t c) {
            return samples[y * results.pitch + x * walk_.step + c];
        });
    }
    switch (out.type) {
        case SEPFLOW_U8:
            return store_as<uint8_t>(results, out, area, walk_, plane);
        case SEPFLOW_U16:
            return store_as<uint16_t>(results, out, area, walk_, plane);
        case SEPFLOW_S16:
            return store_as<int16_t>(results, out, area, walk_, plane);
        case SEPFLOW_F32:
            return store_as<float>(results, out, area, walk_, plane);
        default:
            return store_as<double>(results, out, area, walk_, plane);
    }
}

void Sink::store_rescaled(const Results &results, const sepflow_rect &area, int32_t plane) const {
    const double delta = plan_.request.options.delta;
    const int64_t left = area.x - tile_.x, top = area.y - tile_.y;
    const auto store_from = [&](const auto *samples) {
        store_values(call_.out, area, walk_, plane, [&](int64_t x, int64_t y, int32_t c) {
            const double value = samples[y * results.pitch + x * walk_.step + c];
            return delta + value * rescaling_->factor(left + x, top + y);
        });
    };
    if (results.type == SEPFLOW_F64) {
        store_from(static_cast<const double *>(results.samples));
    } else {
        store_from(static_cast<const float *>(results.samples));
    }
}

}  // namespace sepflow
