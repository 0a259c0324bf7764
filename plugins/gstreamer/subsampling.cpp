// Such a plane is filtered as if each sample were repeated over its `step` pixels, the pixels
// filtered, and the results averaged back. That is a convolution of the samples themselves: along
// one axis, with the pixel offset d of a tap from the anchor and the sample offset n,
//     taps'(n) = sum_d taps(d) * max(0, 1 - |d - n * step| / step),
// so each tap is shared out between its two neighbouring samples.
#include "plugins/gstreamer/subsampling.h"

namespace sepflow::gstreamer {

namespace {

// Taps of one axis, before and after.
struct Axis {
    int64_t step, anchor, first, count;  // `first` sample that a tap falls to, from the anchor

    Axis(size_t taps, int64_t given_anchor, int64_t given_step)
        : step(given_step), anchor(given_anchor) {
        const int64_t last = static_cast<int64_t>(taps) - 1 - anchor;
        first = floor_of(-anchor);
        count = floor_of(last + step - 1) - first + 1;
    }
    int64_t floor_of(int64_t offset) const {
        return offset >= 0 ? offset / step : -((-offset + step - 1) / step);
    }

    // Calls share(index of the new tap, part) for what a tap is shared out to.
    template <typename Share>
    void split(size_t tap, const Share &share) const {
        const int64_t offset = static_cast<int64_t>(tap) - anchor, before = floor_of(offset);
        const double part = static_cast<double>(offset - before * step) / static_cast<double>(step);
        share(static_cast<size_t>(before - first), 1 - part);
        if (part > 0) share(static_cast<size_t>(before - first + 1), part);
    }
};

}  // namespace

AnchoredKernel subsampled(const AnchoredKernel &full, int64_t step_x, int64_t step_y) {
    const Axis x(full.kernel.columns, full.anchor_x, step_x);
    const Axis y(full.kernel.rows, full.anchor_y, step_y);
    Kernel kernel;
    kernel.rows = static_cast<size_t>(y.count);
    kernel.columns = static_cast<size_t>(x.count);
    kernel.taps.resize(kernel.rows * kernel.columns);
    for (size_t row = 0; row < full.kernel.rows; ++row) {
        for (size_t column = 0; column < full.kernel.columns; ++column) {
            const double tap = full.kernel.tap(row, column);
            y.split(row, [&](size_t to_row, double part_y) {
                x.split(column, [&](size_t to_column, double part_x) {
                    kernel.taps[to_row * kernel.columns + to_column] += tap * part_x * part_y;
                });
            });
        }
    }
    return {kernel, -x.first, -y.first};
}

}  // namespace sepflow::gstreamer
