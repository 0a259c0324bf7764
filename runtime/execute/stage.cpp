#include "runtime/execute/stage.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "runtime/execute/border.h"
#include "runtime/execute/half.h"

namespace sepflow {

namespace {

// Copies pixels of one input row, as raw samples of type T.
template <typename T>
class RowReader {
  public:
    RowReader(const Plan &plan, const sepflow_image &in, const sepflow_rect &area, int32_t step,
              int32_t plane)
        : options_(plan.options),
          in_(in),
          domain_(domain_of(in)),
          area_(area),
          step_(step),
          plane_(plane) {
        border_value_ = in.type == SEPFLOW_F16
                            ? static_cast<T>(half_from_double(options_.border_value))
                            : static_cast<T>(options_.border_value);
    }

    void read(int64_t y, T *out) const {
        const int64_t row = border_index(y - domain_.y, domain_.h, options_.border_y);
        const int64_t first = std::clamp(domain_.x, area_.x, area_.x + area_.w);
        const int64_t last = std::clamp(domain_.x + domain_.w, first, area_.x + area_.w);
        for (int64_t x = area_.x; x < first; ++x) out = copy_outside(x, row, out);
        out = copy_inside(first, last - first, row, out);
        for (int64_t x = last; x < area_.x + area_.w; ++x) out = copy_outside(x, row, out);
    }

  private:
    // A pixel that no rule fetches: a truncated tap sees zero, and the result is rescaled when it is stored.
    T missing(bool outside_x, bool outside_y) const {
        const bool truncated = (outside_x && options_.border_x == SEPFLOW_BORDER_TRUNCATE) ||
                               (outside_y && options_.border_y == SEPFLOW_BORDER_TRUNCATE);
        return truncated ? T(0) : border_value_;
    }

    T *copy_outside(int64_t x, int64_t row, T *out) const {
        const int64_t column = border_index(x - domain_.x, domain_.w, options_.border_x);
        if (column == kOutside || row == kOutside) {
            return std::fill_n(out, step_, missing(column == kOutside, row == kOutside));
        }
        return copy_inside(domain_.x + column, 1, row, out);
    }

    T *copy_inside(int64_t x, int64_t count, int64_t row, T *out) const {
        if (row == kOutside) return std::fill_n(out, count * step_, missing(false, true));
        const char *pixel = pixel_address(in_, x, domain_.y + row, plane_);
        constexpr int64_t bytes = sizeof(T);
        if (in_.stride_x == step_ * bytes && (step_ == 1 || in_.stride_c == bytes)) {
            std::memcpy(out, pixel, static_cast<size_t>(count * step_ * bytes));
            return out + count * step_;
        }
        for (int64_t i = 0; i < count; ++i, pixel += in_.stride_x) {
            for (int32_t c = 0; c < step_; ++c) std::memcpy(out++, pixel + c * in_.stride_c, bytes);
        }
        return out;
    }

    const Options &options_;
    const sepflow_image &in_;
    sepflow_rect domain_, area_;
    int32_t step_, plane_;
    T border_value_;
};

// Raw pixels to the samples of the pass.
void convert(const uint16_t *halves, float *out, int64_t count) {
    half_to_float(halves, out, static_cast<size_t>(count));
}

template <typename T>
void convert(const T *in, double *out, int64_t count) {
    std::copy(in, in + count, out);
}

// Reads rows of raw pixels of type T, converting them if the pass reads another type.
template <typename T, typename Sample>
void stage_rows(const RowReader<T> &reader, const sepflow_rect &area, int64_t used,
                const Staged &staged) {
    auto *out = static_cast<Sample *>(staged.samples);
    for (int64_t y = 0; y < area.h; ++y, out += staged.columns) {
        if constexpr (std::is_same_v<T, Sample>) {
            reader.read(area.y + y, out);
        } else {
            auto *raw = static_cast<T *>(staged.raw_row);
            reader.read(area.y + y, raw);
            convert(raw, out, used);
        }
        std::fill(out + used, out + staged.columns, Sample(0));
    }
    std::fill(out, static_cast<Sample *>(staged.samples) + staged.rows * staged.columns, Sample(0));
}

void stage_halves_as_doubles(const RowReader<uint16_t> &reader, const sepflow_rect &area,
                             int64_t used, const Staged &staged) {
    auto *out = static_cast<double *>(staged.samples);
    auto *raw = static_cast<uint16_t *>(staged.raw_row);
    for (int64_t y = 0; y < area.h; ++y, out += staged.columns) {
        reader.read(area.y + y, raw);
        for (int64_t x = 0; x < used; ++x) {
            float value;
            half_to_float(raw + x, &value, 1);
            out[x] = value;
        }
        std::fill(out + used, out + staged.columns, 0.0);
    }
    std::fill(out, static_cast<double *>(staged.samples) + staged.rows * staged.columns, 0.0);
}

}  // namespace

void stage(const Plan &plan, const sepflow_image &in, const sepflow_rect &area, const Walk &walk,
           int32_t plane, const Staged &staged) {
    const int64_t used = area.w * walk.step;
    const auto stage_as = [&](auto raw, auto sample) {
        using T = decltype(raw);
        stage_rows<T, decltype(sample)>(RowReader<T>(plan, in, area, walk.step, plane), area, used,
                                        staged);
    };
    const bool to_double = plan.precision == Precision::kDouble;
    switch (in.type) {
        case SEPFLOW_U8:
            return to_double ? stage_as(uint8_t{}, double{}) : stage_as(uint8_t{}, uint8_t{});
        case SEPFLOW_U16:
            return to_double ? stage_as(uint16_t{}, double{}) : stage_as(uint16_t{}, uint16_t{});
        case SEPFLOW_S16:
            return to_double ? stage_as(int16_t{}, double{}) : stage_as(int16_t{}, int16_t{});
        case SEPFLOW_F32:
            return to_double ? stage_as(float{}, double{}) : stage_as(float{}, float{});
        case SEPFLOW_F64:
            return stage_as(double{}, double{});
        default:
            break;
    }
    if (!to_double) return stage_as(uint16_t{}, float{});
    const RowReader<uint16_t> reader(plan, in, area, walk.step, plane);
    stage_halves_as_doubles(reader, area, used, staged);
}

}  // namespace sepflow
