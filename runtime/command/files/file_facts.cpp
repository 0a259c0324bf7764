#include "runtime/command/files/file_facts.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <jpeglib.h>
#include <memory>
#include <openexr.h>
#include <png.h>
#include <string_view>
#include <type_traits>

#include "runtime/command/files/error_jump.h"
#include "runtime/command/files/tiff_options.h"

namespace sepflow::command {

namespace {

bool begins_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

void add(std::vector<std::string> &words, const std::string &word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

struct JpegHeader {
    ErrorJump jump{"cannot read the header"};
    jpeg_error_mgr errors = {};
    jpeg_decompress_struct codec = {};

    JpegHeader() {
        codec.err = jpeg_std_error(&errors);
        errors.output_message = [](j_common_ptr) {};
        errors.error_exit = [](j_common_ptr jpeg) {
            static_cast<ErrorJump *>(jpeg->client_data)->fail("");
        };
        codec.client_data = &jump;
        jump.run([this] { jpeg_create_decompress(&codec); });
    }
    ~JpegHeader() { jpeg_destroy_decompress(&codec); }
    JpegHeader(const JpegHeader &) = delete;
};

void read_jpeg(std::FILE *file, FileFacts &facts) {
    JpegHeader header;
    header.jump.run([file, jpeg = &header.codec] {
        constexpr unsigned kStart = 35, kAll = 65535;  // bytes of each marker
        jpeg_stdio_src(jpeg, file);
        for (int i = 0; i < 16; ++i) jpeg_save_markers(jpeg, JPEG_APP0 + i, kStart);
        jpeg_save_markers(jpeg, JPEG_COM, kAll);
        jpeg_read_header(jpeg, TRUE);
    });
    const jpeg_decompress_struct &jpeg = header.codec;
    const int unit = jpeg.saw_JFIF_marker != 0 ? jpeg.density_unit : 0;
    facts.resolution = Resolution{unit == 1 ? kInch : unit == 2 ? kCentimetre : kUnknown};
    for (const auto *marker = jpeg.marker_list; marker != nullptr; marker = marker->next) {
        const std::string_view data(reinterpret_cast<const char *>(marker->data),
                                    marker->data_length);
        if (marker->marker == JPEG_COM) {
            facts.comment = data;
            continue;
        }
        if (marker->marker == JPEG_APP0 + 11) add(facts.unread, "content credentials");
        if (begins_with(data, "JFXX")) add(facts.unread, "thumbnail");
        if (begins_with(data, "MPF")) add(facts.unread, "further pictures (MPF)");
        if (begins_with(data, "http://ns.adobe.com/xmp/extension/"))
            add(facts.unread, "extended XMP");
    }
}

struct PngHeader {
    ErrorJump jump{"cannot read the header"};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &jump, fail, ignore_warning);
    png_infop info = png_create_info_struct(png);

    PngHeader() = default;
    ~PngHeader() { png_destroy_read_struct(&png, &info, nullptr); }
    PngHeader(const PngHeader &) = delete;

    [[noreturn]] static void fail(png_structp png, png_const_charp reason) {
        static_cast<ErrorJump *>(png_get_error_ptr(png))->fail(reason);
    }
    static void ignore_warning(png_structp, png_const_charp) {}
};

// Keeps some chunks as they are, and skips all others that pixels do not need.
void read_png(std::FILE *file, FileFacts &facts) {
    constexpr char kKept[] = "acTL\0caBX\0cHRM\0cICP\0gAMA\0pHYs\0sRGB";
    PngHeader header;
    png_unknown_chunkp first = nullptr;
    int count = 0;
    header.jump.run([&, png = header.png, info = header.info] {
        if (info == nullptr) header.jump.fail("out of memory");
        png_init_io(png, file);
        png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS,
                                    reinterpret_cast<png_const_bytep>(kKept), sizeof kKept / 5);
        png_read_info(png, info);
        count = png_get_unknown_chunks(png, info, &first);
    });
    facts.resolution = Resolution{};
    for (int i = 0; i < count; ++i) {
        const std::string name(reinterpret_cast<const char *>(first[i].name));
        const png_const_bytep data = first[i].data;
        const size_t size = first[i].size;
        if (name == "acTL") {
            constexpr png_uint_32 kMost = 1000000;
            if (size == 8) facts.frames = static_cast<int>(std::min(png_get_uint_32(data), kMost));
        } else if (name == "caBX") {
            add(facts.unread, "content credentials");
        } else if (name == "pHYs") {
            if (size == 9 && data[8] == PNG_RESOLUTION_METER) facts.resolution->unit = kCentimetre;
        } else {
            facts.colour_chunks.emplace_back(
                name, std::string(reinterpret_cast<const char *>(data), size));
        }
    }
}

constexpr uint32_t kNoData = 42113;  // GDAL's tag

// Returns the name of what a tag holds. Returns "" if it is kept, or says how pixels are stored.
std::string name_of(uint32_t tag) {
    static const std::vector<std::pair<const char *, std::vector<uint32_t>>> kinds = {
        {"", {264, 265, 270, 305, 306, 316, 332, 529, 700, 33723, 34377, 34675}},
        {"texts", {269, 271, 272, 285, 315, 33432}},
        {"transfer function", {301}},
        {"white point", {318}},
        {"primaries", {319}},
        {"sub-images", {330}},
        {"ink names", {333}},
        {"Exif", {34665, 34853}},
        {"layers", {37724}},
        {"GeoTIFF tags", {33550, 33922, 34264, 34735, 34736, 34737}},
        {"GDAL's metadata", {42112}},
        {"NoData value", {kNoData}},
        {"ImageJ's metadata", {50838, 50839}}};
    for (const auto &[name, tags] : kinds)
        if (std::find(tags.begin(), tags.end(), tag) != tags.end()) return name;
    return "tag " + std::to_string(tag);
}

struct CloseTiff {
    void operator()(TIFF *tiff) const { TIFFClose(tiff); }
};

std::vector<std::string> unread_tags(TIFF *tiff) {
    std::vector<std::string> words;
    const auto add_tag = [&](uint32_t tag) {
        if (const std::string name = name_of(tag); !name.empty()) add(words, name);
    };
    for (int i = 0; i < TIFFGetTagListCount(tiff); ++i) add_tag(TIFFGetTagListEntry(tiff, i));
    // These are not in libtiff's list. Of their values, up to three, none is looked at.
    void *values[3];
    for (const uint32_t tag : {TIFFTAG_TRANSFERFUNCTION, TIFFTAG_SUBIFD, TIFFTAG_INKNAMES})
        if (TIFFGetField(tiff, tag, &values[0], &values[1], &values[2]) != 0) add_tag(tag);
    constexpr size_t kMost = 8;
    if (words.size() > kMost) {
        words.resize(kMost);
        words.emplace_back("further tags");
    }
    return words;
}

void read_tiff(const std::string &path, FileFacts &facts) {
    TiffReason reason;
    // Without m, libtiff maps the file, and one that shrinks ends the process.
    const std::unique_ptr<TIFF, CloseTiff> owner(
        TIFFOpenExt(path.c_str(), "rm", tiff_options(reason).get()));
    TIFF *const tiff = owner.get();
    if (tiff == nullptr) return;
    facts.is_tiff = true;
    facts.unread = unread_tags(tiff);

    uint16_t unit = RESUNIT_INCH, extra_count = 0, *extra = nullptr;
    float x = 0, y = 0;
    TIFFGetField(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x);
    TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y);
    facts.resolution = Resolution{!(x > 0 && y > 0)            ? kUnknown
                                  : unit == RESUNIT_NONE       ? kRatio
                                  : unit == RESUNIT_CENTIMETER ? kCentimetre
                                                               : kInch,
                                  x, y};
    if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extra) != 0)
        facts.extra_samples.assign(extra, extra + extra_count);
    uint32_t length = 0;
    const char *text = nullptr;
    if (TIFFGetField(tiff, kNoData, &length, &text) != 0)
        facts.no_data.assign(text, strnlen(text, length));
}

