// A plane with one sample for several pixels, filtered by its definition: repeated to the pixels of the frame, filtered there and
// averaged back. The kernel of samples (subsampling.h) is the same for less, except near borders and under weights.
#pragma once

#include <array>

#include "plugins/hosted_filter.h"

namespace sepflow::gstreamer {

// A sample stands for 1 << sub_x by 1 << sub_y pixels, or for those of them that lie within the frame.
struct PixelGrid {
    unsigned sub_x, sub_y;
    int64_t width, height;  // of the frame

    bool is_whole() const {
        return width % (int64_t{1} << sub_x) == 0 && height % (int64_t{1} << sub_y) == 0;
    }
};

// Returns the samples, of `columns` by `rows`, for which the kernel of samples gives what the definition gives. `halo` is that of
// the kernel of pixels; `border` is a word of the node's.
sepflow_rect samples_by_kernel(const PixelGrid &grid, int64_t columns, int64_t rows,
                               const sepflow_plan_info &halo, const std::string &border);

// Returns what is left of `all` without `inner`, which lies within; some may be empty.
std::array<sepflow_rect, 4> around(const sepflow_rect &inner, const sepflow_rect &all);

// Whether the pixels that `border` puts beyond an edge form whole samples, provided that the last one at the edge is whole.
bool repeats_whole_samples(const std::string &border);

struct RepeatedPlane {
    PixelGrid grid;
    sepflow_image in, out;                // samples, u8 or u16
    const sepflow_image *mask = nullptr;  // weights of the frame's pixels; NULL: none
    double neutral = 0;                   // where no pixel has a weight

    // Filters `region`, in samples, by a plan for pixels whose results are floats, NaN where no weight is left. Throws Error.
    void filter(const NodePlan &plan, const sepflow_rect &region, int32_t max_threads) const;
};

}  // namespace sepflow::gstreamer
