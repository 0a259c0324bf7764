#include "runtime/execute/stage.h"

#include <algorithm>
#include <cstring>

#include "runtime/execute/border.h"
#include "runtime/execute/half.h"

namespace sepflow {

namespace {

uint16_t half_of(double value) {
    const auto single = static_cast<float>(value);
    uint16_t half;
    float_to_half(&single, &half, 1);
    return half;
}

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
        border_value_ = in.type == SEPFLOW_F16 ? static_cast<T>(half_of(options_.border_value))
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

template <typename T>
void stage_rows(const RowReader<T> &reader, const sepflow_rect &area, int64_t used,
                const Staged &staged) {
    auto *out = static_cast<T *>(staged.samples);
    for (int64_t y = 0; y < area.h; ++y, out += staged.columns) {
        reader.read(area.y + y, out);
        std::fill(out + used, out + staged.columns, T(0));
    }
    std::fill(out, static_cast<T *>(staged.samples) + staged.rows * staged.columns, T(0));
}

void stage_half_rows(const RowReader<uint16_t> &reader, const sepflow_rect &area, int64_t used,
                     const Staged &staged) {
    auto *out = static_cast<float *>(staged.samples);
    for (int64_t y = 0; y < area.h; ++y, out += staged.columns) {
        reader.read(area.y + y, staged.half_row);
        half_to_float(staged.half_row, out, static_cast<size_t>(used));
        std::fill(out + used, out + staged.columns, 0.0f);
    }
    std::fill(out, static_cast<float *>(staged.samples) + staged.rows * staged.columns, 0.0f);
}

}  // namespace

void stage(const Plan &plan, const sepflow_image &in, const sepflow_rect &area, const Walk &walk,
           int32_t plane, const Staged &staged) {
    const int64_t used = area.w * walk.step;
    switch (in.type) {
        case SEPFLOW_U8:
            return stage_rows(RowReader<uint8_t>(plan, in, area, walk.step, plane), area, used,
                              staged);
        case SEPFLOW_U16:
            return stage_rows(RowReader<uint16_t>(plan, in, area, walk.step, plane), area, used,
                              staged);
        case SEPFLOW_S16:
            return stage_rows(RowReader<int16_t>(plan, in, area, walk.step, plane), area, used,
                              staged);
        case SEPFLOW_F16:
            return stage_half_rows(RowReader<uint16_t>(plan, in, area, walk.step, plane), area,
                                   used, staged);
        case SEPFLOW_F32:
            return stage_rows(RowReader<float>(plan, in, area, walk.step, plane), area, used,
                              staged);
        default:
            return stage_rows(RowReader<double>(plan, in, area, walk.step, plane), area, used,
                              staged);
    }
}

}  // namespace sepflow