struct CloseFile {
    void operator()(std::FILE *file) const { std::fclose(file); }
};

struct FinishExr {
    void operator()(exr_context_t context) const { exr_finish(&context); }
};

void read_exr(const std::string &path, FileFacts &facts) {
    exr_context_initializer_t options = EXR_DEFAULT_CONTEXT_INITIALIZER;
    options.error_handler_fn = [](exr_const_context_t, exr_result_t, const char *) {};
    exr_context_t context = nullptr;
    if (exr_start_read(&context, path.c_str(), &options) != EXR_ERR_SUCCESS) return;
    const std::unique_ptr<std::remove_pointer_t<exr_context_t>, FinishExr> owner(context);
    const exr_attr_chlist_t *list = nullptr;
    constexpr int kFirstPart = 0;
    if (exr_get_channels(context, kFirstPart, &list) != EXR_ERR_SUCCESS) return;
    for (int i = 0; i < list->num_channels; ++i) {
        facts.channels.emplace_back(list->entries[i].name.str);
        facts.has_full_floats |= list->entries[i].pixel_type == EXR_PIXEL_FLOAT;
    }
}

}  // namespace

FileFacts facts_of(const std::string &path) {
    FileFacts facts;
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
    char magic[8] = {};
    if (file == nullptr) return facts;
    const std::string_view start(magic, std::fread(magic, 1, sizeof magic, file.get()));
    std::rewind(file.get());
    try {
        if (begins_with(start, "\xFF\xD8")) read_jpeg(file.get(), facts);
        if (begins_with(start, "\x89PNG\r\n\x1a\n")) read_png(file.get(), facts);
        if (begins_with(start, "II") || begins_with(start, "MM")) read_tiff(path, facts);
        if (begins_with(start, "\x76\x2f\x31\x01")) read_exr(path, facts);
    } catch (const Error &) {  // of a damaged file, which has no facts
    }
    return facts;
}

}  // namespace sepflow::command
