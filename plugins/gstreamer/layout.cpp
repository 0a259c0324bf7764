#include "plugins/gstreamer/layout.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/image.h"

namespace sepflow::gstreamer {

namespace {

Component component_of(const GstVideoFormatInfo &format, guint index) {
    Component c;
    c.index = index;
    c.plane = format.plane[index];
    c.offset = format.poffset[index];
    c.pixel_stride = format.pixel_stride[index];
    c.bits = format.depth[index];
    if (c.bits > 8 && c.offset == 1) c.offset = 2;  // V of P010, P012 and P016 in GStreamer 1.22
    c.shift = format.shift[index];
    c.sub_x = format.w_sub[index];
    c.sub_y = format.h_sub[index];
    c.is_alpha = index == GST_VIDEO_COMP_A;  // GStreamer 1.22 does not say so of AV12
    c.is_chroma = GST_VIDEO_FORMAT_INFO_IS_YUV(&format) && index != GST_VIDEO_COMP_Y && !c.is_alpha;
    return c;
}

// Whole bytes or 16-bit words that this processor reads as they are, the value at either end of the
// word.
bool is_taken(const GstVideoFormatInfo &format, const Component &c) {
    const bool swapped = GST_VIDEO_FORMAT_INFO_IS_LE(&format) != (G_BYTE_ORDER == G_LITTLE_ENDIAN);
    if (c.pixel_stride < 1) return false;
    if (c.bits == 8 && c.shift == 0) return true;
    return c.bits > 8 && c.bits <= 16 && (c.shift == 0 || c.shift + c.bits == 16) &&
           c.pixel_stride % 2 == 0 && c.offset % 2 == 0 && !swapped;
}

struct Run {
    guint8 *begin, *end;
};

// Returns how many bytes at the start of a row are samples without a gap. A pair of pixels may be
// cut short at the end of an odd row.
gint solid_bytes(const GstVideoFrame &frame, guint plane) {
    const guint components = GST_VIDEO_FRAME_N_COMPONENTS(&frame);
    gint unit = 1;
    for (guint c = 0; c < components; ++c) {
        if (frame.info.finfo->plane[c] == plane)
            unit = std::max(unit, GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, c));
    }
    gint bytes = G_MAXINT;
    for (guint c = 0; c < components; ++c) {
        if (frame.info.finfo->plane[c] == plane)
            bytes = std::min(bytes, GST_VIDEO_FRAME_COMP_WIDTH(&frame, c) *
                                        GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, c) / unit * unit);
    }
    return bytes;
}

gint row_count(const GstVideoFrame &frame, guint plane) {
    gint rows = 0;
    for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS(&frame); ++c) {
        if (frame.info.finfo->plane[c] == plane)
            rows = std::max(rows, GST_VIDEO_FRAME_COMP_HEIGHT(&frame, c));
    }
    return rows;
}

// Rows without a gap between them are one.
std::vector<Run> sorted_runs(const GstVideoFrame &frame) {
    std::vector<Run> runs;
    for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&frame); ++plane) {
        auto *row = static_cast<guint8 *>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
        const gint stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane),
                   bytes = solid_bytes(frame, plane), rows = row_count(frame, plane);
        const bool is_dense = stride == bytes;
        for (gint y = 0; y < (is_dense ? 1 : rows); ++y, row += stride)
            runs.push_back({row, row + (is_dense ? static_cast<ptrdiff_t>(bytes) * rows : bytes)});
    }
    std::sort(runs.begin(), runs.end(),
              [](const Run &a, const Run &b) { return a.begin < b.begin; });
    return runs;
}

}  // namespace

