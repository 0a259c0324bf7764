// sepflow chart OUT: a test chart that shows what a filter does: a zone plate (every frequency and direction),
// slanted edges, fine text, a step wedge.
#include <algorithm>
#include <cmath>
#include <memory>

#include "runtime/command/canvas.h"
#include "runtime/command/command.h"

namespace sepflow {

namespace {

constexpr double kPi = 3.14159265358979323846;

// cos(pi r^2 / size): the frequency rises to half a cycle a pixel at the edge.
void draw_zone_plate(Canvas &canvas, int64_t left, int64_t top, int64_t size) {
    for (int64_t y = 0; y < size; ++y) {
        for (int64_t x = 0; x < size; ++x) {
            const double dx = static_cast<double>(x - size / 2),
                         dy = static_cast<double>(y - size / 2);
            const double phase = kPi * (dx * dx + dy * dy) / static_cast<double>(size);
            canvas.at(left + x, top + y) =
                static_cast<unsigned char>(std::lround(127.5 + 127.5 * std::cos(phase)));
        }
    }
}

// A square turned by five degrees, as used to measure sharpness.
void draw_slanted_square(Canvas &canvas, int64_t left, int64_t top, int64_t size) {
    const double angle = 5 * kPi / 180, half = 0.32 * static_cast<double>(size);
    for (int64_t y = 0; y < size; ++y) {
        for (int64_t x = 0; x < size; ++x) {
            const double dx = static_cast<double>(x - size / 2),
                         dy = static_cast<double>(y - size / 2);
            const double u = std::fabs(dx * std::cos(angle) + dy * std::sin(angle));
            const double v = std::fabs(dy * std::cos(angle) - dx * std::sin(angle));
            const double inside = std::clamp(half - std::max(u, v) + 0.5, 0.0, 1.0);
            canvas.at(left + x, top + y) =
                static_cast<unsigned char>(std::lround(215 - 190 * inside));
        }
    }
}

void draw_wedge(Canvas &canvas, int64_t top, int64_t height) {
    constexpr int64_t kSteps = 16;
    for (int64_t y = top; y < top + height; ++y) {
        for (int64_t x = 0; x < canvas.width(); ++x) {
            canvas.at(x, y) =
                static_cast<unsigned char>(255 * (x * kSteps / canvas.width()) / (kSteps - 1));
        }
    }
}

void draw_text(Canvas &canvas, int64_t left, int64_t top, int64_t height) {
    const char *kLine = "Sepflow 0123456789 - a row pass, a column pass";
    int64_t y = top;
    for (int size = 9; y + size + 6 < top + height; size += 3) {
        canvas.write_text(left, y, kLine, size, 20);
        y += size + 8;
    }
}

void draw_chart(const std::string &path, int64_t size) {
    const int64_t wedge = size / 8;
    Canvas canvas(3 * size / 2, size + wedge, 235);
    draw_zone_plate(canvas, 0, 0, size);
    draw_slanted_square(canvas, size, 0, size / 2);
    draw_text(canvas, size + 12, size / 2 + 12, size / 2 - 12);
    draw_wedge(canvas, size, wedge);
    canvas.save(path);
}

}  // namespace

void add_chart(CLI::App &app) {
    const auto path = std::make_shared<std::string>();
    const auto size = std::make_shared<int64_t>(512);
    CLI::App *verb = app.add_subcommand(
        "chart", "Draw a test chart: zone plate, slanted edges, fine text, step wedge");
    verb->add_option("OUT", *path, "Image to write")->required();
    verb->add_option("--size", *size, "Side of the zone plate, in pixels")
        ->check(CLI::Range(64, 16384))
        ->capture_default_str();
    verb->callback([path, size] { draw_chart(*path, *size); });
}

}  // namespace sepflow
