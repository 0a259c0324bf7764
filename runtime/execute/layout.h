// How the samples of a call lie in memory, and how the passes walk them.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

#include "runtime/base/image.h"

namespace sepflow {

struct Plan;

inline bool is_interleaved(const sepflow_image &image) {
    const int bytes = type_bytes(image.type);
    return (image.channels == 1 || image.stride_c == bytes) &&
           image.stride_x == static_cast<int64_t>(image.channels) * bytes;
}

inline bool is_planar(const sepflow_image &image) {
    return image.stride_x == type_bytes(image.type);
}

// The passes see rows of samples: all channels of an interleaved image at once, whose neighbours are `step`
// samples apart, or one channel (plane) after the other.
struct Walk {
    int32_t step = 1;            // samples from a pixel to its right neighbour
    int32_t planes = 1;          // runs over the tile
    bool input_direct = false;   // the input's rows are rows of samples of the pass's type
    bool output_direct = false;  // so are the output's
};

// Whether a pass over so many rows can take the image's for rows of samples.
bool is_direct(const sepflow_image &image, bool interleaved, int64_t rows);

Walk choose_walk(const Plan &plan, const sepflow_image &in, const sepflow_image &out);

}  // namespace sepflow
