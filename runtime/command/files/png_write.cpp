#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <png.h>

#include "runtime/command/files/error_jump.h"
#include "runtime/command/files/image_formats.h"
#include "runtime/command/files/rows.h"

namespace sepflow::command {

namespace {

struct PngFile {
    const OutputFile &file;
    ErrorJump jump;
    png_structp png;
    png_infop info;

    explicit PngFile(const OutputFile &out)
        : file(out),
          jump("cannot write " + out.path()),
          png(png_create_write_struct(PNG_LIBPNG_VER_STRING, this, fail, ignore_warning)),
          info(png_create_info_struct(png)) {
        png_set_write_fn(png, this, write, [](png_structp) {});
    }
    ~PngFile() { png_destroy_write_struct(&png, &info); }
    PngFile(const PngFile &) = delete;

    [[noreturn]] static void fail(png_structp png, png_const_charp reason) {
        static_cast<PngFile *>(png_get_error_ptr(png))->jump.fail(reason);
    }
    static void ignore_warning(png_structp, png_const_charp) {}
    static void write(png_structp png, png_bytep bytes, size_t count) {
        const auto *self = static_cast<PngFile *>(png_get_io_ptr(png));
        if (!self->file.try_write({reinterpret_cast<const char *>(bytes), count}))
            fail(png, std::strerror(errno));
    }
};

png_bytep bytes_of(const std::string &data) {
    return reinterpret_cast<png_bytep>(const_cast<char *>(data.data()));
}

std::vector<png_unknown_chunk> colour_chunks(const Metadata &metadata) {
    std::vector<png_unknown_chunk> chunks;
    for (const auto &[name, data] : metadata.colour_chunks) {
        png_unknown_chunk chunk = {{}, bytes_of(data), data.size(), PNG_HAVE_IHDR};
        std::copy(name.begin(), name.end(), chunk.name);
        chunks.push_back(chunk);
    }
    return chunks;
}

// Returns whether libpng writes a text of that name.
bool is_keyword(const std::string &name) {
    constexpr size_t kLongest = 79;
    const auto is_shown = [](unsigned char c) { return std::isgraph(c) != 0; };
    return name.size() <= kLongest && std::any_of(name.begin(), name.end(), is_shown);
}

// Whether the profile has the length that its header states. Where it has not, some versions of
// libpng fail, and others leave it out.
bool has_sound_header(const std::string &profile) {
    constexpr size_t kHeader = 132, kVersion = 8;
    return profile.size() >= kHeader && png_get_uint_32(bytes_of(profile)) == profile.size() &&
           (static_cast<unsigned char>(profile[kVersion]) <= 3 || profile.size() % 4 == 0);
}

// Makes iTXt of UTF-8, tEXt of ASCII and of what has no known encoding.
png_text text_chunk(const std::string &name, const std::string &text) {
    const bool is_ascii =
        std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
    const bool is_utf8 = g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr);
    png_text chunk = {};
    chunk.compression =
        is_utf8 && !is_ascii ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE;
    chunk.key = const_cast<char *>(name.c_str());
    chunk.text = const_cast<char *>(text.c_str());
    return chunk;
}

std::vector<png_text> text_chunks(const Metadata &metadata) {
    static const std::string kXmpName = "XML:com.adobe.xmp";
    std::vector<png_text> chunks;
    if (!metadata.xmp.empty()) {
        chunks.push_back(text_chunk(kXmpName, metadata.xmp));
        chunks.back().compression = PNG_ITXT_COMPRESSION_NONE;
    }
    for (const auto &[name, text] : metadata.texts)
        if (is_keyword(name)) chunks.push_back(text_chunk(name, text));
    return chunks;
}

png_uint_32 per_metre(const Resolution &resolution, double value) {
    return static_cast<png_uint_32>(
        std::clamp(std::round(resolution.per_metre(value)), 1.0, double{PNG_UINT_31_MAX}));
}

}  // namespace

std::vector<std::string> write_png(VipsImage *image, const Metadata &metadata,
                                   const OutputFile &file) {
    constexpr int kColours[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                PNG_COLOR_TYPE_RGB_ALPHA};
    constexpr size_t kChunkBytes = 1 << 16;
    const auto colours = colour_chunks(metadata);
    const auto texts = text_chunks(metadata);
    bool has_profile = false;
    PngFile out(file);
    out.jump.run([&, png = out.png, info = out.info] {
        if (info == nullptr) out.jump.fail("out of memory");
        png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
        png_set_benign_errors(png, 1);  // a profile that is invalid is left out
        png_set_compression_buffer_size(png, kChunkBytes);
        png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
        png_set_IHDR(png, info, static_cast<png_uint_32>(image->Xsize),
                     static_cast<png_uint_32>(image->Ysize),
                     image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8, kColours[image->Bands - 1],
                     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        if (has_sound_header(metadata.profile)) {
            png_set_iCCP(png, info, "ICC profile", PNG_COMPRESSION_TYPE_BASE,
                         bytes_of(metadata.profile),
                         static_cast<png_uint_32>(metadata.profile.size()));
            has_profile = png_get_valid(png, info, PNG_INFO_iCCP) != 0;
        }
        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, nullptr, 0);
        png_set_unknown_chunks(png, info, colours.data(), static_cast<int>(colours.size()));
        if (metadata.resolution.is_known()) {
            png_set_pHYs(png, info, per_metre(metadata.resolution, metadata.resolution.x),
                         per_metre(metadata.resolution, metadata.resolution.y),
                         PNG_RESOLUTION_METER);
        }
        if (!metadata.exif.empty()) {
            png_set_eXIf_1(png, info, static_cast<png_uint_32>(metadata.exif.size()),
                           bytes_of(metadata.exif));
        }
        png_set_text(png, info, texts.data(), static_cast<int>(texts.size()));
        png_write_info(png, info);
        if constexpr (G_BYTE_ORDER == G_LITTLE_ENDIAN) png_set_swap(png);
    });
    for_each_row(image, First::kTop,
                 [&](const VipsPel *row) { out.jump.run([&] { png_write_row(out.png, row); }); });
    out.jump.run([&] { png_write_end(out.png, nullptr); });

    std::vector<std::string> left_out;
    if (!metadata.profile.empty() && !has_profile) left_out.emplace_back("colour profile");
    const bool have_all = std::all_of(metadata.texts.begin(), metadata.texts.end(),
                                      [](const auto &text) { return is_keyword(text.first); });
    if (!have_all) left_out.emplace_back("texts");
    return left_out;
}

}  // namespace sepflow::command
