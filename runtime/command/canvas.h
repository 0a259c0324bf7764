// A grey picture that this program draws itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sepflow {

class Canvas {
  public:
    Canvas(int64_t width, int64_t height, unsigned char level)
        : width_(width), height_(height), pixels_(static_cast<size_t>(width * height), level) {}

    int64_t width() const { return width_; }
    int64_t height() const { return height_; }
    unsigned char &at(int64_t x, int64_t y) { return pixels_[static_cast<size_t>(y * width_ + x)]; }

    // Text in one line, `size` pixels high, its top left corner at (x, y); cut at the edges.
    void write_text(int64_t x, int64_t y, const std::string &text, int size, unsigned char level);
    void save(const std::string &path);  // throws Failure

  private:
    int64_t width_, height_;
    std::vector<unsigned char> pixels_;
};

}  // namespace sepflow
