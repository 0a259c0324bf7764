#include "runtime/command/verbs/canvas.h"

#include <algorithm>

#include "runtime/command/files/image_file.h"

namespace sepflow::command {

Canvas::Canvas(int width, int height, Colour paper)
    : width_(width), height_(height), pixels_(static_cast<size_t>(width) * height * 3) {
    fill(0, 0, width, height, paper);
}

void Canvas::set(int x, int y, Colour colour) {
    if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
    uint8_t *pixel = &pixels_[(static_cast<size_t>(y) * width_ + x) * 3];
    pixel[0] = colour.red;
    pixel[1] = colour.green;
    pixel[2] = colour.blue;
}

void Canvas::fill(int x, int y, int width, int height, Colour colour) {
    for (int row = y; row < y + height; ++row) {
        for (int column = x; column < x + width; ++column) set(column, row, colour);
    }
}

void Canvas::write(int x, int y, const std::string &text, double points, Colour ink) {
    gchar *valid = g_utf8_make_valid(text.c_str(), -1);
    gchar *escaped = g_markup_escape_text(valid, -1);  // libvips reads Pango markup
    g_free(valid);
    const std::string font = "sans " + std::to_string(points);
    VipsImage *rendered = nullptr;
    const int failed = vips_text(&rendered, escaped, "font", font.c_str(), "dpi", 72, nullptr);
    g_free(escaped);
    if (failed) throw vips_failure("cannot draw text");
    const ImagePointer mask(rendered);
    const std::unique_ptr<VipsRegion, Unref> region(vips_region_new(rendered));
    const VipsRect all = {0, 0, rendered->Xsize, rendered->Ysize};
    if (vips_region_prepare(region.get(), &all)) throw vips_failure("cannot draw text");
    for (int row = 0; row < std::min(all.height, height_ - y); ++row) {
        for (int column = 0; column < std::min(all.width, width_ - x); ++column) {
            const int cover = *VIPS_REGION_ADDR(region.get(), column, row);
            if (cover == 0 || x + column < 0 || y + row < 0) continue;
            uint8_t *pixel = &pixels_[(static_cast<size_t>(y + row) * width_ + x + column) * 3];
            const uint8_t inks[3] = {ink.red, ink.green, ink.blue};
            for (int c = 0; c < 3; ++c) {
                pixel[c] =
                    static_cast<uint8_t>((pixel[c] * (255 - cover) + inks[c] * cover + 127) / 255);
            }
        }
    }
}

void Canvas::save(const std::string &path) const {
    check_writable(path, SEPFLOW_U8, 3);
    OutputFile file(path);
    VipsImage *memory = vips_image_new_from_memory(pixels_.data(), pixels_.size(), width_, height_,
                                                   3, VIPS_FORMAT_UCHAR);
    if (memory == nullptr) throw vips_failure("cannot write " + path);
    const ImagePointer untyped(memory);
    VipsImage *image = nullptr;
    if (vips_copy(memory, &image, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr)) {
        throw vips_failure("cannot write " + path);
    }
    const ImagePointer owner(image);
    write_image(image, file);
    file.commit();
}

}  // namespace sepflow::command
