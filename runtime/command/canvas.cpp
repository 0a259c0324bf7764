#include "runtime/command/canvas.h"

#include <cstring>

#include "runtime/command/command.h"
#include "runtime/command/image_file.h"

namespace sepflow {

void Canvas::write_text(int64_t x, int64_t y, const std::string &text, int size,
                        unsigned char level) {
    VipsImage *mask = nullptr;
    const std::string font = "sans " + std::to_string(size);
    // 72 dots an inch: a point is a pixel.
    if (vips_text(&mask, text.c_str(), "font", font.c_str(), "dpi", 72, nullptr) != 0) {
        throw Failure(std::string("cannot draw text: ") + vips_error_buffer());
    }
    const VipsImagePointer owner(mask);
    size_t bytes = 0;
    const std::unique_ptr<void, decltype(&g_free)> memory(vips_image_write_to_memory(mask, &bytes),
                                                          g_free);
    const auto *coverage = static_cast<const unsigned char *>(memory.get());
    for (int64_t j = 0; coverage != nullptr && j < mask->Ysize && y + j < height_; ++j) {
        for (int64_t i = 0; i < mask->Xsize && x + i < width_; ++i) {
            const int alpha = coverage[j * mask->Xsize + i];
            unsigned char &pixel = at(x + i, y + j);
            pixel = static_cast<unsigned char>((pixel * (255 - alpha) + level * alpha + 127) / 255);
        }
    }
}

void Canvas::save(const std::string &path) {
    sepflow_image described = {};
    described.struct_size = sizeof described;
    described.type = SEPFLOW_U8;
    described.channels = 1;
    described.bounds = described.domain = {0, 0, width_, height_};
    write_image(
        path, described,
        [&](const sepflow_image &out) {
            for (int64_t y = 0; y < out.bounds.h; ++y) {
                std::memcpy(static_cast<char *>(out.data) + y * out.stride_y,
                            &at(out.bounds.x, out.bounds.y + y), static_cast<size_t>(out.bounds.w));
            }
        },
        nullptr);
}

}  // namespace sepflow
