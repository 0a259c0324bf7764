// A colour picture to draw on: pixels, rectangles, text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sepflow::command {

struct Colour {
    uint8_t red, green, blue;
};

class Canvas {
  public:
    Canvas(int width, int height, Colour paper);

    int width() const { return width_; }
    int height() const { return height_; }
    // Outside the canvas: ignored.
    void set(int x, int y, Colour colour);
    void fill(int x, int y, int width, int height, Colour colour);
    // `points` is the height of the letters; text past the right edge is cut.
    void write(int x, int y, const std::string &text, double points, Colour ink);
    // Into an image file that appears whole or not at all.
    void save(const std::string &path) const;

  private:
    int width_, height_;
    std::vector<uint8_t> pixels_;  // RGB
};

}  // namespace sepflow::command
