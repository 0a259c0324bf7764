#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <vector>

#include "runtime/command/netpbm.h"

namespace sepflow::command {

namespace {

// What stands before the pixels: "Pf", width, height, and a scale whose sign tells the byte order.
struct PfmHeader {
    std::string magic;
    int64_t width = 0, height = 0;
    double scale = 0;

    int channels() const { return magic == "PF" ? 3 : 1; }
    bool is_sound() const {
        const auto fits = [](int64_t side) { return side > 0 && side < VIPS_MAX_COORD; };
        return (magic == "Pf" || magic == "PF") && fits(width) && fits(height) &&
               std::isfinite(scale) && scale != 0;
    }
};

}  // namespace

ImagePointer read_pfm(const std::string &path) {
    const auto fail = [&](const char *why) -> Error {
        return Error(SEPFLOW_E_IO, "cannot read " + path + ": " + why);
    };
    std::ifstream file(path, std::ios::binary);
    file.exceptions(std::ios::badbit);
    PfmHeader header;
    file >> header.magic >> header.width >> header.height >> header.scale;
    file.get();  // the one white space before the pixels
    if (!file || !header.is_sound()) throw fail("its header is not that of a PFM image");
    const size_t row = static_cast<size_t>(header.width) * header.channels();
    const size_t count = row * static_cast<size_t>(header.height);
    std::vector<float> pixels;
    while (pixels.size() < count) {  // as far as the file really goes, whatever its header says
        const size_t read = pixels.size(), block = std::min<size_t>(count - read, 1 << 16);
        pixels.resize(read + block);
        file.read(reinterpret_cast<char *>(&pixels[read]),
                  static_cast<std::streamsize>(block * sizeof(float)));
        if (!file) throw fail("it ends too early");
    }
    if (header.scale > 0) {
        for (float &pixel : pixels) {
            auto *bytes = reinterpret_cast<unsigned char *>(&pixel);
            std::reverse(bytes, bytes + sizeof pixel);
        }
    }
    // The file begins with the bottom row.
    for (size_t top = 0, bottom = pixels.size() - row; top < bottom; top += row, bottom -= row) {
        std::swap_ranges(&pixels[top], &pixels[top] + row, &pixels[bottom]);
    }
    return image_of(pixels.data(), VIPS_FORMAT_FLOAT, header.width, header.height,
                    header.channels(), path);
}

}  // namespace sepflow::command
