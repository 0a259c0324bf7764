#include "runtime/execute/stage.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "runtime/base/half.h"
#include "runtime/execute/border.h"
#include "runtime/execute/missing.h"
#include "runtime/execute/pass_buffer.h"
#include "runtime/plan/fixed_point.h"

namespace sepflow {

namespace {

// Copies pixels of one input row, as raw samples of type T.
template <typename T>
class RowReader {
  public:
    RowReader(const Options &options, const sepflow_image &in, int32_t step, int32_t plane)
        : options_(options), in_(in), domain_(domain_of(in)), step_(step), plane_(plane) {
        border_value_ = in.type == SEPFLOW_F16
                            ? static_cast<T>(half_from_double(options_.border_value))
                            : static_cast<T>(options_.border_value);
    }

    // The column and the row of the domain that stand for x and y, or one outside it.
    int64_t source_column(int64_t x) const {
        return domain_.x + border_index(x - domain_.x, domain_.w, options_.border_x);
    }
    int64_t source_row(int64_t y) const {
        return domain_.y + border_index(y - domain_.y, domain_.h, options_.border_y);
    }

    // Pixels first .. last-1 of row y, which may lie outside the domain.
    void read(int64_t y, int64_t first, int64_t last, T *out) const {
        const int64_t row = border_index(y - domain_.y, domain_.h, options_.border_y);
        const int64_t inside = std::clamp(domain_.x, first, last);
        const int64_t outside = std::clamp(domain_.x + domain_.w, inside, last);
        for (int64_t x = first; x < inside; ++x) out = copy_outside(x, row, out);
        out = copy_inside(inside, outside - inside, row, out);
        for (int64_t x = outside; x < last; ++x) out = copy_outside(x, row, out);
    }

  private:
    // A pixel that no rule fetches: a truncated tap sees zero, and the result is rescaled when it
    // is stored.
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
        if (count == 0) return out;
        if (row == kOutside) return std::fill_n(out, count * step_, missing(false, true));
        const char *pixel = pixel_address(in_, x, domain_.y + row, plane_);
        constexpr int64_t bytes = sizeof(T);
        if (in_.stride_x == step_ * bytes && (step_ == 1 || in_.stride_c == bytes)) {
            std::memcpy(out, pixel, static_cast<size_t>(count * step_ * bytes));
            return out + count * step_;
        }
        for (int64_t i = 0; i < count; ++i) {
            for (int32_t c = 0; c < step_; ++c)
                std::memcpy(out++, pixel + i * in_.stride_x + c * in_.stride_c, bytes);
        }
        return out;
    }

    const Options &options_;
    const sepflow_image &in_;
    sepflow_rect domain_;
    int32_t step_, plane_;
    T border_value_;
};

// Raw pixels to the samples of the passes.
template <typename T, typename Sample>
void convert(const T *in, Sample *out, int64_t count) {
    std::copy(in, in + count, out);
}

// In fixed point.
void convert(const uint8_t *in, int16_t *out, int64_t count) {
    std::transform(in, in + count, out, fixed_sample);
}

void convert_halves(const uint16_t *in, float *out, int64_t count) {
    half_to_float(in, out, static_cast<size_t>(count));
}

void convert_halves(const uint16_t *in, double *out, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        float value;
        half_to_float(in + i, &value, 1);
        out[i] = value;
    }
}

// Brings pixels of type T to samples, whatever they are, row by row.
template <typename T, typename Sample>
class Stager {
  public:
    Stager(const Options &options, const sepflow_image &in, const sepflow_rect &area,
           const Walk &walk, int32_t plane, const Staged &staged)
        : reader_(options, in, walk.step, plane),
          halves_(in.type == SEPFLOW_F16),
          area_(area),
          step_(walk.step),
          staged_(staged) {}

    // All of the area but the pixels of `loaded`, and zeros around it. What a border rule fetches
    // from them is copied.
    void stage_around(const sepflow_rect &loaded) const {
        const int64_t left = loaded.x, right = loaded.x + loaded.w;
        if (loaded.w > 0) {
            for (int64_t x = area_.x; x < left; ++x) stage_column(x, loaded);
            for (int64_t x = right; x < area_.x + area_.w; ++x) stage_column(x, loaded);
        }
        for (int64_t y = area_.y; y < area_.y + area_.h; ++y) {
            if (!within(y, loaded.y, loaded.h)) stage_row(y, loaded);
            std::fill(row(y) + area_.w * step_, row(y) + staged_.columns, Sample(0));
        }
        std::fill(row(area_.y + area_.h), row(area_.y + staged_.rows), Sample(0));
    }

  private:
    static bool within(int64_t i, int64_t first, int64_t count) {
        return i >= first && i < first + count;
    }

    Sample *row(int64_t y) const {
        return static_cast<Sample *>(staged_.samples) + (y - area_.y) * staged_.columns;
    }

    // Fills column x, left or right of the pixels of `loaded`, in their rows.
    void stage_column(int64_t x, const sepflow_rect &loaded) const {
        const int64_t source = reader_.source_column(x);
        const bool copies = within(source, loaded.x, loaded.w);
        for (int64_t y = loaded.y; y < loaded.y + loaded.h; ++y) {
            if (copies) {
                std::copy_n(row(y) + (source - area_.x) * step_, step_,
                            row(y) + (x - area_.x) * step_);
            } else {
                read(y, x, x + 1);
            }
        }
    }

