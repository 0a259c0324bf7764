// sepflow chart: a test picture on which a filter's work can be seen: a zone plate, slanted edges,
// fine text and step wedges.
#include <algorithm>
#include <cmath>
#include <memory>

#include "runtime/command/files/image_file.h"
#include "runtime/command/verbs/canvas.h"
#include "runtime/command/verbs/verbs.h"

namespace sepflow::command {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr Colour kPaper = {255, 255, 255};
constexpr Colour kInk = {0, 0, 0};

struct Box {
    int x, y, width, height;
};

uint8_t grey_level(double part) {
    return static_cast<uint8_t>(std::lround(255 * std::clamp(part, 0.0, 1.0)));
}

// (1 + cos(pi r^2 / d)) / 2: its frequency r/d cycles per pixel reaches Nyquist's 1/2 at r = d/2,
// the middle of an edge.
void draw_zone_plate(Canvas &canvas, const Box &box) {
    const double middle_x = box.x + (box.width - 1) / 2.0;
    const double middle_y = box.y + (box.height - 1) / 2.0;
    const double d = std::min(box.width, box.height);
    for (int y = box.y; y < box.y + box.height; ++y) {
        for (int x = box.x; x < box.x + box.width; ++x) {
            const double r2 = (x - middle_x) * (x - middle_x) + (y - middle_y) * (y - middle_y);
            const uint8_t level = grey_level((1 + std::cos(kPi * r2 / d)) / 2);
            canvas.set(x, y, {level, level, level});
        }
    }
}

// Bars whose edges lean 5 degrees, as resolution charts have them, in the primary colours too.
void draw_slanted_edges(Canvas &canvas, const Box &box) {
    constexpr Colour bars[] = {{0, 0, 0},   {220, 220, 220}, {200, 0, 0}, {255, 255, 255},
                               {0, 160, 0}, {40, 40, 40},    {0, 0, 200}, {240, 220, 0}};
    constexpr int kBars = 8;
    const double slant = std::tan(5 * kPi / 180);
    for (int y = box.y; y < box.y + box.height; ++y) {
        for (int x = box.x; x < box.x + box.width; ++x) {
            const double along = x - box.x + slant * (y - box.y);
            const int bar = static_cast<int>(along * kBars / box.width);
            canvas.set(x, y, bars[bar % kBars]);
        }
    }
}

void draw_text(Canvas &canvas, const Box &box) {
    canvas.fill(box.x, box.y, box.width, box.height, kPaper);
    const std::string sentence = "Fine text shows what a filter keeps: 0123456789 aeg &%";
    double points = std::max(6.0, box.height / 40.0);
    for (double y = box.y + points; y + points * 1.6 < box.y + box.height;
         y += points * 1.7, points *= 1.18) {
        const auto fitting = static_cast<size_t>((box.width - 2 * points) / (points * 0.62));
        canvas.write(box.x + static_cast<int>(points), static_cast<int>(y),
                     sentence.substr(0, std::max<size_t>(1, fitting)), points, kInk);
    }
}

// 16 even steps in grey, red, green and blue.
void draw_wedges(Canvas &canvas, const Box &box) {
    constexpr int kSteps = 16;
    for (int y = box.y; y < box.y + box.height; ++y) {
        const int band = (y - box.y) * 4 / box.height;
        for (int x = box.x; x < box.x + box.width; ++x) {
            const int step = (x - box.x) * kSteps / box.width;
            const uint8_t level = grey_level(step / double{kSteps - 1});
            const auto channel = [&](int which) {
                return band == 0 || band == which ? level : uint8_t{0};
            };
            canvas.set(x, y, {channel(1), channel(2), channel(3)});
        }
    }
}

struct Chart {
    std::string out;
    std::string size = "1280x960";
};

constexpr int kLeastSide = 64, kMostSide = 16384;

// {0, 0} if the text is no size.
std::pair<int, int> parse_size(const std::string &text) {
    int width = 0, height = 0;
    char end = 0;
    if (std::sscanf(text.c_str(), "%6dx%6d%c", &width, &height, &end) != 2) return {0, 0};
    const auto fits = [](int side) { return side >= kLeastSide && side <= kMostSide; };
    return fits(width) && fits(height) ? std::pair(width, height) : std::pair(0, 0);
}

std::string check_size(const std::string &text) {
    return parse_size(text).first > 0
               ? ""
               : "'" + text + "' is not WIDTHxHEIGHT, each from " + std::to_string(kLeastSide) +
                     " to " + std::to_string(kMostSide);
}

void draw_chart(const Chart &o) {
    start_vips("sepflow");
    const auto [width, height] = parse_size(o.size);
    Canvas canvas(width, height, kPaper);
    const int left = width / 2, upper = height / 2;
    draw_zone_plate(canvas, {0, 0, left, upper});
    draw_slanted_edges(canvas, {left, 0, width - left, upper});
    draw_text(canvas, {0, upper, left, height - upper});
    draw_wedges(canvas, {left, upper, width - left, height - upper});
    canvas.save(o.out);
}

}  // namespace

void add_chart(CLI::App &app) {
    CLI::App *verb = app.add_subcommand("chart", "Draw a test chart to filter");
    const auto o = std::make_shared<Chart>();
    verb->add_option("out", o->out, "Image to write, 8-bit colour")->required()->type_name("OUT");
    verb->add_option("--size", o->size, "Width and height in pixels")
        ->type_name("WxH")
        ->capture_default_str()
        ->check(check_size);
    verb->callback([o] { draw_chart(*o); });
}

}  // namespace sepflow::command
