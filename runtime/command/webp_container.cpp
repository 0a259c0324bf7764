#include <cstdint>

#include "runtime/command/container.h"

namespace sepflow::command {

namespace {

constexpr size_t kRiffHeader = 12;

std::string little_endian(uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
    return text;
}

std::string chunk(const std::string &name, std::string_view data) {
    return name + little_endian(data.size(), 4) + std::string(data) +
           std::string(data.size() % 2, '\0');
}

std::string chunk_if(const std::string &name, const std::string &data) {
    return data.empty() ? "" : chunk(name, data);
}

}  // namespace

std::string webp_file(std::string_view encoded, const Metadata &metadata, int width, int height,
                      bool has_alpha) {
    enum Flag { kXmpFlag = 4, kExifFlag = 8, kAlphaFlag = 16, kProfileFlag = 32 };
    const int flags = (metadata.xmp.empty() ? 0 : kXmpFlag) |
                      (metadata.exif.empty() ? 0 : kExifFlag) |
                      (metadata.profile.empty() ? 0 : kProfileFlag);
    if (flags == 0 || encoded.size() < kRiffHeader) return std::string(encoded);
    const std::string head =
        little_endian(static_cast<uint64_t>(flags | (has_alpha ? kAlphaFlag : 0)), 4) +
        little_endian(static_cast<uint64_t>(width - 1), 3) +
        little_endian(static_cast<uint64_t>(height - 1), 3);
    const std::string chunks = "WEBP" + chunk("VP8X", head) + chunk_if("ICCP", metadata.profile) +
                               std::string(encoded.substr(kRiffHeader)) +
                               chunk_if("EXIF", metadata.exif) + chunk_if("XMP ", metadata.xmp);
    return "RIFF" + little_endian(chunks.size(), 4) + chunks;
}

}  // namespace sepflow::command
