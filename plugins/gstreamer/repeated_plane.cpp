#include "plugins/gstreamer/repeated_plane.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/base/image.h"

namespace sepflow::gstreamer {

namespace {

struct Span {
    int64_t first, end;
};

// Returns the samples none of whose pixels has a tap beyond either end of the axis; all, if that
// does not matter.
Span span_by_kernel(unsigned sub, int64_t pixels, int64_t samples, int64_t before, int64_t after,
                    const std::string &border) {
    const int64_t step = int64_t{1} << sub;
    if (sub == 0 || (pixels % step == 0 && repeats_whole_samples(border))) return {0, samples};
    const int64_t first = std::min((before + step - 1) / step, samples),
                  end = std::max<int64_t>((pixels - after) / step, 0);
    return {first, std::max(first, std::min(end, samples))};
}

sepflow_image image_of(void *data, sepflow_type type, int32_t channels, const sepflow_rect &bounds,
                       const sepflow_rect &domain) {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = type;
    image.channels = channels;
    image.data = data;
    image.bounds = bounds;
    image.domain = domain;
    image.stride_c = type_bytes(type);
    image.stride_x = image.stride_c * channels;
    image.stride_y = image.stride_x * bounds.w;
    return image;
}

// The pixels of one row of samples; `x` is the first one.
template <typename Sample>
void repeat_row(const sepflow_image &in, int64_t y, unsigned sub_x, int64_t x, Sample *to,
                const Sample *end) {
    const char *sample = pixel_address(in, x >> sub_x, y, 0);
    const int64_t mask = (int64_t{1} << sub_x) - 1;
    while (to < end) {
        const auto *channels = reinterpret_cast<const Sample *>(sample);
        for (int32_t c = 0; c < in.channels; ++c) *to++ = channels[c];
        if ((++x & mask) == 0) sample += in.stride_x;
    }
}

template <typename Sample>
void repeat(const sepflow_image &in, const PixelGrid &grid, const sepflow_image &pixels) {
    const sepflow_rect &bounds = pixels.bounds;
    const int64_t length = bounds.w * in.channels;
    auto *row = static_cast<Sample *>(pixels.data);
    for (int64_t y = bounds.y; y < bounds.y + bounds.h; ++y, row += length) {
        const bool is_again = y > bounds.y && y >> grid.sub_y == (y - 1) >> grid.sub_y;
        if (is_again) {
            std::copy_n(row - length, length, row);
        } else {
            repeat_row(in, y >> grid.sub_y, grid.sub_x, bounds.x, row, row + length);
        }
    }
}

sepflow_rect pixels_of(const sepflow_rect &samples, const PixelGrid &grid) {
    const int64_t x = samples.x << grid.sub_x, y = samples.y << grid.sub_y;
    return {x, y, std::min((samples.x + samples.w) << grid.sub_x, grid.width) - x,
            std::min((samples.y + samples.h) << grid.sub_y, grid.height) - y};
}

struct Mean {
    double sum = 0;
    int count = 0;
};

// Adds a row of pixels to the means of its samples, without those that are missing.
void add_row(const float *pixel, const sepflow_rect &pixels, unsigned sub_x, int32_t channels,
             Mean *means) {
    const int64_t mask = (int64_t{1} << sub_x) - 1;
    for (int64_t x = 1; x <= pixels.w; ++x) {
        for (int32_t c = 0; c < channels; ++c, ++pixel) {
            if (std::isnan(*pixel)) continue;
            means[c].sum += *pixel;
            ++means[c].count;
        }
        if ((x & mask) == 0) means += channels;
    }
}

template <typename Sample>
void average(const sepflow_image &pixels, const RepeatedPlane &plane, const sepflow_rect &region) {
    const int32_t channels = plane.out.channels;
    std::vector<Mean> means(static_cast<size_t>(region.w * channels));
    for (int64_t y = region.y; y < region.y + region.h; ++y) {
        std::fill(means.begin(), means.end(), Mean());
        const sepflow_rect rows = pixels_of({region.x, y, region.w, 1}, plane.grid);
        for (int64_t row = rows.y; row < rows.y + rows.h; ++row)
            add_row(reinterpret_cast<const float *>(pixel_address(pixels, rows.x, row, 0)), rows,
                    plane.grid.sub_x, channels, means.data());
        const Mean *mean = means.data();
        char *sample = pixel_address(plane.out, region.x, y, 0);
        for (int64_t x = 0; x < region.w; ++x, sample += plane.out.stride_x) {
            for (int32_t c = 0; c < channels; ++c, ++mean) {
                const double value = mean->count > 0 ? mean->sum / mean->count : plane.neutral;
                reinterpret_cast<Sample *>(sample)[c] = static_cast<Sample>(std::nearbyint(
                    std::clamp<double>(value, 0, std::numeric_limits<Sample>::max())));
            }
        }
    }
}

}  // namespace

bool repeats_whole_samples(const std::string &border) {
    return border == "reflect" || border == "replicate" || border == "wrap" || border == "constant";
}

sepflow_rect samples_by_kernel(const PixelGrid &grid, int64_t columns, int64_t rows,
                               const sepflow_plan_info &halo, const std::string &border) {
    const Span x = span_by_kernel(grid.sub_x, grid.width, columns, halo.left, halo.right, border);
    const Span y = span_by_kernel(grid.sub_y, grid.height, rows, halo.top, halo.bottom, border);
    return {x.first, y.first, x.end - x.first, y.end - y.first};
}

std::array<sepflow_rect, 4> around(const sepflow_rect &inner, const sepflow_rect &all) {
    if (is_empty(inner)) return {all};
    const int64_t right = inner.x + inner.w, bottom = inner.y + inner.h;
    return {{{all.x, all.y, all.w, inner.y - all.y},
             {all.x, bottom, all.w, all.y + all.h - bottom},
             {all.x, inner.y, inner.x - all.x, inner.h},
             {right, inner.y, all.x + all.w - right, inner.h}}};
}

void RepeatedPlane::filter(const NodePlan &plan, const sepflow_rect &region,
                           int32_t max_threads) const {
    if (is_empty(region)) return;
    const sepflow_rect domain = {0, 0, grid.width, grid.height}, wanted = pixels_of(region, grid),
                       needed = plan.input_region(wanted, domain);
    const auto samples = [&](const sepflow_rect &area) {
        return static_cast<size_t>(area.w * area.h * in.channels);
    };
    std::vector<char> repeated(samples(needed) * static_cast<size_t>(type_bytes(in.type)));
    std::vector<float> filtered(samples(wanted));
    const sepflow_image pixels = image_of(repeated.data(), in.type, in.channels, needed, domain),
                        results =
                            image_of(filtered.data(), SEPFLOW_F32, in.channels, wanted, domain);
    const bool are_bytes = in.type == SEPFLOW_U8;
    (are_bytes ? repeat<uint8_t> : repeat<uint16_t>)(in, grid, pixels);

    sepflow_image inputs[2] = {pixels, {}};
    if (mask != nullptr) inputs[1] = *mask;
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = inputs;
    call.input_count = mask != nullptr ? 2 : 1;
    call.outputs = &results;
    call.output_count = 1;
    call.region = wanted;
    call.max_threads = max_threads;
    plan.process(call, nullptr);
    (are_bytes ? average<uint8_t> : average<uint16_t>)(results, *this, region);
}

}  // namespace sepflow::gstreamer
