// Planes of fewer samples than pixels against their definition: repeated to the frame's pixels,
// filtered there, averaged back.
#include <algorithm>
#include <doctest/doctest.h>

#include "tests/hosts/gstreamer/expected.h"

namespace {

constexpr std::pair<const char *, int32_t> kBorders[] = {
    {"reflect101", SEPFLOW_BORDER_REFLECT101}, {"reflect", SEPFLOW_BORDER_REFLECT},
    {"replicate", SEPFLOW_BORDER_REPLICATE},   {"wrap", SEPFLOW_BORDER_WRAP},
    {"constant", SEPFLOW_BORDER_CONSTANT},     {"truncate", SEPFLOW_BORDER_TRUNCATE}};

// Odd and even lengths, anchors in the middle and in corners; no row or column is its mirror image.
const Filtering kFilterings[] = {
    {"3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 3 norm", 1, 0, 30, 0},
    {"2x4 1 2 3 4 5 0 1 2 norm", 1, 0, 30, 0, 3, 0},
    {"row 1 2 4 3 2 1 0 col .4 .1 .2 .1 .5 .3 norm", 1, 0, 30, 0, 0, 5},
    {"3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 3 norm", 1, 0, 30, 0, 1, 2, true}};

void apply(Rig &rig, const Filtering &filtering, const char *border) {
    g_object_set(rig.element(), "kernel", filtering.kernel.c_str(), "border-value",
                 filtering.border_value, "anchor-x", static_cast<gint>(filtering.anchor_x),
                 "anchor-y", static_cast<gint>(filtering.anchor_y), "convolve", filtering.convolves,
                 nullptr);
    rig.set("border", border);
}

bool is_subsampled(const GstVideoInfo &info, unsigned c) {
    return GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c) != 0 ||
           GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c) != 0;
}

double units_off(const GstVideoInfo &info, unsigned c, const Samples &out,
                 std::vector<double> exact) {
    const double unit = static_cast<double>(1u << GST_VIDEO_FORMAT_INFO_SHIFT(info.finfo, c)),
                 most = ((1u << GST_VIDEO_INFO_COMP_DEPTH(&info, c)) - 1) * unit;
    for (double &value : exact) value = std::clamp(value, 0.0, most);
    return distance(out, exact) / unit;
}

}  // namespace

TEST_CASE("chroma at the border of a small frame, by hand") {
    Rig rig("box 3 1");
    const GstVideoInfo &info = rig.format("I420", 8, 2);
    Frame in = Frame::noise(info);
    in.set(info, GST_VIDEO_COMP_U, {228, 128, 128, 128});
    // 228 228 128 128 128 128 128 128: 228 194.67, 161.33 128 ...
    CHECK(rig.filtered(in).component(info, GST_VIDEO_COMP_U).values ==
          std::vector<uint16_t>{211, 145, 128, 128});
    // With an odd width the last sample is one pixel: 228 228 128 228 | 128 wraps to 178 ...
    const GstVideoInfo &odd = rig.format("I420", 5, 2);
    in = Frame::noise(odd);
    in.set(odd, GST_VIDEO_COMP_U, {228, 128, 98});
    rig.set("border", "replicate");
    // 228 228 128 128 98: 228 194.67, 161.33 118, 108
    CHECK(rig.filtered(in).component(odd, GST_VIDEO_COMP_U).values ==
          std::vector<uint16_t>{211, 140, 108});
}

