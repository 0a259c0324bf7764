#include "runtime/execute/missing.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "runtime/base/half.h"
#include "runtime/execute/border.h"
#include "runtime/execute/pixels.h"
#include "runtime/execute/sink.h"

namespace sepflow {

namespace {

template <typename T>
double weight_of(T value) {
    if constexpr (std::numeric_limits<T>::is_integer) {
        return std::max(static_cast<double>(value), 0.0) / std::numeric_limits<T>::max();
    } else {
        return value > 0 ? static_cast<double>(value) : 0.0;  // a NaN is not
    }
}

double weight_of_half(uint16_t half) {
    float value;
    half_to_float(&half, &value, 1);
    return weight_of(value);
}

// Calls use(weight_at), a function of a pixel's address, for the mask's type.
template <typename Use>
void with_weight(sepflow_type type, Use use) {
    const auto as = [&](auto zero) {
        use([](const char *pixel) {
            decltype(zero) value;
            std::memcpy(&value, pixel, sizeof value);
            return weight_of(value);
        });
    };
    switch (type) {
        case SEPFLOW_U8:
            return as(uint8_t{});
        case SEPFLOW_U16:
            return as(uint16_t{});
        case SEPFLOW_S16:
            return as(int16_t{});
        case SEPFLOW_F32:
            return as(float{});
        case SEPFLOW_F64:
            return as(double{});
        default:
            use([](const char *pixel) {
                uint16_t half;
                std::memcpy(&half, pixel, sizeof half);
                return weight_of_half(half);
            });
    }
}

// The weights of rows of pixels, before NaN is looked for.
class Weights {
  public:
    Weights(const Options &options, const Call &call)
        : options_(options), domain_(call.in.domain), mask_(call.mask) {}

    // Reads those of `count` pixels from (x, y) on, for `step` channels from `plane` on.
    template <typename Sample>
    void read(int64_t x, int64_t y, int64_t count, int32_t plane, int32_t step, Sample *out) const {
        const int64_t row = border_index(y - domain_.y, domain_.h, options_.border_y);
        const int64_t last = x + count;
        const int64_t inside = std::clamp(domain_.x, x, last),
                      outside = std::clamp(domain_.x + domain_.w, inside, last);
        const auto read_beside = [&](int64_t from, int64_t to) {
            for (int64_t i = from; i < to; ++i) {
                const int64_t column = border_index(i - domain_.x, domain_.w, options_.border_x);
                out = read_columns(column, 1, row, plane, step, out);
            }
        };
        read_beside(x, inside);
        out = read_columns(inside - domain_.x, outside - inside, row, plane, step, out);
        read_beside(outside, last);
    }

  private:
    // Reads those of columns and a row of the domain, or of one column outside.
    template <typename Sample>
    Sample *read_columns(int64_t column, int64_t count, int64_t row, int32_t plane, int32_t step,
                         Sample *out) const {
        Sample *end = out + count * step;
        if (column == kOutside || row == kOutside) {
            const bool truncated =
                (column == kOutside && options_.border_x == SEPFLOW_BORDER_TRUNCATE) ||
                (row == kOutside && options_.border_y == SEPFLOW_BORDER_TRUNCATE);
            std::fill(out, end,
                      Sample(truncated && options_.missing == SEPFLOW_MISSING_IGNORE ? 0 : 1));
        } else if (!mask_) {
            std::fill(out, end, Sample(1));
        } else {
            const char *pixel = pixel_address(*mask_, domain_.x + column, domain_.y + row,
                                              mask_->channels == 1 ? 0 : plane);
            const int64_t stride_c = mask_->channels == 1 ? 0 : mask_->stride_c;
            with_weight(mask_->type, [&](auto weight_at) {
                for (int64_t i = 0; i < count; ++i) {
                    const char *first = pixel + i * mask_->stride_x;
                    for (int32_t c = 0; c < step; ++c)
                        *out++ = static_cast<Sample>(weight_at(first + c * stride_c));
                }
            });
        }
        return end;
    }