    // Fills row y, above or below the pixels of `loaded`.
    void stage_row(int64_t y, const sepflow_rect &loaded) const {
        const int64_t source = reader_.source_row(y);
        if (within(source, loaded.y, loaded.h)) {
            std::copy_n(row(source), area_.w * step_, row(y));
        } else {
            read(y, area_.x, area_.x + area_.w);
        }
    }

    void read(int64_t y, int64_t first, int64_t last) const {
        Sample *out = row(y) + (first - area_.x) * step_;
        if constexpr (std::is_same_v<T, Sample>) {
            reader_.read(y, first, last, out);
        } else {
            auto *raw = static_cast<T *>(staged_.raw_row);
            reader_.read(y, first, last, raw);
            const int64_t count = (last - first) * step_;
            if constexpr (std::is_same_v<T, uint16_t>) {
                if (halves_) return convert_halves(raw, out, count);
            }
            convert(raw, out, count);
        }
    }

    RowReader<T> reader_;
    bool halves_;
    sepflow_rect area_;
    int64_t step_;
    const Staged &staged_;
};

// Returns the part of `area` that a load pass can bring: dense pixels of the domain, or nothing.
sepflow_rect loadable(const Arithmetic &arithmetic, const sepflow_image &in,
                      const sepflow_rect &area, const Walk &walk) {
    const sepflow_rect nothing = {area.x, area.y, 0, 0};
    const sepflow_rect domain = domain_of(in);
    const int bytes = type_bytes(in.type);
    const bool dense = in.stride_x == walk.step * bytes && (walk.step == 1 || in.stride_c == bytes);
    if (!dense || arithmetic.precision == Precision::kDouble ||
        !fits_a_pass(in.stride_y, area.h, bytes))
        return nothing;
    const int64_t left = std::max(area.x, domain.x), top = std::max(area.y, domain.y);
    const int64_t w = std::min(area.x + area.w, domain.x + domain.w) - left;
    const int64_t h = std::min(area.y + area.h, domain.y + domain.h) - top;
    const bool wide = w * walk.step >= arithmetic.passes->load_columns(arithmetic.sample_bytes());
    return wide && h > 0 ? sepflow_rect{left, top, w, h} : nothing;
}

void load(const Arithmetic &arithmetic, const sepflow_image &in, const sepflow_rect &area,
          const sepflow_rect &loaded, const Walk &walk, int32_t plane, const Staged &staged) {
    const int64_t columns = loaded.w * walk.step;
    auto *first = static_cast<char *>(staged.samples) +
                  ((loaded.y - area.y) * staged.columns + (loaded.x - area.x) * walk.step) *
                      arithmetic.sample_bytes();
    const char *pixel = pixel_address(in, loaded.x, loaded.y, plane);
    if (in.type == SEPFLOW_F16) {
        for (int64_t y = 0; y < loaded.h; ++y) {
            half_to_float(reinterpret_cast<const uint16_t *>(pixel + y * in.stride_y),
                          reinterpret_cast<float *>(first) + y * staged.columns,
                          static_cast<size_t>(columns));
        }
        return;
    }
    PassBuffer pixels(pixel, in.type,
                      {{columns, 1}, {loaded.h, in.stride_y / type_bytes(in.type)}});
    PassBuffer samples(first, arithmetic.sample_type, {{columns, 1}, {loaded.h, staged.columns}});
    check_pass(arithmetic.load(pixels, samples));
}

}  // namespace

Staged carve_staged(const Options &options, const Arithmetic &arithmetic, int64_t columns,
                    int64_t rows, Carver &carver) {
    const int64_t bytes = arithmetic.sample_bytes();
    Staged staged = {};
    staged.columns = columns;
    staged.rows = rows;
    staged.samples = carver.take(columns * rows * bytes);
    staged.raw_row = carver.take(columns * bytes);
    if (options.has_missing()) staged.weights = carver.take(columns * rows * bytes);
    return staged;
}

void stage(const Options &options, const Arithmetic &arithmetic, const Call &call,
           const sepflow_rect &area, const Walk &walk, int32_t plane, const Staged &staged) {
    const sepflow_image &in = call.in;
    const sepflow_rect loaded = loadable(arithmetic, in, area, walk);
    if (loaded.w > 0) load(arithmetic, in, area, loaded, walk, plane, staged);
    const auto stage_as = [&](auto raw) {
        using T = decltype(raw);
        if (arithmetic.precision == Precision::kDouble) {
            Stager<T, double>(options, in, area, walk, plane, staged).stage_around(loaded);
        } else {
            Stager<T, float>(options, in, area, walk, plane, staged).stage_around(loaded);
        }
    };
    const bool is_fixed = arithmetic.sample_type == SEPFLOW_S16;
    switch (in.type) {
        case SEPFLOW_U8:
            if (!is_fixed) {
                stage_as(uint8_t{});
                break;
            }
            Stager<uint8_t, int16_t>(options, in, area, walk, plane, staged).stage_around(loaded);
            break;
        case SEPFLOW_S16:
            stage_as(int16_t{});
            break;
        case SEPFLOW_F32:
            stage_as(float{});
            break;
        case SEPFLOW_F64:
            stage_as(double{});
            break;
        default:  // u16 and f16
            stage_as(uint16_t{});
    }
    if (options.has_missing()) stage_weights(options, arithmetic, call, area, walk, plane, staged);
}

}  // namespace sepflow
