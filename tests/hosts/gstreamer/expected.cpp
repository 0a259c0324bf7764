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
    options.border_value = zero_of(info, c);
    if (!is_chroma(info, c)) options.border_value += filtering.border_value * unit;
    options.delta = zero_of(info, c) * (1 - filtering.sum);
    if (!is_chroma(info, c)) options.delta += filtering.delta * unit;
    return options;
}

oracle::Options reference_options(const GstVideoInfo &info, unsigned c,
                                  const Filtering &filtering) {
    const sepflow_options given = options_for(info, c, SEPFLOW_F64, filtering);
    oracle::Options options;
    options.border_x = options.border_y = filtering.border;
    options.border_value = given.border_value;
    options.convolve = filtering.convolves;
    options.anchor_x = filtering.anchor_x;
    options.anchor_y = filtering.anchor_y;
    options.delta = given.delta;
    return options;
}

// As written, not turned round.
oracle::Kernel kernel_of(const Filtering &filtering) {
    const oracle::PlanPointer plan =
        oracle::plan_from(filtering.kernel, oracle::options_of(SEPFLOW_F64));
    const sepflow_plan_description d = oracle::described(plan);
    return {d.rows, d.columns, std::vector<double>(d.taps, d.taps + d.rows * d.columns)};
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

Samples applied(const GstVideoInfo &info, unsigned c, const Samples &in,
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
    const unsigned sub_x = GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c),
                   sub_y = GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c);
    oracle::Image pixels(info.width, info.height, 1);
    for (int64_t y = 0; y < pixels.h; ++y) {
        for (int64_t x = 0; x < pixels.w; ++x) pixels.at(x, y, 0) = in.at(x >> sub_x, y >> sub_y);
    }
    const oracle::Options options = reference_options(info, c, filtering);
    const oracle::Kernel kernel = kernel_of(filtering);
    std::vector<double> sums(in.values.size()), counts(in.values.size());
    for (int64_t y = 0; y < pixels.h; ++y) {
        for (int64_t x = 0; x < pixels.w; ++x) {
            const auto sample = static_cast<size_t>((y >> sub_y) * in.w + (x >> sub_x));
            sums[sample] += oracle::convolve(pixels, kernel, options, x, y, 0).value;
            counts[sample] += 1;
        }
    }
    for (size_t i = 0; i < sums.size(); ++i) sums[i] /= counts[i];
    return sums;
}

std::vector<double> weighed_through_pixels(const GstVideoInfo &info, unsigned c, const Samples &in,
                                           const Samples &alpha, const Filtering &filtering) {
    const unsigned sub_x = GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c),
                   sub_y = GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c);
    oracle::Image weights(info.width, info.height, 1), products(info.width, info.height, 1);
    const double zero = zero_of(info, c);
    for (int64_t y = 0; y < weights.h; ++y) {
        for (int64_t x = 0; x < weights.w; ++x) {
            weights.at(x, y, 0) = alpha.at(x, y);
            products.at(x, y, 0) = alpha.at(x, y) * (in.at(x >> sub_x, y >> sub_y) - zero);
        }
    }
    oracle::Options options = reference_options(info, c, filtering);
    options.delta = 0;
    const oracle::Kernel kernel = kernel_of(filtering);
    std::vector<double> sums(in.values.size()), counts(in.values.size());
    for (int64_t y = 0; y < weights.h; ++y) {
        for (int64_t x = 0; x < weights.w; ++x) {
            const auto sample = static_cast<size_t>((y >> sub_y) * in.w + (x >> sub_x));
            const double weight = oracle::convolve(weights, kernel, options, x, y, 0).value;
            if (weight == 0) continue;
            sums[sample] += oracle::convolve(products, kernel, options, x, y, 0).value / weight;
            counts[sample] += 1;
        }
    }
    for (size_t i = 0; i < sums.size(); ++i)
        sums[i] = zero + (counts[i] > 0 ? filtering.sum * sums[i] / counts[i] : 0);
    return sums;
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