    const Options &options_;
    const sepflow_rect &domain_;
    const std::optional<sepflow_image> &mask_;
};

template <typename Sample>
void stage_as(const Options &options, const Call &call, const sepflow_rect &area, const Walk &walk,
              int32_t plane, const Staged &staged) {
    const Weights given(options, call);
    const auto fill = static_cast<Sample>(options.missing_value);
    const bool fills = options.missing == SEPFLOW_MISSING_FILL;
    const int64_t columns = area.w * walk.step;
    for (int64_t y = 0; y < staged.rows; ++y) {
        Sample *sample = static_cast<Sample *>(staged.samples) + y * staged.columns,
               *weight = static_cast<Sample *>(staged.weights) + y * staged.columns;
        const int64_t used = y < area.h ? columns : 0;
        if (used > 0) given.read(area.x, area.y + y, area.w, plane, walk.step, weight);
        for (int64_t i = 0; i < used; ++i) {
            weight[i] = std::isnan(sample[i]) ? 0 : weight[i];
            sample[i] = weight[i] == 0 ? 0 : weight[i] * sample[i];
        }
        if (fills) {
            for (int64_t i = 0; i < used; ++i) sample[i] += (1 - weight[i]) * fill;
        }
        std::fill(weight + used, weight + staged.columns, Sample(0));
    }
}

bool is_masked(const sepflow_image &mask, int64_t x, int64_t y, int32_t channel) {
    bool masked = false;
    with_weight(mask.type, [&](auto weight_at) {
        masked = weight_at(pixel_address(mask, x, y, mask.channels == 1 ? 0 : channel)) == 0;
    });
    return masked;
}

bool is_nan(const sepflow_image &image, int64_t x, int64_t y, int32_t channel) {
    const char *pixel = pixel_address(image, x, y, channel);
    const auto as = [&](auto value) {
        std::memcpy(&value, pixel, sizeof value);
        return value;
    };
    switch (image.type) {
        case SEPFLOW_F16:
            return (as(uint16_t{}) & 0x7fff) > 0x7c00;
        case SEPFLOW_F32:
            return std::isnan(as(float{}));
        case SEPFLOW_F64:
            return std::isnan(as(double{}));
        default:
            return false;
    }
}

}  // namespace

void stage_weights(const Options &options, const Arithmetic &arithmetic, const Call &call,
                   const sepflow_rect &area, const Walk &walk, int32_t plane,
                   const Staged &staged) {
    if (arithmetic.precision == Precision::kDouble) {
        stage_as<double>(options, call, area, walk, plane, staged);
    } else {
        stage_as<float>(options, call, area, walk, plane, staged);
    }
}

void store_quotients(const Plan &plan, const Results &sums, const void *support,
                     const sepflow_image &out, const sepflow_rect &area, const Walk &walk,
                     int32_t plane) {
    const Options &options = plan.request.options;
    const double least = plan.least_support, missing = options.missing_value, delta = options.delta,
                 kernel_sum = plan.request.kernel_sum;
    const auto store_from = [&](const auto *sum, decltype(sum) weights) {
        store_values(out, area, walk, plane, [&](int64_t x, int64_t y, int32_t c) {
            const int64_t i = y * sums.pitch + x * walk.step + c;
            const double under = weights[i];
            const double quotient = delta + kernel_sum * static_cast<double>(sum[i]) / under;
            return std::fabs(under) > least ? quotient : missing;
        });
    };
    if (sums.type == SEPFLOW_F64) {
        store_from(static_cast<const double *>(sums.samples), static_cast<const double *>(support));
    } else {
        store_from(static_cast<const float *>(sums.samples), static_cast<const float *>(support));
    }
}

void keep_missing(const Options &options, const Call &call, const sepflow_rect &area,
                  const Walk &walk, int32_t plane) {
    Walk sample = walk;
    sample.step = 1;
    for (int64_t y = area.y; y < area.y + area.h; ++y) {
        for (int64_t x = area.x; x < area.x + area.w; ++x) {
            if (!contains(call.in.domain, {x, y, 1, 1})) continue;
            for (int32_t c = plane; c < plane + walk.step; ++c) {
                const bool missing =
                    is_nan(call.in, x, y, c) || (call.mask && is_masked(*call.mask, x, y, c));
                if (!missing) continue;
                store_values(call.out, {x, y, 1, 1}, sample, c,
                             [&](int64_t, int64_t, int32_t) { return options.missing_value; });
            }
        }
    }
}

}  // namespace sepflow
