#include "runtime/command/tiff_structure.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sepflow::command {

namespace {

constexpr uint64_t kMostValueBytes = 16 << 20;
constexpr uint64_t kMostEntries = 4096;

}  // namespace

uint64_t tiff_value_bytes(uint16_t type) {
    // BYTE ASCII SHORT LONG RATIONAL SBYTE UNDEFINED SSHORT SLONG SRATIONAL FLOAT DOUBLE IFD, then
    // BigTIFF's LONG8 SLONG8 IFD8
    constexpr uint8_t bytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    return type < std::size(bytes) ? bytes[type] : 0;
}

TiffStructure::TiffStructure(Read read) : read_(std::move(read)) {
    const std::string order = read_(0, 2);
    if (order != "II" && order != "MM") return;
    is_big_endian_ = order == "MM";
    const uint64_t version = number_at(2, 2).value_or(0);
    if (version != 42 && version != 43) return;
    is_big_ = version == 43;
    const auto first = number_at(is_big_ ? 8 : 4, place_bytes());
    is_sound_ = first.has_value();
    first_ = first.value_or(0);
}

std::vector<TiffEntry> TiffStructure::entries(uint64_t directory) const {
    const uint64_t count = std::min(number_at(directory, count_bytes()).value_or(0), kMostEntries);
    std::vector<TiffEntry> entries;
    for (uint64_t i = 0; i < count; ++i) {
        const uint64_t place = directory + count_bytes() + i * entry_bytes();
        const std::string bytes = read_(place, entry_bytes());
        if (bytes.size() < entry_bytes()) break;
        TiffEntry entry = {};
        entry.tag = static_cast<uint16_t>(decoded(bytes.substr(0, 2)));
        entry.type = static_cast<uint16_t>(decoded(bytes.substr(2, 2)));
        entry.count = decoded(bytes.substr(4, place_bytes()));
        entry.place = place;
        const uint64_t one = tiff_value_bytes(entry.type);
        entry.bytes = one == 0 || entry.count > UINT64_MAX / 16 ? 0 : one * entry.count;
        const uint64_t field = place + 4 + place_bytes();
        entry.values =
            entry.bytes <= place_bytes() ? field : decoded(bytes.substr(4 + place_bytes()));
        entries.push_back(entry);
    }
    return entries;
}

std::string TiffStructure::values(const TiffEntry &entry) const {
    if (entry.bytes > kMostValueBytes) return "";
    std::string bytes = read_(entry.values, entry.bytes);
    if (bytes.size() < entry.bytes) bytes.clear();
    return bytes;
}

std::optional<uint64_t> TiffStructure::number(const TiffEntry &entry) const {
    const bool is_integer = entry.type == 1 || entry.type == 3 || entry.type == 4 ||
                            entry.type == 13 || entry.type == 16 || entry.type == 18;
    if (!is_integer || entry.bytes == 0) return std::nullopt;
    return number_at(entry.values, tiff_value_bytes(entry.type));
}

std::optional<uint64_t> TiffStructure::number_at(uint64_t place, uint64_t bytes) const {
    const std::string read = read_(place, bytes);
    if (read.size() < bytes) return std::nullopt;
    return decoded(read);
}

uint64_t TiffStructure::decoded(const std::string &bytes) const {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
        const size_t at = is_big_endian_ ? i : bytes.size() - 1 - i;
        value = value << 8 | static_cast<unsigned char>(bytes[at]);
    }
    return value;
}

std::string TiffStructure::encoded(uint64_t value, uint64_t bytes) const {
    std::string text;
    for (uint64_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
    if (is_big_endian_) std::reverse(text.begin(), text.end());
    return text;
}

}  // namespace sepflow::command
