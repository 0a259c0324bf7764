#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <vector>

#include "runtime/command/files/netpbm.h"
#include "runtime/kernel/netpbm.h"

namespace sepflow::command {

namespace {

Error failure(const std::string &path, const std::string &why) {
    return Error(SEPFLOW_E_IO, "cannot read " + path + ": " + why);
}

bool is_small_enough(const NetpbmHeader &header) {
    const uint32_t most = VIPS_MAX_COORD;
    return header.width < most && header.height < most;
}

template <typename Sample>
ImagePointer read_samples(NetpbmReader &reader, const std::string &path) {
    const NetpbmHeader &header = reader.header();
    const uint64_t count = uint64_t{header.width} * header.height * header.channels();
    constexpr uint32_t white = std::numeric_limits<Sample>::max();
    std::vector<Sample> read;  // grows as far as the file really goes, whatever its header says
    while (read.size() < count) {
        const uint32_t sample = reader.sample();
        if (sample == NetpbmReader::kNone) {
            const std::string which = "sample " + std::to_string(read.size() + 1);
            throw failure(path, reader.has_ended() ? std::string("it ends too early")
                                                   : which + " is no number up to the maximum");
        }
        read.push_back(static_cast<Sample>((sample * white + header.maximum / 2) / header.maximum));
    }
    const VipsBandFormat format = sizeof(Sample) == 1 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT;
    ImagePointer image =
        image_of(read.data(), format, header.width, header.height, header.channels(), path);
    image->Type = vips_image_guess_interpretation(image.get());
    return image;
}

}  // namespace

NetpbmKind netpbm_kind(const std::string &path) {
    std::filebuf file;
    file.open(path, std::ios::in | std::ios::binary);
    const NetpbmReader reader(file);
    const NetpbmHeader &header = reader.header();
    if (header.holds_floats()) return NetpbmKind::kFloats;
    if (header.kind >= '1' && header.kind <= '4') return NetpbmKind::kIntegers;
    if (header.kind != '5' && header.kind != '6') return NetpbmKind::kOther;
    const bool is_full = header.maximum == UINT8_MAX || header.maximum == UINT16_MAX;
    const bool is_plain =
        is_full && header.is_sound() && is_small_enough(header) && !reader.has_comments();
    return is_plain ? NetpbmKind::kOther : NetpbmKind::kIntegers;
}

ImagePointer read_integers(const std::string &path) {
    std::filebuf file;
    file.open(path, std::ios::in | std::ios::binary);
    NetpbmReader reader(file);
    const NetpbmHeader &header = reader.header();
    if (header.holds_floats() || !header.is_sound() || !is_small_enough(header))
        throw failure(path, "its header is not that of a Netpbm image");
    return header.maximum <= UINT8_MAX ? read_samples<uint8_t>(reader, path)
                                       : read_samples<uint16_t>(reader, path);
}

ImagePointer read_pfm(const std::string &path) {
    std::filebuf file;
    file.open(path, std::ios::in | std::ios::binary);
    NetpbmReader reader(file);
    const NetpbmHeader &header = reader.header();
    if (!header.holds_floats() || !header.is_sound() || !is_small_enough(header))
        throw failure(path, "its header is not that of a PFM image");
    const size_t row = size_t{header.width} * header.channels(), count = row * header.height;
    std::vector<float> pixels;
    while (pixels.size() < count) {  // as far as the file really goes, whatever its header says
        const size_t read = pixels.size(), block = std::min<size_t>(count - read, 1 << 16);
        pixels.resize(read + block);
        if (reader.floats(&pixels[read], block) < block) throw failure(path, "it ends too early");
    }
    // The file begins with the bottom row.
    for (size_t top = 0, bottom = pixels.size() - row; top < bottom; top += row, bottom -= row)
        std::swap_ranges(&pixels[top], &pixels[top] + row, &pixels[bottom]);
    return image_of(pixels.data(), VIPS_FORMAT_FLOAT, header.width, header.height,
                    header.channels(), path);
}

}  // namespace sepflow::command
