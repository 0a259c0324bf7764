#include "runtime/command/picture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "runtime/command/canvas.h"

namespace sepflow {

namespace {

constexpr int64_t kPanel = 280, kMargin = 12, kCaption = 34;

double largest(const std::vector<double> &taps) {
    double result = 0;
    for (double tap : taps) result = std::max(result, std::fabs(tap));
    return result;
}

void draw_panel(Canvas &canvas, int64_t left, const std::vector<double> &taps,
                const sepflow_plan_description &plan, const std::string &title) {
    const double scale = largest(taps);
    const int64_t cell = std::max<int64_t>(kPanel / std::max(plan.rows, plan.columns), 1);
    // Large kernels are picked from, small ones drawn as squares.
    const int64_t width = std::min(plan.columns * cell, kPanel),
                  height = std::min(plan.rows * cell, kPanel);
    for (int64_t y = 0; y < height; ++y) {
        for (int64_t x = 0; x < width; ++x) {
            const int64_t row = y * plan.rows / height, column = x * plan.columns / width;
            const double tap = taps[static_cast<size_t>(row * plan.columns + column)];
            const double level = scale == 0 ? 0 : tap / scale;
            canvas.at(left + (kPanel - width) / 2 + x, kMargin + (kPanel - height) / 2 + y) =
                static_cast<unsigned char>(std::lround(127.5 + 127.5 * level));
        }
    }
    char caption[80];
    std::snprintf(caption, sizeof caption, "%s, white %.3g", title.c_str(), scale);
    canvas.write_text(left, kMargin + kPanel + 8, caption, 18, 255);
}

}  // namespace

void write_kernel_picture(const std::string &path, const sepflow_plan_description &plan) {
    const auto count = static_cast<size_t>(plan.rows * plan.columns);
    const std::vector<double> kernel(plan.taps, plan.taps + count);
    std::vector<double> sum(count), error(count);
    for (int32_t t = 0; t < plan.rank; ++t) {
        for (size_t i = 0; i < count; ++i) {
            const auto row = static_cast<int64_t>(i) / plan.columns,
                       column = static_cast<int64_t>(i) % plan.columns;
            sum[i] +=
                plan.column_taps[t * plan.rows + row] * plan.row_taps[t * plan.columns + column];
        }
    }
    for (size_t i = 0; i < count; ++i) error[i] = kernel[i] - sum[i];

    Canvas canvas(4 * kMargin + 3 * kPanel, 2 * kMargin + kPanel + kCaption, 24);
    draw_panel(canvas, kMargin, kernel, plan, "kernel");
    draw_panel(canvas, 2 * kMargin + kPanel, sum, plan, "rank " + std::to_string(plan.rank));
    draw_panel(canvas, 3 * kMargin + 2 * kPanel, error, plan, "error");
    canvas.save(path);
}

}  // namespace sepflow
