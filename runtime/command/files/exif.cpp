#include "runtime/command/files/exif.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <libexif/exif-data.h>
#include <memory>
#include <utility>

namespace sepflow::command {

namespace {

struct UnrefExif {
    void operator()(ExifData *data) const { exif_data_unref(data); }
    void operator()(ExifEntry *entry) const { exif_entry_unref(entry); }
};
using ExifPointer = std::unique_ptr<ExifData, UnrefExif>;

constexpr std::string_view kPrefix("Exif\0\0", 6);

// Strips, tiles, sub-images, XMP, Windows's thumbnail, IPTC, Photoshop's resources and layers.
constexpr int kPictures[] = {0x0111, 0x0117, 0x0144, 0x0145, 0x014A,
                             0x02BC, 0x501B, 0x83BB, 0x8649, 0x935C};

bool holds_picture(const ExifEntry &entry) {
    const std::string_view value(reinterpret_cast<const char *>(entry.data), entry.size);
    return std::find(std::begin(kPictures), std::end(kPictures), entry.tag) !=
               std::end(kPictures) ||
           value.find("\xFF\xD8\xFF") != value.npos || value.find("\x89PNG") != value.npos;
}

// Returns what libexif makes of `data`: all tags, and none that are not there.
ExifPointer loaded(std::string_view data) {
    ExifPointer exif(exif_data_new());
    if (exif == nullptr) throw std::bad_alloc();
    exif_data_unset_option(exif.get(), EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
    exif_data_unset_option(exif.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_set_byte_order(exif.get(), EXIF_BYTE_ORDER_INTEL);  // of empty data
    const bool has_prefix = data.substr(0, kPrefix.size()) == kPrefix;
    const std::string bytes = (has_prefix ? "" : std::string(kPrefix)) + std::string(data);
    exif_data_load_data(exif.get(), reinterpret_cast<const unsigned char *>(bytes.data()),
                        static_cast<unsigned>(bytes.size()));
    return exif;
}

void remove_thumbnail(ExifData *exif, Exif &result) {
    result.had_picture = exif->data != nullptr || exif->ifd[EXIF_IFD_1]->count > 0;
    std::free(exif->data);  // libexif allocates by malloc, here and elsewhere
    exif->data = nullptr;
    exif->size = 0;
}

void remove_pictures(ExifData *exif, size_t length, Exif &result) {
    size_t read = 0;  // values share no bytes, unless the file is hostile
    for (ExifContent *directory : exif->ifd) {
        for (unsigned i = directory->count; i-- > 0;) {
            ExifEntry *const entry = directory->entries[i];
            read += entry->size;
            const bool is_maker_note = entry->tag == EXIF_TAG_MAKER_NOTE,
                       is_picture = holds_picture(*entry);
            result.had_maker_note |= is_maker_note;
            result.had_picture |= is_picture && !is_maker_note;
            if (is_maker_note || is_picture || directory == exif->ifd[EXIF_IFD_1] || read > length)
                exif_content_remove_entry(directory, entry);
        }
    }
}

// Sets a number by hand: what libexif initializes depends on the directory, and widths have 16
// bits.
void set_number(ExifData *exif, ExifContent *directory, ExifTag tag, ExifFormat format,
                int number) {
    if (ExifEntry *old = exif_content_get_entry(directory, tag))
        exif_content_remove_entry(directory, old);
    const std::unique_ptr<ExifEntry, UnrefExif> entry(exif_entry_new());
    if (entry == nullptr) throw std::bad_alloc();
    entry->tag = tag;
    entry->format = format;
    entry->components = 1;
    entry->size = exif_format_get_size(format);
    entry->data = static_cast<unsigned char *>(std::malloc(entry->size));
    if (entry->data == nullptr) throw std::bad_alloc();
    const ExifByteOrder order = exif_data_get_byte_order(exif);
    if (format == EXIF_FORMAT_SHORT) {
        exif_set_short(entry->data, order, static_cast<ExifShort>(number));
    } else {
        exif_set_long(entry->data, order, static_cast<ExifLong>(number));
    }
    exif_content_add_entry(directory, entry.get());
}

void set_image(ExifData *exif, const ExifImage &image) {
    const std::pair<ExifTag, int> sizes[] = {{EXIF_TAG_IMAGE_WIDTH, image.width},
                                             {EXIF_TAG_IMAGE_LENGTH, image.height},
                                             {EXIF_TAG_PIXEL_X_DIMENSION, image.width},
                                             {EXIF_TAG_PIXEL_Y_DIMENSION, image.height}};
    for (ExifContent *directory : exif->ifd) {
        for (const auto &[tag, number] : sizes) {
            if (exif_content_get_entry(directory, tag) != nullptr)
                set_number(exif, directory, tag, EXIF_FORMAT_LONG, number);
        }
    }
    ExifContent *const main = exif->ifd[EXIF_IFD_0];
    if (image.orientation != 1 || exif_content_get_entry(main, EXIF_TAG_ORIENTATION) != nullptr)
        set_number(exif, main, EXIF_TAG_ORIENTATION, EXIF_FORMAT_SHORT, image.orientation);
}

std::string saved(ExifData *exif) {
    const bool is_empty = std::all_of(std::begin(exif->ifd), std::end(exif->ifd),
                                      [](const ExifContent *ifd) { return ifd->count == 0; });
    if (is_empty) return "";
    unsigned char *bytes = nullptr;
    unsigned size = 0;
    exif_data_save_data(exif, &bytes, &size);
    if (bytes == nullptr) throw std::bad_alloc();
    const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, std::free);
    return {reinterpret_cast<char *>(bytes) + kPrefix.size(), size - kPrefix.size()};
}

}  // namespace

Exif exif_without_pictures(std::string_view data, const ExifImage &image) {
    Exif result;
    const ExifPointer exif = loaded(data);
    remove_thumbnail(exif.get(), result);
    remove_pictures(exif.get(), data.size(), result);
    set_image(exif.get(), image);
    result.has_resolution =
        exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_X_RESOLUTION) != nullptr;
    result.data = saved(exif.get());
    return result;
}

}  // namespace sepflow::command
