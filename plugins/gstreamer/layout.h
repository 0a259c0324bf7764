// Where the samples of a video format lie, and as which images the node takes them.
#pragma once

#include <gst/video/gstvideofilter.h>
#include <vector>

#include <sepflow/node.h>

namespace sepflow::gstreamer {

// R, G, B or Y, U, V, then A.
struct Component {
    guint index = 0, plane = 0;
    gint offset = 0, pixel_stride = 0;  // bytes
    guint bits = 8, shift = 0;          // where the value lies in its sample
    guint sub_x = 0, sub_y = 0;         // one sample for 1 << sub_x by 1 << sub_y pixels
    double zero = 0;                    // the sample that stands for nothing: grey, for chroma
    bool is_chroma = false, is_alpha = false;

    sepflow_type type() const { return bits == 8 ? SEPFLOW_U8 : SEPFLOW_U16; }
    // The largest, and what one unit of the value is worth.
    double largest() const { return static_cast<double>(((1u << bits) - 1) << shift); }
    double unit() const { return static_cast<double>(1u << shift); }
};

// Throws Error{FORMAT}, which names the format.
std::vector<Component> components_of(const GstVideoInfo &info);

// Samples of one plane that lie side by side, as the channels of an image.
struct View {
    Component first;
    gint padding = 0;  // bytes before the first that go through the filter, too
    int32_t channels = 1;
};

// All samples of the components' planes where nothing else lies between them; they are alike to the
// filter.
View view_of(const std::vector<Component> &neighbours, const std::vector<Component> &all);

sepflow_image image_of(const GstVideoFrame &frame, const View &view);

// The component at the places where `other` has its samples.
sepflow_image image_at(const GstVideoFrame &frame, const Component &component,
                       const Component &other);

// Zeroes all bytes that are no samples, and possibly some samples at the ends of rows. Call it
// before the samples are written: otherwise a reader of the buffer would see what its memory held
// before.
void clear_gaps(const GstVideoFrame &frame);

// Rounds u16 samples to values of fewer bits.
void fit_to_bits(const sepflow_image &image, const Component &component);

}  // namespace sepflow::gstreamer
