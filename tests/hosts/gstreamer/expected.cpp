#include "tests/hosts/gstreamer/expected.h"

#include <algorithm>
#include <cmath>

namespace {

bool is_chroma(const GstVideoInfo &info, unsigned c) {
    return GST_VIDEO_INFO_IS_YUV(&info) && (c == GST_VIDEO_COMP_U || c == GST_VIDEO_COMP_V);
}

unsigned shift_of(const GstVideoInfo &info, unsigned c) {
    return GST_VIDEO_FORMAT_INFO_SHIFT(info.finfo, c);
}

sepflow_options options_for(sepflow_type type, const Filtering &filtering) {
    sepflow_options options = oracle::options_of(type);
    options.border_x = options.border_y = filtering.border;
    if (filtering.convolves) options.flags |= SEPFLOW_OPTION_CONVOLVE;
    if (filtering.anchor_x >= 0) options.flags |= SEPFLOW_OPTION_ANCHOR;
    options.anchor_x = filtering.anchor_x;
    options.anchor_y = filtering.anchor_y;
    return options;
}

// In samples of the component.
sepflow_options options_for(const GstVideoInfo &info, unsigned c, sepflow_type type,
                            const Filtering &filtering) {
    sepflow_options options = options_for(type, filtering);
    const double unit = static_cast<double>(1u << shift_of(info, c));
    options.border_value = is_chroma(info, c) ? zero_of(info, c) : filtering.border_value * unit;
    options.delta = zero_of(info, c) * (1 - filtering.sum);
    if (!is_chroma(info, c)) options.delta += filtering.delta * unit;
    return options;
}

std::vector<double> apply_f64(const std::string &kernel, sepflow_options options,
                              std::vector<double> &pixels, int64_t w, int64_t h) {
    options.in_type = SEPFLOW_F64;
    options.out_type = SEPFLOW_F64;
    std::vector<double> out(pixels.size());
    oracle::apply(oracle::plan_from(kernel, options),
                  sepflow_image_dense(pixels.data(), SEPFLOW_F64, w, h, 1),
                  sepflow_image_dense(out.data(), SEPFLOW_F64, w, h, 1));
    return out;
}

}  // namespace

double zero_of(const GstVideoInfo &info, unsigned c) {
    const unsigned bits = GST_VIDEO_INFO_COMP_DEPTH(&info, c) + shift_of(info, c);
    if (is_chroma(info, c)) return static_cast<double>(1u << (bits - 1));
    const bool is_video_range = info.colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235;
    if (c != GST_VIDEO_COMP_A && is_video_range) return static_cast<double>(1u << (bits - 4));
    return 0;
}

Samples directly(const GstVideoInfo &info, unsigned c, const Samples &in,
                 const Filtering &filtering) {
    const unsigned bits = GST_VIDEO_INFO_COMP_DEPTH(&info, c), shift = shift_of(info, c);
    Samples out = in;
    if (bits == 8) {
        std::vector<uint8_t> from(in.values.begin(), in.values.end()), to(from.size());
        oracle::apply(
            oracle::plan_from(filtering.kernel, options_for(info, c, SEPFLOW_U8, filtering)),
            sepflow_image_dense(from.data(), SEPFLOW_U8, in.w, in.h, 1),
            sepflow_image_dense(to.data(), SEPFLOW_U8, in.w, in.h, 1));
        out.values.assign(to.begin(), to.end());
        return out;
    }
    std::vector<uint16_t> from = in.values;
    oracle::apply(oracle::plan_from(filtering.kernel, options_for(info, c, SEPFLOW_U16, filtering)),
                  sepflow_image_dense(from.data(), SEPFLOW_U16, in.w, in.h, 1),
                  sepflow_image_dense(out.values.data(), SEPFLOW_U16, in.w, in.h, 1));
    const double unit = std::ldexp(1, static_cast<int>(shift));
    for (uint16_t &value : out.values) {
        const double rounded = std::floor(value / unit + (shift > 0 ? 0.5 : 0));
        value = static_cast<uint16_t>(std::min(rounded, std::ldexp(1, static_cast<int>(bits)) - 1) *
                                      unit);
    }
    return out;
}

std::vector<double> through_pixels(const GstVideoInfo &info, unsigned c, const Samples &in,
                                   const Filtering &filtering) {
    const int64_t sx = 1 << GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c),
                  sy = 1 << GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c), w = in.w * sx;
    std::vector<double> pixels(static_cast<size_t>(w * in.h * sy)), out(in.values.size());
    const auto sample_of = [&](size_t pixel) {
        const auto x = static_cast<int64_t>(pixel) % w / sx,
                   y = static_cast<int64_t>(pixel) / w / sy;
        return static_cast<size_t>(y * in.w + x);
    };
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = in.values[sample_of(i)];
    pixels = apply_f64(filtering.kernel, options_for(info, c, SEPFLOW_F64, filtering), pixels, w,
                       in.h * sy);
    for (size_t i = 0; i < pixels.size(); ++i)
        out[sample_of(i)] += pixels[i] / static_cast<double>(sx * sy);
    return out;
}

std::vector<std::vector<double>> weighed(const std::vector<Samples> &in,
                                         const Filtering &filtering) {
    const sepflow_options options = options_for(SEPFLOW_F64, filtering);
    const Samples &alpha = in.back();
    std::vector<std::vector<double>> all;
    std::vector<double> weights(alpha.values.begin(), alpha.values.end());
    const std::vector<double> sums =
        apply_f64(filtering.kernel, options, weights, alpha.w, alpha.h);
    for (size_t c = 0; c + 1 < in.size(); ++c) {
        std::vector<double> products(weights);
        for (size_t i = 0; i < products.size(); ++i) products[i] *= in[c].values[i];
        products = apply_f64(filtering.kernel, options, products, alpha.w, alpha.h);
        for (size_t i = 0; i < products.size(); ++i) products[i] *= filtering.sum / sums[i];
        all.push_back(products);
    }
    all.push_back(sums);
    for (double &sum : all.back()) sum /= filtering.sum;
    return all;
}

double distance(const Samples &samples, const std::vector<double> &exact) {
    double worst = samples.values.size() == exact.size() ? 0 : INFINITY;
    for (size_t i = 0; i < samples.values.size() && i < exact.size(); ++i)
        worst = std::max(worst, std::fabs(samples.values[i] - exact[i]));
    return worst;
}