std::vector<Component> components_of(const GstVideoInfo &info) {
    const GstVideoFormatInfo &format = *info.finfo;
    gint zeros[GST_VIDEO_MAX_COMPONENTS] = {}, scales[GST_VIDEO_MAX_COMPONENTS] = {};
    gst_video_color_range_offsets(info.colorimetry.range, &format, zeros, scales);
    std::vector<Component> all;
    for (guint i = 0; i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(&format); ++i) {
        all.push_back(component_of(format, i));
        Component &c = all.back();
        if (!c.is_alpha) c.zero = zeros[i] * c.unit();
        if (!is_taken(format, c)) {
            throw Error(SEPFLOW_E_FORMAT, std::string("format ") + format.name +
                                              " is not supported; put videoconvert before sepflow");
        }
    }
    // As they lie in memory.
    std::sort(all.begin(), all.end(), [](const Component &a, const Component &b) {
        return a.plane != b.plane ? a.plane < b.plane : a.offset < b.offset;
    });
    return all;
}

View view_of(const std::vector<Component> &neighbours, const std::vector<Component> &all) {
    View view;
    view.first = neighbours.front();
    view.channels = static_cast<int32_t>(neighbours.size());
    const auto in_plane = std::count_if(
        all.begin(), all.end(), [&](const Component &c) { return c.plane == view.first.plane; });
    // One sample of padding goes with them: pixels without gaps are faster.
    const gint padded = (view.channels + 1) * type_bytes(view.first.type());
    if (in_plane == view.channels && view.channels == 3 && view.first.pixel_stride == padded) {
        view.padding = view.first.offset;
        view.channels = 4;
    }
    return view;
}

sepflow_image image_of(const GstVideoFrame &frame, const View &view) {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = view.first.type();
    image.channels = view.channels;
    image.bounds = {0, 0, GST_VIDEO_FRAME_COMP_WIDTH(&frame, view.first.index),
                    GST_VIDEO_FRAME_COMP_HEIGHT(&frame, view.first.index)};
    image.domain = image.bounds;
    image.stride_c = type_bytes(image.type);
    image.stride_x = view.first.pixel_stride;
    image.stride_y = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, view.first.plane);
    image.data = static_cast<guint8 *>(GST_VIDEO_FRAME_PLANE_DATA(&frame, view.first.plane)) +
                 view.first.offset - view.padding;
    return image;
}

sepflow_image image_at(const GstVideoFrame &frame, const Component &component,
                       const Component &other) {
    sepflow_image image = image_of(frame, {component, 0, 1});
    image.bounds.w = image.domain.w = GST_VIDEO_FRAME_COMP_WIDTH(&frame, other.index);
    image.bounds.h = image.domain.h = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, other.index);
    image.stride_x <<= other.sub_x - component.sub_x;
    image.stride_y <<= other.sub_y - component.sub_y;
    return image;
}

void clear_gaps(const GstVideoFrame &frame) {
    const std::vector<Run> runs = sorted_runs(frame);
    // Buffers with a layout of their own are mapped plane by plane, often to the same memory.
    const guint maps = frame.meta != nullptr ? GST_VIDEO_FRAME_N_PLANES(&frame) : 1;
    for (guint i = 0; i < maps; ++i) {
        const GstMapInfo &map = frame.map[i];
        guint8 *end = map.data + map.size, *gap = map.data;
        for (const Run &run : runs) {
            if (run.begin < map.data || run.begin >= end) continue;
            if (run.begin > gap) std::memset(gap, 0, static_cast<size_t>(run.begin - gap));
            gap = std::max(gap, run.end);
        }
        if (gap < end) std::memset(gap, 0, static_cast<size_t>(end - gap));
    }
}

void fit_to_bits(const sepflow_image &image, const Component &component) {
    const unsigned shift = component.shift, half = shift > 0 ? 1u << (shift - 1) : 0,
                   most = (1u << component.bits) - 1;
    for (int64_t y = 0; y < image.bounds.h; ++y) {
        for (int64_t x = 0; x < image.bounds.w; ++x) {
            auto *sample = reinterpret_cast<uint16_t *>(pixel_address(image, x, y, 0));
            for (int32_t c = 0; c < image.channels; ++c) {
                const unsigned value = std::min((sample[c] + half) >> shift, most);
                sample[c] = static_cast<uint16_t>(value << shift);
            }
        }
    }
}

}  // namespace sepflow::gstreamer
