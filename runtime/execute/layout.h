// How the samples of a call lie in memory, and how the passes walk them.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

namespace sepflow {

inline int type_bytes(sepflow_type type) {
    return (type & 0xff) / 8;
}

inline char *pixel_address(const sepflow_image &image, int64_t x, int64_t y, int64_t channel) {
    return static_cast<char *>(image.data) + (x - image.bounds.x) * image.stride_x +
           (y - image.bounds.y) * image.stride_y + channel * image.stride_c;
}

inline bool is_interleaved(const sepflow_image &image) {
    const int bytes = type_bytes(image.type);
    return (image.channels == 1 || image.stride_c == bytes) &&
           image.stride_x == static_cast<int64_t>(image.channels) * bytes;
}

inline bool is_planar(const sepflow_image &image) {
    return image.stride_x == type_bytes(image.type);
}

inline bool contains(const sepflow_rect &outer, const sepflow_rect &inner) {
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

inline sepflow_rect domain_of(const sepflow_image &image) {
    const sepflow_rect &d = image.domain;
    return d.x == 0 && d.y == 0 && d.w == 0 && d.h == 0 ? image.bounds : d;
}

// The passes see rows of samples: all channels of an interleaved image at once, whose neighbours are `step`
// samples apart, or one channel (plane) after the other.
struct Walk {
    int32_t step;        // samples from a pixel to its right neighbour
    int32_t planes;      // runs over the tile
    bool input_direct;   // the input's rows are rows of samples of the pass's type
    bool output_direct;  // so are the output's
};

}  // namespace sepflow
