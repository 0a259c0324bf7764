// Pixels through the element against sepflow_apply, component by component.
#include <algorithm>
#include <doctest/doctest.h>
#include <gst/video/gstvideofilter.h>

#include "tests/hosts/gstreamer/expected.h"

namespace {

// Neither equal in both directions nor like its mirror images.
constexpr const char *kLopsided = "3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 3 norm";
const Filtering kFilterings[] = {
    {kLopsided, 1, SEPFLOW_BORDER_REFLECT},
    {"row .25 .5 .75 .5 col .4 0 .1 .2 .2 .1", 2, SEPFLOW_BORDER_REPLICATE},
    {"sobel y", 0, SEPFLOW_BORDER_REFLECT, 0, 30},
    {kLopsided, 1, SEPFLOW_BORDER_REFLECT, 0, 0, 0, 2},
    {kLopsided, 1, SEPFLOW_BORDER_REFLECT, 0, 0, 4, 0, true}};

constexpr std::pair<const char *, int32_t> kBorders[] = {
    {"reflect101", SEPFLOW_BORDER_REFLECT101}, {"reflect", SEPFLOW_BORDER_REFLECT},
    {"replicate", SEPFLOW_BORDER_REPLICATE},   {"wrap", SEPFLOW_BORDER_WRAP},
    {"constant", SEPFLOW_BORDER_CONSTANT},     {"truncate", SEPFLOW_BORDER_TRUNCATE}};

void apply(Rig &rig, const Filtering &filtering) {
    rig.set("kernel", filtering.kernel);
    rig.set("border",
            std::find_if(std::begin(kBorders), std::end(kBorders), [&](const auto &border) {
                return border.second == filtering.border;
            })->first);
    g_object_set(rig.element(), "border-value", filtering.border_value, "delta", filtering.delta,
                 "anchor-x", static_cast<gint>(filtering.anchor_x), "anchor-y",
                 static_cast<gint>(filtering.anchor_y), "convolve", filtering.convolves, nullptr);
}

// 16-bit words with 10 bits in their upper part: results are rounded twice.
double steps_of(const GstVideoInfo &info, unsigned c) {
    return static_cast<double>(1u << GST_VIDEO_FORMAT_INFO_SHIFT(info.finfo, c));
}

std::vector<double> clamped(std::vector<double> exact, const GstVideoInfo &info, unsigned c) {
    const double most = static_cast<double>((1u << GST_VIDEO_INFO_COMP_DEPTH(&info, c)) - 1);
    for (double &value : exact) value = std::clamp(value, 0.0, most * steps_of(info, c));
    return exact;
}

void check_component(const GstVideoInfo &info, unsigned c, const Samples &in, const Samples &out,
                     const Filtering &filtering) {
    CAPTURE(c);
    if (c == GST_VIDEO_COMP_A) {
        CHECK(out == in);
    } else if (GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c) == 0 &&
               GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c) == 0) {
        CHECK(out == applied(info, c, in, filtering));
    } else {
        // Half a unit of rounding, and as much tolerance.
        const auto exact = clamped(through_pixels(info, c, in, filtering), info, c);
        CHECK(distance(out, exact) <= 1.01 * steps_of(info, c));
    }
}

void check_frame(Rig &rig, const GstVideoInfo &info, const Filtering &filtering) {
    const Frame in = Frame::noise(info), out = rig.filtered(in);
    for (unsigned c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&info); ++c)
        check_component(info, c, in.component(info, c), out.component(info, c), filtering);
}

}  // namespace

TEST_CASE("every format has the samples of sepflow_apply; chroma moves about grey") {
    const std::vector<std::string> formats = all_formats();
    REQUIRE(formats.size() > 60);
    for (const std::string &format : formats) {
        CAPTURE(format);
        Rig rig;
        const GstVideoInfo &info = rig.format(format, 67, 43);
        for (const Filtering &filtering : kFilterings) {
            CAPTURE(filtering.kernel);
            CAPTURE(filtering.anchor_x);
            apply(rig, filtering);
            check_frame(rig, info, filtering);
        }
    }
}

TEST_CASE("every border has the samples of sepflow_apply") {
    for (const char *format : {"GRAY8", "GRAY16_LE", "RGB", "BGRx", "I420", "NV12"}) {
        CAPTURE(format);
        Rig rig;
        const GstVideoInfo &info = rig.format(format, 48, 34);
        for (const auto &[name, border] : kBorders) {
            CAPTURE(name);
            const Filtering filtering = {kLopsided, 1, border, 200, 0};
            apply(rig, filtering);
            check_frame(rig, info, filtering);
        }
    }
}

