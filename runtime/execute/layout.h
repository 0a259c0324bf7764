// How the samples of a call lie in memory, and how the passes walk them.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

#include "runtime/base/image.h"
#include "runtime/plan/arithmetic.h"

namespace sepflow {

inline bool is_interleaved(const sepflow_image &image) {
    const int bytes = type_bytes(image.type);
    return (image.channels == 1 || image.stride_c == bytes) &&
           image.stride_x == static_cast<int64_t>(image.channels) * bytes;
}

inline bool is_planar(const sepflow_image &image) {
    return image.stride_x == type_bytes(image.type);
}

// Most rows of an image that one call of a pass writes. It reads as many, and the kernel's reach
// above and below.
inline constexpr int64_t kMostPassRows = 64;

// The passes see rows of samples: all channels of an interleaved image at once, whose neighbours
// are `step` samples apart, or one channel (plane) after the other.
struct Walk {
    int32_t step = 1;           // samples from a pixel to its right neighbour
    int32_t planes = 1;         // runs over the tile
    bool reads_image = false;   // the input's rows are what a pass reads
    bool writes_image = false;  // the output's rows are what a pass writes
};

// Tells whether a pass can walk `rows` rows of the image.
bool suits_a_pass(const sepflow_image &image, bool interleaved, int64_t rows);
// `reads_pixels`: a pass reads pixels of the input's type.
Walk choose_walk(const Kernel &kernel, const Arithmetic &arithmetic, bool reads_pixels,
                 const sepflow_image &in, const sepflow_image &out);

}  // namespace sepflow
