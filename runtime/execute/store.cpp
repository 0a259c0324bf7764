#include "runtime/execute/store.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "runtime/base/half.h"
#include "runtime/execute/pixels.h"

namespace sepflow {

namespace {

// The taps k of `length` whose pixel position - anchor + k lies in 0 .. size-1.
struct TapRange {
    int64_t first, last;
};

TapRange taps_inside(int64_t length, int64_t anchor, int64_t position, int64_t size) {
    const int64_t first = std::clamp<int64_t>(anchor - position, 0, length);
    return {first, std::clamp<int64_t>(size + anchor - position, first, length)};
}

double sum_inside(const double *taps, int64_t length, int64_t anchor, int64_t position,
                  int64_t size) {
    const TapRange range = taps_inside(length, anchor, position, size);
    return std::accumulate(taps + range.first, taps + range.last, 0.0);
}

void sums_along(const Taps &taps, int64_t anchor, bool truncates, int64_t first, int64_t count,
                int64_t size, double *sums) {
    for (int64_t i = 0; i < count; ++i) {
        for (int64_t t = 0; t < taps.terms; ++t) {
            const double *filter = taps.f64.data() + t * taps.length;
            *sums++ = truncates ? sum_inside(filter, taps.length, anchor, first + i, size)
                                : std::accumulate(filter, filter + taps.length, 0.0);
        }
    }
}

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

int64_t Rescaling::size(const Plan &plan, int64_t tile_w, int64_t tile_h) {
    return plan.method == Method::kSeparable ? plan.row_taps.terms * (tile_w + tile_h) : 0;
}

Rescaling::Rescaling(const Plan &plan, const sepflow_rect &domain, const sepflow_rect &tile,
                     double *sums)
    : plan_(plan),
      domain_(domain),
      tile_(tile),
      terms_(plan.row_taps.terms),
      kernel_sum_(std::accumulate(plan.kernel.taps.begin(), plan.kernel.taps.end(), 0.0)),
      negligible_(1e-12 * plan.factoring.kernel_norm_1),
      row_sums_(sums),
      column_sums_(sums == nullptr ? nullptr : sums + terms_ * tile.w) {
    if (plan.method != Method::kSeparable) return;
    sums_along(plan.row_taps, plan.anchor_x, plan.options.border_x == SEPFLOW_BORDER_TRUNCATE,
               tile.x - domain.x, tile.w, domain.w, row_sums_);
    sums_along(plan.column_taps, plan.anchor_y, plan.options.border_y == SEPFLOW_BORDER_TRUNCATE,
               tile.y - domain.y, tile.h, domain.h, column_sums_);
}

double Rescaling::factor(int64_t x, int64_t y) const {
    const auto is_zero = [this](double sum) { return std::fabs(sum) <= negligible_; };
    double used = sum_of_taps(x, y);
    // Factors, which are rounded, would leave something of a sum of zero.
    if (!is_zero(used) && plan_.method == Method::kSeparable) used = sum_of_factors(x, y);
    return is_zero(used) ? 1 : kernel_sum_ / used;
}

double Rescaling::sum_of_factors(int64_t x, int64_t y) const {
    return std::inner_product(row_sums_ + x * terms_, row_sums_ + (x + 1) * terms_,
                              column_sums_ + y * terms_, 0.0);
}

double Rescaling::sum_of_taps(int64_t x, int64_t y) const {
    const auto columns = static_cast<int64_t>(plan_.kernel.columns),
               rows = static_cast<int64_t>(plan_.kernel.rows);
    const auto inside = [](bool truncates, int64_t length, int64_t anchor, int64_t position,
                           int64_t size) {
        return truncates ? taps_inside(length, anchor, position, size) : TapRange{0, length};
    };
    const TapRange across = inside(plan_.options.border_x == SEPFLOW_BORDER_TRUNCATE, columns,
                                   plan_.anchor_x, tile_.x - domain_.x + x, domain_.w),
                   down = inside(plan_.options.border_y == SEPFLOW_BORDER_TRUNCATE, rows,
                                 plan_.anchor_y, tile_.y - domain_.y + y, domain_.h);
    const auto above_left = [&](int64_t row, int64_t column) {
        return plan_.tap_sums[static_cast<size_t>(row * (columns + 1) + column)];
    };
    return above_left(down.last, across.last) - above_left(down.first, across.last) -
           above_left(down.last, across.first) + above_left(down.first, across.first);
}

void store(const Results &results, const sepflow_image &out, const sepflow_rect &area,
           const Walk &walk, int32_t plane) {
    if (results.type == SEPFLOW_F32 && out.type == SEPFLOW_F16) {
        return store_halves(results, out, area, walk, plane);
    }
    if (results.type != out.type) {  // f64 to something else
        const auto *samples = static_cast<const double *>(results.samples);
        return store_values(out, area, walk, plane, [&](int64_t x, int64_t y, int32_t c) {
            return samples[y * results.pitch + x * walk.step + c];
        });
    }
    switch (out.type) {
        case SEPFLOW_U8:
            return store_as<uint8_t>(results, out, area, walk, plane);
        case SEPFLOW_U16:
            return store_as<uint16_t>(results, out, area, walk, plane);
        case SEPFLOW_S16:
            return store_as<int16_t>(results, out, area, walk, plane);
        case SEPFLOW_F32:
            return store_as<float>(results, out, area, walk, plane);
        default:
            return store_as<double>(results, out, area, walk, plane);
    }
}

void store_rescaled(const Plan &plan, const Results &results, const Rescaling &rescaling,
                    const sepflow_image &out, const sepflow_rect &area, int64_t first_row,
                    const Walk &walk, int32_t plane) {
    const double delta = plan.options.delta;
    const auto store_from = [&](const auto *samples) {
        store_values(out, area, walk, plane, [&](int64_t x, int64_t y, int32_t c) {
            const double value = samples[y * results.pitch + x * walk.step + c];
            return delta + value * rescaling.factor(x, first_row + y);
        });
    };
    if (results.type == SEPFLOW_F64) {
        store_from(static_cast<const double *>(results.samples));
    } else {
        store_from(static_cast<const float *>(results.samples));
    }
}

}  // namespace sepflow
