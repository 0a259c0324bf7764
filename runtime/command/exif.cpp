#include "runtime/command/exif.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "runtime/command/tiff_structure.h"

namespace sepflow::command {

namespace {

enum Tag : uint16_t {
    kWidth = 0x0100,
    kHeight = 0x0101,
    kOrientation = 0x0112,
    kXResolution = 0x011A,
    kCameraDirectory = 0x8769,
    kPlaceDirectory = 0x8825,
    kMakerNote = 0x927C,
    kPixelWidth = 0xA002,
    kPixelHeight = 0xA003,
    kInteroperabilityDirectory = 0xA005,
};
constexpr uint16_t kShort = 3, kLong = 4;

// Strips, tiles, JPEG streams, sub-images, XMP, IPTC, Photoshop's resources, Windows's thumbnail.
constexpr std::array<uint16_t, 12> kPictures = {0x0111, 0x0117, 0x0144, 0x0145, 0x014A, 0x0201,
                                                0x0202, 0x02BC, 0x501B, 0x83BB, 0x8649, 0x935C};

struct Field {
    uint16_t tag, type;
    uint64_t count;
    std::string value;
};
using Fields = std::vector<Field>;

bool holds_picture(const Field &field) {
    return std::find(kPictures.begin(), kPictures.end(), field.tag) != kPictures.end() ||
           field.value.find("\xFF\xD8\xFF") != field.value.npos ||
           field.value.find("\x89PNG") != field.value.npos;
}

bool is_directory(uint16_t tag) {
    return tag == kCameraDirectory || tag == kPlaceDirectory || tag == kInteroperabilityDirectory;
}

class Rewriter {
  public:
    Rewriter(std::string_view data, const ExifImage &image)
        : data_(data), image_(image), from_([this](uint64_t place, uint64_t count) {
              return place < data_.size() ? std::string(data_.substr(place, count)) : "";
          }) {}

    Exif rewritten() {
        Fields main, camera, place, interoperability;
        if (from_.is_sound() && from_.count_bytes() == 2) {  // no BigTIFF
            main = fields(from_.first_directory());
            camera = fields(directory(from_.first_directory(), kCameraDirectory));
            place = fields(directory(from_.first_directory(), kPlaceDirectory));
            interoperability = fields(directory(
                directory(from_.first_directory(), kCameraDirectory), kInteroperabilityDirectory));
            // The second directory is the thumbnail's.
            const uint64_t second = second_directory();
            exif_.had_picture =
                exif_.had_picture || (second != 0 && !from_.entries(second).empty());
        }
        set_orientation(main);
        if (main.empty() && camera.empty() && place.empty()) return exif_;
        write(main, camera, place, interoperability);
        return exif_;
    }

  private:
    uint64_t second_directory() const {
        const uint64_t first = from_.first_directory();
        const uint64_t after = first + 2 + from_.entries(first).size() * 12;
        const std::string next = after < data_.size() ? std::string(data_.substr(after, 4)) : "";
        return next.size() == 4 ? from_.decoded(next) : 0;
    }

    // Returns the place of the directory that `tag` of another points to; 0 if there is none.
    uint64_t directory(uint64_t parent, uint16_t tag) const {
        for (const TiffEntry &entry : from_.entries(parent))
            if (entry.tag == tag) return from_.number(entry).value_or(0);
        return 0;
    }

    Fields fields(uint64_t directory) {
        Fields kept;
        if (directory == 0) return kept;
        for (const TiffEntry &entry : from_.entries(directory)) {
            read_ += entry.bytes;
            if (read_ > data_.size()) break;  // fields share no bytes, unless the file is hostile
            Field field = {entry.tag, entry.type, entry.count, from_.values(entry)};
            if (is_directory(field.tag) || field.value.empty()) continue;
            if (field.tag == kMakerNote) {
                exif_.had_maker_note = true;
            } else if (holds_picture(field)) {
                exif_.had_picture = true;
            } else {
                exif_.has_resolution = exif_.has_resolution || field.tag == kXResolution;
                kept.push_back(with_size(std::move(field)));
            }
        }
        // The format wants ascending tags, each once.
        const auto is_before = [](const Field &a, const Field &b) { return a.tag < b.tag; };
        const auto is_same = [](const Field &a, const Field &b) { return a.tag == b.tag; };
        std::stable_sort(kept.begin(), kept.end(), is_before);
        kept.erase(std::unique(kept.begin(), kept.end(), is_same), kept.end());
        return kept;
    }