TEST_CASE("range of the caps decides what black is") {
    const Filtering filtering = {"3x1 1 1 1", 3, SEPFLOW_BORDER_REFLECT};
    for (const char *colorimetry : {"bt601", "bt709", "1:4:0:0", "sRGB"}) {
        for (const char *format : {"I420", "Y444", "GRAY8"}) {
            CAPTURE(colorimetry);
            CAPTURE(format);
            Rig rig;
            apply(rig, filtering);
            const GstVideoInfo &info =
                rig.format(std::string(format) + ", colorimetry=" + colorimetry, 35, 21);
            check_frame(rig, info, filtering);
        }
    }
}

TEST_CASE("frames of one pixel, row or column, and smaller than the kernel") {
    for (const char *format : {"GRAY8", "RGBA", "I420", "NV12", "YUY2", "Y41B", "P010_10LE"}) {
        for (const auto &[w, h] : {std::pair(1, 1), {1, 9}, {10, 1}, {3, 2}, {5, 5}}) {
            CAPTURE(format);
            CAPTURE(w);
            CAPTURE(h);
            const Filtering filtering = {"gaussian 2", 1, SEPFLOW_BORDER_REPLICATE};
            Rig rig;
            apply(rig, filtering);
            check_frame(rig, rig.format(format, w, h), filtering);
        }
    }
}

TEST_CASE("straight alpha is filtered and weighs the colours") {
    for (const char *format : {"RGBA", "ARGB", "BGRA", "ABGR", "ARGB64", "GBRA"}) {
        for (const auto &[kernel, sum] : {std::pair(kLopsided, 1), {"3x2 0 1 .5 0 .25 .25", 2}}) {
            CAPTURE(format);
            CAPTURE(kernel);
            const Filtering filtering = {kernel, static_cast<double>(sum), SEPFLOW_BORDER_REFLECT};
            Rig rig;
            apply(rig, filtering);
            rig.set("alpha", "straight");
            const GstVideoInfo &info = rig.format(format, 67, 43);
            const Frame in = Frame::noise(info), out = rig.filtered(in);
            const auto exact = weighed(in.components(info), filtering);
            for (unsigned c = 0; c < 4; ++c) {
                CAPTURE(c);
                CHECK(distance(out.component(info, c), clamped(exact[c], info, c)) <= 1.01);
            }
        }
    }
}

TEST_CASE("alpha that is opaque makes no difference, whatever the kernel's sum") {
    for (const char *format : {"RGBA", "AYUV", "A420", "ARGB64"}) {
        CAPTURE(format);
        const Filtering filtering = {"3x3 0 1 0 1 1 1 0 1 1", 6, SEPFLOW_BORDER_REFLECT};
        Rig rig;
        apply(rig, filtering);
        rig.set("alpha", "straight");
        const GstVideoInfo &info = rig.format(format, 67, 43);
        Frame in = Frame::noise(info);
        in.set_alpha(info, static_cast<uint16_t>((1u << GST_VIDEO_INFO_COMP_DEPTH(&info, 3)) - 1));
        const Frame out = rig.filtered(in);
        for (unsigned c = 0; c < 4; ++c)
            check_component(info, c, in.component(info, c), out.component(info, c), filtering);
    }
}

TEST_CASE("1 and 4 threads make the same bytes") {
    for (const char *format : {"RGBA", "I420", "NV12", "GRAY16_LE", "YUY2"}) {
        CAPTURE(format);
        Rig rig("disc 5.5");
        const GstVideoInfo &info = rig.format(format, 640, 361);
        const Frame in = Frame::noise(info);
        rig.set("threads", "1");
        const Frame one = rig.filtered(in);
        rig.set("threads", "4");
        CHECK(rig.filtered(in).components(info) == one.components(info));
    }
}

TEST_CASE("rows may be padded on both sides; what is no sample becomes zero, and the input stays") {
    for (const std::string &format : all_formats()) {
        CAPTURE(format);
        Rig rig(kLopsided);
        const GstVideoInfo &info = rig.format(format, 37, 23);
        const Frame dense = rig.filtered(Frame::noise(info));
        // Straight into a frame of ours: a downstream element would choose the padding for the
        // harness.
        Frame in = Frame::noise(info, 7, 24), out = Frame::blank(info, 40);
        const std::vector<uint8_t> before = in.bytes();
        GstVideoFrame from, to;
        REQUIRE(gst_video_frame_map(&from, &info, in.buffer(), GST_MAP_READ));
        REQUIRE(gst_video_frame_map(&to, &info, out.buffer(), GST_MAP_WRITE));
        auto *filter = GST_VIDEO_FILTER(rig.element());
        CHECK(GST_VIDEO_FILTER_GET_CLASS(filter)->transform_frame(filter, &from, &to) ==
              GST_FLOW_OK);
        gst_video_frame_unmap(&to);
        gst_video_frame_unmap(&from);
        CHECK(out.components(info) == dense.components(info));
        CHECK(out.has_clear_gaps(info));
        CHECK(in.bytes() == before);
        // And padded input through the pads.
        CHECK(rig.filtered(in).components(info) == dense.components(info));
    }
}
