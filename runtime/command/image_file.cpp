#include "runtime/command/image_file.h"

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>
#include <vector>

#include "runtime/command/csv.h"
#include "runtime/command/pixel_type.h"

namespace sepflow::command {

namespace {

ImagePointer read_csv(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) throw Error(SEPFLOW_E_IO, "cannot read " + path + ": " + std::strerror(errno));
    const CsvPixels pixels = parse_csv(text, path);
    if (std::max(pixels.width, pixels.height) > static_cast<size_t>(VIPS_MAX_COORD)) {
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": it has too many rows or columns");
    }
    VipsImage *image = vips_image_new_from_memory_copy(
        pixels.values.data(), pixels.values.size() * sizeof(double), static_cast<int>(pixels.width),
        static_cast<int>(pixels.height), 1, VIPS_FORMAT_DOUBLE);
    if (image == nullptr) throw vips_failure("cannot read " + path);
    return ImagePointer(image);
}

// Radiance and LabQ pixels are packed; everything else passes through.
ImagePointer unpacked(ImagePointer image, const std::string &path) {
    if (image->Coding == VIPS_CODING_NONE) return image;
    VipsImage *decoded = nullptr;
    const int failed = image->Coding == VIPS_CODING_RAD
                           ? vips_rad2float(image.get(), &decoded, nullptr)
                           : vips_LabQ2Lab(image.get(), &decoded, nullptr);
    if (failed) throw vips_failure("cannot read " + path);
    return ImagePointer(decoded);
}

void write_csv(VipsImage *image, const OutputFile &file) {
    const std::unique_ptr<VipsRegion, Unref> region(vips_region_new(image));
    VipsImage *doubles = nullptr;
    if (vips_cast_double(image, &doubles, nullptr))
        throw vips_failure("cannot write " + file.path());
    const ImagePointer owner(doubles);
    const std::unique_ptr<VipsRegion, Unref> rows(vips_region_new(doubles));
    std::string text;
    for (int y = 0; y < doubles->Ysize; ++y) {
        const VipsRect row = {0, y, doubles->Xsize, 1};
        if (vips_region_prepare(rows.get(), &row))
            throw vips_failure("cannot write " + file.path());
        const auto *values = reinterpret_cast<const double *>(VIPS_REGION_ADDR(rows.get(), 0, y));
        for (int x = 0; x < doubles->Xsize; ++x) {
            if (x > 0) text += ',';
            append_number(text, values[x]);
        }
        text += '\n';
    }
    file.write(text);
}

int save_png(VipsImage *image, const char *file) {
    const int bits = image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    return vips_pngsave(image, file, "bitdepth", bits, nullptr);
}

// Quality 95 is past where a filter's result shows blocks, and keeps colour at full resolution.
int save_jpeg(VipsImage *image, const char *file) {
    return vips_jpegsave(image, file, "Q", 95, nullptr);
}

int save_webp(VipsImage *image, const char *file) {
    return vips_webpsave(image, file, "lossless", TRUE, nullptr);
}

// Plain TIFF ends at 4 GiB, metadata included.
int save_tiff(VipsImage *image, const char *file) {
    const gboolean big = VIPS_IMAGE_SIZEOF_IMAGE(image) > 4000000000u;
    return vips_tiffsave(image, file, "bigtiff", big, nullptr);
}

// Unstripped, its header tells the time of day.
int save_pnm(VipsImage *image, const char *file) {
    return vips_ppmsave(image, file, "strip", TRUE, nullptr);
}

struct Format {
    const char *name;
    std::vector<std::string> suffixes;
    std::vector<sepflow_type> types;
    std::vector<int> channels;                        // empty: any number
    int (*save)(VipsImage *image, const char *file);  // null: CSV
    const char *remedy;                               // for what it does not hold
};