    Field number_field(uint16_t tag, uint16_t type, uint64_t number) const {
        return {tag, type, 1, from_.encoded(number, tiff_value_bytes(type))};
    }

    Field with_size(Field field) const {
        if (field.tag == kWidth || field.tag == kPixelWidth)
            return number_field(field.tag, kLong, static_cast<uint64_t>(image_.width));
        if (field.tag == kHeight || field.tag == kPixelHeight)
            return number_field(field.tag, kLong, static_cast<uint64_t>(image_.height));
        return field;
    }

    void set_orientation(Fields &main) const {
        const auto found = std::find_if(
            main.begin(), main.end(), [](const Field &field) { return field.tag == kOrientation; });
        if (found == main.end() && image_.orientation == 1) return;
        if (found != main.end()) main.erase(found);
        insert(main, number_field(kOrientation, kShort, static_cast<uint64_t>(image_.orientation)));
    }

    // Tags of a directory ascend.
    static void insert(Fields &fields, Field field) {
        const auto behind = std::find_if(fields.begin(), fields.end(),
                                         [&](const Field &other) { return other.tag > field.tag; });
        fields.insert(behind, std::move(field));
    }

    static uint64_t length(const Fields &fields) {
        if (fields.empty()) return 0;
        uint64_t length = 2 + 12 * fields.size() + 4;
        for (const Field &field : fields)
            if (field.value.size() > 4) length += (field.value.size() + 1) / 2 * 2;
        return length;
    }

    void write(Fields main, Fields camera, const Fields &place, const Fields &interoperability) {
        constexpr uint64_t kFirst = 8;
        if (!interoperability.empty())
            insert(camera, number_field(kInteroperabilityDirectory, kLong, 0));
        if (!camera.empty()) insert(main, number_field(kCameraDirectory, kLong, 0));
        if (!place.empty()) insert(main, number_field(kPlaceDirectory, kLong, 0));
        const uint64_t camera_at = kFirst + length(main), place_at = camera_at + length(camera),
                       interoperability_at = place_at + length(place);
        for (Field &field : main) {
            if (field.tag == kCameraDirectory) field.value = from_.encoded(camera_at, 4);
            if (field.tag == kPlaceDirectory) field.value = from_.encoded(place_at, 4);
        }
        for (Field &field : camera)
            if (field.tag == kInteroperabilityDirectory)
                field.value = from_.encoded(interoperability_at, 4);
        exif_.data = std::string(from_.is_big_endian() ? "MM" : "II") + from_.encoded(42, 2) +
                     from_.encoded(kFirst, 4);
        for (const Fields *fields :
             {&std::as_const(main), &std::as_const(camera), &place, &interoperability})
            append(*fields);
    }

    void append(const Fields &fields) {
        if (fields.empty()) return;
        std::string table = from_.encoded(fields.size(), 2), values;
        const uint64_t values_at = exif_.data.size() + 2 + 12 * fields.size() + 4;
        for (const Field &field : fields) {
            table += from_.encoded(field.tag, 2) + from_.encoded(field.type, 2) +
                     from_.encoded(field.count, 4);
            if (field.value.size() <= 4) {
                table += field.value + std::string(4 - field.value.size(), '\0');
            } else {
                table += from_.encoded(values_at + values.size(), 4);
                values += field.value + std::string(field.value.size() % 2, '\0');
            }
        }
        exif_.data += table + from_.encoded(0, 4) + values;
    }

    std::string_view data_;
    ExifImage image_;
    TiffStructure from_;
    uint64_t read_ = 0;  // bytes of values
    Exif exif_;
};

}  // namespace

Exif exif_without_pictures(std::string_view data, const ExifImage &image) {
    constexpr std::string_view kPrefix("Exif\0\0", 6);
    if (data.substr(0, kPrefix.size()) == kPrefix) data.remove_prefix(kPrefix.size());
    return Rewriter(data, image).rewritten();
}

}  // namespace sepflow::command
