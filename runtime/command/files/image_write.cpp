#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/channels.h"
#include "runtime/command/files/csv.h"
#include "runtime/command/files/image_file.h"
#include "runtime/command/files/image_formats.h"
#include "runtime/command/files/metadata.h"
#include "runtime/command/files/netpbm.h"
#include "runtime/command/files/rows.h"

namespace sepflow::command {

namespace {

void write_csv(VipsImage *image, const OutputFile &file) {
    VipsImage *doubles = nullptr;
    if (vips_cast_double(image, &doubles, nullptr))
        throw vips_failure("cannot write " + file.path());
    const ImagePointer owner(doubles);
    std::string line;
    for_each_row(doubles, First::kTop, [&](const VipsPel *row) {
        line.clear();
        const auto *values = reinterpret_cast<const double *>(row);
        for (int x = 0; x < doubles->Xsize; ++x) {
            append_number(line, values[x]);
            line += x + 1 < doubles->Xsize ? ',' : '\n';
        }
        file.write(line);
    });
}

template <void (*write)(VipsImage *, const OutputFile &)>
std::vector<std::string> write_pixels(VipsImage *image, const Metadata &, const OutputFile &file) {
    write(image, file);
    return {};
}

struct Format {
    const char *name;
    std::vector<std::string> suffixes;
    std::vector<sepflow_type> types;
    std::vector<int> channels;         // empty: any number
    unsigned kept;                     // of metadata
    std::vector<const char *> others;  // suffixes of formats for the rest, the nearest first
    bool is_for_screens;  // holds red, green and blue; the last of two or four channels is alpha
    std::vector<std::string> (*write)(VipsImage *image, const Metadata &metadata,
                                      const OutputFile &file);

    bool holds_type(sepflow_type type) const {
        return std::find(types.begin(), types.end(), type) != types.end();
    }
    bool holds_channels(int count) const {
        return channels.empty() ||
               std::find(channels.begin(), channels.end(), count) != channels.end();
    }
};

const std::vector<Format> &formats() {
    constexpr unsigned kOfPicture = kProfile | kExif | kXmp | kOrientation;
    static const std::vector<Format> all = {
        {"PNG",
         {".png"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {1, 2, 3, 4},
         kOfPicture | kTexts | kResolution | kGamma,
         {".tif"},
         true,
         write_png},
        {"JPEG",
         {".jpg", ".jpeg"},
         {SEPFLOW_U8},
         {1, 3},
         kOfPicture | kIptc | kComment | kResolution,
         {".png", ".tif"},
         true,
         write_jpeg},
        {"WebP",
         {".webp"},
         {SEPFLOW_U8},
         {1, 2, 3, 4},
         kOfPicture,
         {".png", ".tif"},
         true,
         write_webp},
        {"TIFF",
         {".tif", ".tiff"},
         {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64},
         {},
         kProfile | kXmp | kIptc | kDescription | kOrientation | kResolution,
         {},
         false,
         write_tiff},
        {"PGM",
         {".pgm"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {1},
         0,
         {".ppm", ".png", ".tif"},
         false,
         write_pixels<write_netpbm>},
        {"PPM",
         {".ppm"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {3},
         0,
         {".pgm", ".png", ".tif"},
         false,
         write_pixels<write_netpbm>},
        {"PFM", {".pfm"}, {SEPFLOW_F32}, {1, 3}, 0, {".tif"}, false, write_pixels<write_netpbm>},
        {"CSV",
         {".csv"},
         {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64},
         {1},
         0,
         {".png", ".tif"},
         false,
         write_pixels<write_csv>},
    };
    return all;
}

const Format &format_of(const std::string &path) {
    const std::string suffix = lower_case_suffix(path);
    for (const Format &format : formats()) {
        const auto &suffixes = format.suffixes;
        if (std::find(suffixes.begin(), suffixes.end(), suffix) != suffixes.end()) return format;
    }
    const std::string why =
        suffix == ".exr"
            ? "OpenEXR files can be read but not written here; use a .tif file, with --type f32"
        : suffix.empty()
            ? "its name has no suffix that says the format, such as .png or .tif"
            : "the format " + suffix + " is not one of .png .jpg .webp .tif .pgm .ppm .pfm .csv";
    throw Error(SEPFLOW_E_IO, "cannot write " + path + ": " + why);
}

// Returns above / below as people write it: 255, 1/257.
std::string ratio_text(double above, double below) {
    const double unit = below / above;
    std::string text;
    if (unit > 1 && unit == std::round(unit)) {
        append_number(text, 1);
        text += '/';
        append_number(text, unit);
    } else {
        append_number(text, above / below);
    }
    return text;
}

// Returns the options that fit the picture into the format, white as white.
std::string options_for(const Format &format, const Scaling &scaling) {
    const sepflow_type type =
        format.holds_type(scaling.in_type) ? scaling.in_type : format.types.front();
    const double white = white_of(type);
    std::string text = "--type " + type_name(type);
    if (white * scaling.scale != scaling.white)
        text += " --scale " + ratio_text(white * scaling.scale, scaling.white);
    if (scaling.delta != 0) text += " --delta " + ratio_text(white * scaling.delta, scaling.white);
    return text;
}

// Returns the ways to write the picture: with options, or to the nearest format that holds it as it
// is.
std::string way_out(const Format &format, sepflow_type type, int channels, const Scaling &scaling) {
    std::string text = "; use ";
    if (scaling.white > 0 && format.holds_channels(channels))
        text += options_for(format, scaling) + ", or ";
    for (const char *suffix : format.others) {
        const Format *const other = &format_of(std::string("image") + suffix);
        if (other->holds_type(type) && other->holds_channels(channels))
            return text + "a " + suffix + " file";
    }
    return "";
}

}  // namespace

double white_of(sepflow_type type) {
    return type == SEPFLOW_U8 ? 255 : type == SEPFLOW_U16 ? 65535 : is_float(type) ? 1 : 0;
}

void check_writable(const std::string &path, sepflow_type type, int channels,
                    const Scaling &scaling) {
    const Format &format = format_of(path);
    const bool holds_type = format.holds_type(type);
    if (holds_type && format.holds_channels(channels)) return;
    const std::string what =
        holds_type ? std::to_string(channels) + (channels == 1 ? " channel" : " channels")
                   : type_name(type) + " pixels";
    throw Error(SEPFLOW_E_FORMAT, "cannot write " + path + ": " + format.name + " does not hold " +
                                      what + way_out(format, type, channels, scaling));
}

bool is_writable(const std::string &path, sepflow_type type) {
    return format_of(path).holds_type(type);
}

std::string mistaken_alpha(VipsImage *image, const std::string &path) {
    if (!format_of(path).is_for_screens ||
        extra_samples_of(image) != std::vector<int>{kUnspecified})
        return "";
    return path + " has channel " + std::to_string(image->Bands) +
           ", whose meaning the input does not state, as alpha";
}

std::vector<std::string> write_image(VipsImage *image, const OutputFile &file) {
    const Format &format = format_of(file.path());
    std::vector<std::string> left_out = Metadata(image).left_out(format.kept);
    const ImagePointer shown = format.is_for_screens ? as_shown(image, file.path()) : nullptr;
    VipsImage *const written = shown ? shown.get() : image;
    for (const std::string &word : format.write(written, Metadata(written), file))
        left_out.push_back(word);
    return left_out;
}

}  // namespace sepflow::command
