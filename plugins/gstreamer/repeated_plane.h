// A plane with one sample for several pixels, filtered by its definition: repeated to the frame's
// pixels, filtered there and averaged back. The kernel of samples (subsampling.h) gives the same
// for less work, except near borders and with weights.
#pragma once

#include <array>

#include "plugins/hosted/hosted_filter.h"

namespace sepflow::gstreamer {

// A sample stands for those of its 1 << sub_x by 1 << sub_y pixels that lie within the frame.
struct PixelGrid {
    unsigned sub_x, sub_y;
    int64_t width, height;  // of the frame

    bool is_whole() const {
        return width % (int64_t{1} << sub_x) == 0 && height % (int64_t{1} << sub_y) == 0;
    }
};

// Returns the samples, of `columns` by `rows`, for which the kernel of samples is exact. `halo` is
// that of the kernel of pixels; `border` is one of the node's words.
sepflow_rect samples_by_kernel(const PixelGrid &grid, int64_t columns, int64_t rows,
                               const sepflow_plan_info &halo, const std::string &border);

// Returns `all` without `inner`, which lies within it. Some parts may be empty.
std::array<sepflow_rect, 4> around(const sepflow_rect &inner, const sepflow_rect &all);

// Returns whether the pixels that `border` puts beyond a whole sample form whole samples, too.
bool repeats_whole_samples(const std::string &border);

struct RepeatedPlane {
    PixelGrid grid = {};
    sepflow_image in = {}, out = {};      // samples, u8 or u16
    const sepflow_image *mask = nullptr;  // weights of the frame's pixels; NULL: none
    double neutral = 0;                   // sample whose pixels have no weight

    // Filters `region`, in samples. The plan is for pixels; its results are floats, NaN where no
    // weight is left. Throws Error.
    void filter(const NodePlan &plan, const sepflow_rect &region, int32_t max_threads) const;
};

}  // namespace sepflow::gstreamer
