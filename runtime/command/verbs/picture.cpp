#include "runtime/command/verbs/picture.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/command/verbs/call.h"
#include "runtime/command/verbs/canvas.h"
#include "runtime/command/verbs/describe.h"

namespace sepflow::command {

namespace {

constexpr int kPanel = 360;  // side of the square that a panel is fitted into
constexpr int kMargin = 24;
constexpr int kHeading = 56;  // above the panels
constexpr int kCaption = 64;  // below them
constexpr Colour kPaper = {250, 250, 250};
constexpr Colour kInk = {30, 30, 30};

struct Matrix {
    int64_t rows, columns;
    std::vector<double> values;

    double largest() const {
        double most = 0;
        for (const double value : values) most = std::max(most, std::abs(value));
        return most;
    }
};

Matrix sum_of_factors(const sepflow_plan_description &d) {
    Matrix sum = {d.rows, d.columns, std::vector<double>(d.rows * d.columns)};
    for (int32_t term = 0; term < d.rank; ++term) {
        for (int64_t y = 0; y < d.rows; ++y) {
            for (int64_t x = 0; x < d.columns; ++x) {
                sum.values[y * d.columns + x] +=
                    d.column_taps[term * d.rows + y] * d.row_taps[term * d.columns + x];
            }
        }
    }
    return sum;
}

// Zero is white, negative blue, positive red: signs stay visible in print and for most eyes.
Colour signed_colour(double part) {
    const double strength = std::min(1.0, std::abs(part));
    const auto fade = [&](double full) {
        return static_cast<uint8_t>(std::lround(255 + (full - 255) * strength));
    };
    return part < 0 ? Colour{fade(33), fade(102), fade(172)}
                    : Colour{fade(178), fade(24), fade(43)};
}

void draw_panel(Canvas &canvas, int x, const Matrix &matrix, double full_scale,
                const std::string &title, const std::string &caption) {
    const double longest = static_cast<double>(std::max(matrix.rows, matrix.columns));
    const double zoom = kPanel / longest;
    const int width = std::max(1, static_cast<int>(std::lround(matrix.columns * zoom)));
    const int height = std::max(1, static_cast<int>(std::lround(matrix.rows * zoom)));
    const int left = x + (kPanel - width) / 2, top = kHeading + (kPanel - height) / 2;
    canvas.fill(left - 1, top - 1, width + 2, height + 2, {160, 160, 160});
    for (int py = 0; py < height; ++py) {
        for (int px = 0; px < width; ++px) {
            const int64_t row = py * matrix.rows / height, column = px * matrix.columns / width;
            const double value = matrix.values[row * matrix.columns + column];
            canvas.set(left + px, top + py, signed_colour(full_scale > 0 ? value / full_scale : 0));
        }
    }
    canvas.write(x, kHeading + kPanel + 10, title, 15, kInk);
    canvas.write(x, kHeading + kPanel + 34, caption, 12, kInk);
}

std::string scale_caption(double full_scale) {
    return full_scale > 0 ? "deepest colour: " + short_number(full_scale) + " (blue is negative)"
                          : "zero everywhere";
}

// Bars on a scale of logarithms over twelve decades; those of the terms that were taken are dark.
void draw_spectrum(Canvas &canvas, int x, const sepflow_plan_description &d) {
    constexpr int64_t kMost = 40;
    constexpr double kDecades = 12;
    constexpr Colour kTaken = {33, 102, 172}, kLeftOut = {190, 190, 190};
    const int64_t count = std::min(d.singular_value_count, kMost);
    const int pitch = std::clamp(kPanel / static_cast<int>(count), 4, 40);
    canvas.fill(x, kHeading + kPanel, kPanel, 1, {160, 160, 160});
    for (int64_t i = 0; i < count && d.singular_values[i] > 0; ++i) {
        const double decades = std::log10(d.singular_values[i] / d.singular_values[0]);
        const int height =
            std::max(1, static_cast<int>(std::lround(kPanel * (1 + decades / kDecades))));
        canvas.fill(x + static_cast<int>(i) * pitch, kHeading + kPanel - height, pitch - 2, height,
                    i < d.rank ? kTaken : kLeftOut);
    }
    canvas.write(x, kHeading + kPanel + 10, "singular values", 15, kInk);
    canvas.write(x, kHeading + kPanel + 34,
                 "largest " + short_number(d.singular_values[0]) + "; full height is 12 decades",
                 12, kInk);
}

}  // namespace

void draw_plan(const sepflow_plan *plan, const std::string &kernel_text, const std::string &path) {
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    call([&](sepflow_error *) { return sepflow_plan_describe(plan, &d); });

    const Matrix kernel = {d.rows, d.columns,
                           std::vector<double>(d.taps, d.taps + d.rows * d.columns)};
    const Matrix sum = sum_of_factors(d);
    Matrix error = kernel;
    for (size_t i = 0; i < error.values.size(); ++i) error.values[i] -= sum.values[i];

    Canvas canvas(4 * kPanel + 5 * kMargin, kHeading + kPanel + kCaption, kPaper);
    const std::string heading = kernel_text.substr(0, 100) + ":  " + std::to_string(d.rows) +
                                " x " + std::to_string(d.columns) + ", rank " +
                                std::to_string(d.rank) + ", error bound " +
                                short_number(d.error_bound);
    canvas.write(kMargin, 20, heading, 17, kInk);
    const double full_scale = kernel.largest();
    draw_panel(canvas, kMargin, kernel, full_scale, "kernel K", scale_caption(full_scale));
    draw_panel(canvas, 2 * kMargin + kPanel, sum, full_scale,
               "sum of " + std::to_string(d.rank) + (d.rank == 1 ? " factor" : " factors"),
               "colours as for the kernel");
    draw_panel(canvas, 3 * kMargin + 2 * kPanel, error, error.largest(), "error, K - factors",
               scale_caption(error.largest()));
    draw_spectrum(canvas, 4 * kMargin + 3 * kPanel, d);
    canvas.save(path);
}

}  // namespace sepflow::command
