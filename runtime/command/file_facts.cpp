#include "runtime/command/file_facts.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string_view>

#include "runtime/command/tiff_structure.h"

namespace sepflow::command {

namespace {

// Bytes of the file by their place.
class Bytes {
  public:
    explicit Bytes(const std::string &path) : file_(path, std::ios::binary) {}

    std::string at(uint64_t place, uint64_t count) {
        constexpr uint64_t kMost = 16 << 20;
        if (count > kMost || place > INT64_MAX) return "";
        std::string bytes(count, '\0');
        file_.clear();
        file_.seekg(static_cast<std::streamoff>(place));
        file_.read(bytes.data(), static_cast<std::streamsize>(count));
        bytes.resize(static_cast<size_t>(std::max<std::streamsize>(file_.gcount(), 0)));
        return bytes;
    }

  private:
    std::ifstream file_;
};

// Segments or chunks before the pixels. More would be hostile.
constexpr int kMostParts = 10000;

uint32_t big_endian(std::string_view bytes) {
    uint32_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

bool begins_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

void add(std::vector<std::string> &words, const std::string &word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

// Reads segments up to the picture: marker, length, data.
void read_jpeg(Bytes &file, FileFacts &facts) {
    constexpr unsigned char kApplication0 = 0xE0, kComment = 0xFE, kScan = 0xDA;
    facts.resolution = Resolution{};
    uint64_t place = 2;
    for (int part = 0; part < kMostParts; ++part) {
        const std::string header = file.at(place, 4);
        if (header.size() < 4 || header[0] != '\xFF') return;
        const auto marker = static_cast<unsigned char>(header[1]);
        const uint64_t length = big_endian(header.substr(2));
        if (marker == kScan || length < 2) return;
        if (marker == kComment) {
            facts.comment = file.at(place + 4, length - 2);
        } else if (marker >= kApplication0 && marker < kApplication0 + 16) {
            const std::string start = file.at(place + 4, std::min<uint64_t>(length - 2, 35));
            if (begins_with(start, std::string_view("JFIF\0", 5)) && start.size() > 7) {
                const int unit = start[7];
                facts.resolution->unit = unit == 1 ? kInch : unit == 2 ? kCentimetre : kUnknown;
            }
            if (begins_with(start, "JFXX")) add(facts.unread, "thumbnail");
            if (begins_with(start, "MPF")) add(facts.unread, "further pictures (MPF)");
            if (begins_with(start, "http://ns.adobe.com/xmp/extension/"))
                add(facts.unread, "extended XMP");
            if (marker == kApplication0 + 11) add(facts.unread, "content credentials");
        }
        place += 2 + length;
    }
}

// Reads chunks up to the pixels: length, name, data, check.
void read_png(Bytes &file, FileFacts &facts) {
    facts.resolution = Resolution{};
    uint64_t place = 8;
    for (int part = 0; part < kMostParts; ++part) {
        const std::string header = file.at(place, 8);
        if (header.size() < 8) return;
        const uint64_t length = big_endian(header.substr(0, 4));
        const std::string name = header.substr(4);
        if (name == "IDAT" || name == "IEND") return;
        const std::string data = file.at(place + 8, std::min<uint64_t>(length, 64));
        if (name == "pHYs" && data.size() == 9 && data[8] == 1)
            facts.resolution->unit = kCentimetre;
        if (name == "acTL" && data.size() == 8)
            facts.frames = static_cast<int>(std::min(big_endian(data.substr(0, 4)), 1000000u));
        if (name == "caBX") add(facts.unread, "content credentials");
        if (name == "sRGB" || name == "cICP" || name == "cHRM" || name == "gAMA")
            facts.colour_chunks += file.at(place, 12 + length);
        place += 12 + length;
    }
}

struct TagName {
    uint16_t tag;
    const char *name;  // nullptr: it is read, or says how the pixels are stored
};

constexpr TagName kTagNames[] = {{254, nullptr},
                                 {255, nullptr},
                                 {256, nullptr},
                                 {257, nullptr},
                                 {258, nullptr},
                                 {259, nullptr},
                                 {262, nullptr},
                                 {263, nullptr},
                                 {264, nullptr},
                                 {265, nullptr},
                                 {266, nullptr},
                                 {269, "texts"},
                                 {270, nullptr},
                                 {271, "texts"},
                                 {272, "texts"},
                                 {273, nullptr},
                                 {274, nullptr},
                                 {277, nullptr},
                                 {278, nullptr},
                                 {279, nullptr},
                                 {280, nullptr},
                                 {281, nullptr},
                                 {282, nullptr},
                                 {283, nullptr},
                                 {284, nullptr},
                                 {285, "texts"},
                                 {288, nullptr},
                                 {289, nullptr},
                                 {290, nullptr},
                                 {291, nullptr},
                                 {292, nullptr},
                                 {293, nullptr},
                                 {296, nullptr},
                                 {297, nullptr},
                                 {301, "transfer function"},
                                 {305, nullptr},
                                 {306, nullptr},
                                 {315, "texts"},
                                 {316, nullptr},
                                 {317, nullptr},
                                 {318, "white point"},
                                 {319, "primaries"},
                                 {320, nullptr},
                                 {322, nullptr},
                                 {323, nullptr},
                                 {324, nullptr},
                                 {325, nullptr},
                                 {330, "sub-images"},
                                 {332, nullptr},
                                 {333, "ink names"},
                                 {334, nullptr},
                                 {338, nullptr},
                                 {339, nullptr},
                                 {340, nullptr},
                                 {341, nullptr},
                                 {347, nullptr},
                                 {529, nullptr},
                                 {530, nullptr},
                                 {531, nullptr},
                                 {532, nullptr},
                                 {700, nullptr},
                                 {33432, "texts"},
                                 {33550, "GeoTIFF tags"},
                                 {33723, nullptr},
                                 {33922, "GeoTIFF tags"},
                                 {34264, "GeoTIFF tags"},
                                 {34377, nullptr},
                                 {34665, "Exif"},
                                 {34675, nullptr},
                                 {34735, "GeoTIFF tags"},
                                 {34736, "GeoTIFF tags"},
                                 {34737, "GeoTIFF tags"},
                                 {34853, "Exif"},
                                 {37724, "layers"},
                                 {42112, "GDAL's metadata"},
                                 {42113, "NoData value"},
                                 {50838, "ImageJ's metadata"},
                                 {50839, "ImageJ's metadata"}};

void read_tiff_tag(const TiffStructure &tiff, const TiffEntry &entry, FileFacts &facts) {
    enum : uint16_t {
        kXResolution = 282,
        kYResolution,
        kUnit = 296,
        kExtraSamples = 338,
        kNoData = 42113
    };
    const auto known = std::find_if(std::begin(kTagNames), std::end(kTagNames),
                                    [&](const TagName &row) { return row.tag == entry.tag; });
    if (known == std::end(kTagNames)) {
        add(facts.unread, "tag " + std::to_string(entry.tag));
    } else if (known->name != nullptr) {
        add(facts.unread, known->name);
    }
    constexpr uint64_t kMostBytes = 1024;
    const std::string values = entry.bytes <= kMostBytes ? tiff.values(entry) : "";
    if ((entry.tag == kXResolution || entry.tag == kYResolution) && values.size() == 8) {
        const double above = static_cast<double>(tiff.decoded(values.substr(0, 4))),
                     below = static_cast<double>(tiff.decoded(values.substr(4)));
        (entry.tag == kXResolution ? facts.resolution->x : facts.resolution->y) =
            below > 0 ? above / below : 0;
    }
    if (entry.tag == kUnit) {
        const uint64_t unit = tiff.number(entry).value_or(0);
        facts.resolution->unit = unit == 1 ? kRatio : unit == 3 ? kCentimetre : kInch;
    }
    if (entry.tag == kNoData) facts.no_data = values.substr(0, values.find('\0'));
    if (entry.tag == kExtraSamples && entry.type == 3) {
        for (size_t i = 0; i + 2 <= values.size(); i += 2)
            facts.extra_samples.push_back(static_cast<int>(tiff.decoded(values.substr(i, 2))));
    }
}

void read_tiff(Bytes &file, FileFacts &facts) {
    const TiffStructure tiff([&](uint64_t place, uint64_t count) { return file.at(place, count); });
    if (!tiff.is_sound()) return;
    facts.is_tiff = true;
    facts.resolution = Resolution{kInch};  // unless the file says another unit
    for (const TiffEntry &entry : tiff.entries(tiff.first_directory()))
        read_tiff_tag(tiff, entry, facts);
    if (!(facts.resolution->x > 0 && facts.resolution->y > 0)) facts.resolution->unit = kUnknown;
    constexpr size_t kMostWords = 8;
    if (facts.unread.size() > kMostWords) {
        facts.unread.resize(kMostWords);
        facts.unread.emplace_back("further tags");
    }
}

// Reads attributes: name, type, length, value. A channel is a name, a pixel type and 12 bytes more.
void read_exr(Bytes &file, FileFacts &facts) {
    const std::string header = file.at(8, 1 << 16);
    const auto word = [&](size_t &at) {
        const size_t end = std::min(header.find('\0', at), header.size());
        const std::string text = header.substr(at, end - at);
        at = std::min(end + 1, header.size());
        return text;
    };
    const auto little_endian = [&](size_t at) {
        std::string bytes = header.substr(std::min(at, header.size()), 4);
        std::reverse(bytes.begin(), bytes.end());
        return big_endian(bytes);
    };
    for (size_t at = 0; at < header.size() && header[at] != '\0';) {
        const std::string name = word(at), type = word(at);
        const size_t length = little_endian(at), end = at + 4 + length;
        at += 4;
        if (end > header.size()) return;
        while (type == "chlist" && at < end && header[at] != '\0') {
            facts.channels.push_back(word(at));
            facts.has_full_floats = facts.has_full_floats || little_endian(at) == 2;
            at += 16;
        }
        at = end;
    }
}

}  // namespace

FileFacts facts_of(const std::string &path) {
    FileFacts facts;
    Bytes file(path);
    const std::string magic = file.at(0, 8);
    if (begins_with(magic, "\xFF\xD8")) read_jpeg(file, facts);
    if (begins_with(magic, "\x89PNG\r\n\x1a\n")) read_png(file, facts);
    if (begins_with(magic, "II") || begins_with(magic, "MM")) read_tiff(file, facts);
    if (begins_with(magic, "\x76\x2f\x31\x01")) read_exr(file, facts);
    return facts;
}

}  // namespace sepflow::command