const std::vector<Format> &formats() {
    static const std::vector<Format> all = {
        {"PNG",
         {".png"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {1, 2, 3, 4},
         save_png,
         "use --type u8, --type u16 or a .tif file"},
        {"JPEG",
         {".jpg", ".jpeg"},
         {SEPFLOW_U8},
         {1, 3},
         save_jpeg,
         "use --type u8, or a .png or .tif file"},
        {"WebP",
         {".webp"},
         {SEPFLOW_U8},
         {1, 3, 4},
         save_webp,
         "use --type u8, or a .png or .tif file"},
        {"TIFF",
         {".tif", ".tiff"},
         {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64},
         {},
         save_tiff,
         "use --type f32"},
        {"PGM",
         {".pgm"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {1},
         save_pnm,
         "use --type u8, --type u16 or a .tif file"},
        {"PPM",
         {".ppm"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {3},
         save_pnm,
         "use --type u8, --type u16 or a .tif file"},
        {"PFM", {".pfm"}, {SEPFLOW_F32}, {1, 3}, save_pnm, "use --type f32 or a .tif file"},
        {"CSV",
         {".csv"},
         {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64},
         {1},
         nullptr,
         "use --type f32 and a grey image"},
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
            ? "OpenEXR files can be read but not written here, use .tif with --type f32"
        : suffix.empty()
            ? "its name has no suffix that says the format, such as .png or .tif"
            : "the format " + suffix + " is not one of .png .jpg .webp .tif .pgm .ppm .pfm .csv";
    throw Error(SEPFLOW_E_IO, "cannot write " + path + ": " + why);
}

}  // namespace

void start_vips(const char *program) {
    if (VIPS_INIT(program)) throw vips_failure("cannot start libvips");
    // The tiles of a graph run on our own threads, and a strip is asked for once.
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    // Numbers are parsed and written the same in every locale.
    std::setlocale(LC_ALL, "C");
    // A loader's remarks about odd metadata are no errors; errors reach us by vips_failure.
    const auto ignore = [](const gchar *, GLogLevelFlags, const gchar *, gpointer) {};
    g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK), ignore, nullptr);
}

Error vips_failure(const std::string &what) {
    std::string text = vips_error_buffer();
    vips_error_clear();
    while (!text.empty() && text.back() == '\n') text.pop_back();
    // The first line is the cause; the rest say what failed after it.
    const std::string cause = text.substr(0, text.find('\n'));
    return Error(SEPFLOW_E_IO, cause.empty() ? what : what + ": " + cause);
}

ImagePointer read_image(const std::string &path) {
    if (access(path.c_str(), R_OK) != 0) {
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": " + std::strerror(errno));
    }
    if (std::filesystem::is_directory(path)) {
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": it is a directory");
    }
    if (lower_case_suffix(path) == ".csv") return read_csv(path);
    const char *loader = vips_foreign_find_load(path.c_str());
    if (loader == nullptr) {
        vips_error_clear();
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": not an image format known here");
    }
    VipsImage *opened = nullptr;
    if (vips_call(loader, path.c_str(), &opened, "fail_on", VIPS_FAIL_ON_ERROR, nullptr)) {
        throw vips_failure("cannot read " + path);
    }
    ImagePointer image = unpacked(ImagePointer(opened), path);
    if (type_of_band_format(image->BandFmt) == SEPFLOW_TYPE_NONE) {
        throw Error(SEPFLOW_E_FORMAT, "cannot filter " + path +
                                          ": its pixels are of libvips type " +
                                          vips_enum_nick(VIPS_TYPE_BAND_FORMAT, image->BandFmt) +
                                          "; convert it to u8, u16, s16, f32 or f64 first");
    }
    return image;
}

void check_writable(const std::string &path, sepflow_type type, int channels) {
    const Format &format = format_of(path);
    const auto holds = [](const auto &list, auto item) {
        return list.empty() || std::find(list.begin(), list.end(), item) != list.end();
    };
    if (!holds(format.types, type)) {
        throw Error(SEPFLOW_E_FORMAT, "cannot write " + path + ": " + format.name +
                                          " does not hold " + type_name(type) + " pixels; " +
                                          format.remedy);
    }
    if (!holds(format.channels, channels)) {
        throw Error(SEPFLOW_E_FORMAT, "cannot write " + path + ": " + format.name +
                                          " does not hold " + std::to_string(channels) +
                                          " channels; use a .tif file");
    }
}

void write_image(VipsImage *image, const OutputFile &file) {
    const Format &format = format_of(file.path());
    if (format.save == nullptr) {
        write_csv(image, file);
    } else if (format.save(image, file.temporary().c_str())) {
        throw vips_failure("cannot write " + file.path());
    }
}

}  // namespace sepflow::command