TEST_CASE(
    "planes of fewer samples are filtered as if repeated to pixels, at every size and border") {
    for (const char *format : {"I420", "NV12", "NV21", "Y42B", "Y41B", "YUV9", "YUY2", "UYVY",
                               "NV16", "I420_10LE", "I422_12LE", "P010_10LE", "P016_LE", "A420"}) {
        CAPTURE(std::string(format));
        for (const auto &[w, h] : {std::pair(1, 1),
                                   {2, 1},
                                   {3, 2},
                                   {4, 4},
                                   {9, 1},
                                   {1, 7},
                                   {8, 6},
                                   {13, 10},
                                   {12, 11},
                                   {17, 9},
                                   {40, 32},
                                   {41, 35}}) {
            CAPTURE(w);
            CAPTURE(h);
            for (const auto &[name, border] : kBorders) {
                CAPTURE(std::string(name));
                Rig rig("identity");
                const GstVideoInfo &info = rig.format(format, w, h);
                for (Filtering filtering : kFilterings) {
                    CAPTURE(filtering.kernel);
                    CAPTURE(filtering.anchor_x);
                    filtering.border = border;
                    apply(rig, filtering, name);
                    const Frame in = Frame::noise(info), out = rig.filtered(in);
                    for (unsigned c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&info); ++c) {
                        CAPTURE(c);
                        if (!is_subsampled(info, c)) continue;
                        const auto exact =
                            through_pixels(info, c, in.component(info, c), filtering);
                        // Half a unit of rounding, twice in 16-bit words of fewer bits, and as much
                        // tolerance.
                        CHECK(units_off(info, c, out.component(info, c), exact) <= 1.01);
                    }
                }
            }
        }
    }
}

TEST_CASE("with straight alpha, each pixel's alpha weighs the chroma that it shares with others") {
    for (const char *format : {"A420", "AV12", "A422_10LE", "A420_10LE"}) {
        CAPTURE(std::string(format));
        for (const auto &[w, h] : {std::pair(20, 14), {13, 9}}) {
            CAPTURE(w);
            for (const auto &[name, border] : kBorders) {
                if (border == SEPFLOW_BORDER_CONSTANT)
                    continue;  // what lies there has a weight of its own
                CAPTURE(std::string(name));
                const Filtering filtering = {"3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 3 norm", 1, border};
                Rig rig("identity");
                apply(rig, filtering, name);
                rig.set("alpha", "straight");
                const GstVideoInfo &info = rig.format(format, w, h);
                const Frame in = Frame::noise(info), out = rig.filtered(in);
                const Samples alpha = in.component(info, GST_VIDEO_COMP_A);
                for (unsigned c : {GST_VIDEO_COMP_U, GST_VIDEO_COMP_V}) {
                    CAPTURE(c);
                    const auto exact =
                        weighed_through_pixels(info, c, in.component(info, c), alpha, filtering);
                    CHECK(units_off(info, c, out.component(info, c), exact) <= 0.51);
                }
            }
        }
    }
}

TEST_CASE("chroma where no pixel has alpha is grey") {
    Rig rig("box 3");
    rig.set("alpha", "straight");
    const GstVideoInfo &info = rig.format("A420", 16, 12);
    Frame in = Frame::noise(info);
    in.set_alpha(info, 0);
    CHECK(rig.filtered(in).component(info, GST_VIDEO_COMP_U).values ==
          std::vector<uint16_t>(48, 128));
}

TEST_CASE("a border value counts from black: 0 is 16 in limited range, and chroma is grey") {
    for (const auto &[format, black] : {std::pair("I420", 16),
                                        {"I420, colorimetry=1:4:0:0", 0},
                                        {"GRAY8, colorimetry=bt601", 16},
                                        {"GRAY8, colorimetry=1:1:5:1", 0},
                                        {"I420_10LE", 64},
                                        {"P010_10LE", 64 << 6},
                                        {"RGB", 0}}) {
        CAPTURE(std::string(format));
        Rig rig("3x3 1 0 0 0 0 0 0 0 0");  // the pixel above and to the left
        rig.set("border", "constant");
        const GstVideoInfo &info = rig.format(format, 8, 4);
        Frame in = Frame::noise(info);
        const uint16_t step = info.finfo->shift[0] == 6 ? 64 : 1;
        for (const int value : {0, 100}) {
            CAPTURE(value);
            g_object_set(rig.element(), "border-value", static_cast<double>(value), nullptr);
            CHECK(rig.filtered(in).component(info, 0).values[0] == black + value * step);
        }
    }
}
