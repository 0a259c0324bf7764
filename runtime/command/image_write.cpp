#include <algorithm>
#include <vector>

#include "runtime/command/csv.h"
#include "runtime/command/image_file.h"
#include "runtime/command/netpbm.h"
#include "runtime/command/pixel_type.h"
#include "runtime/command/rows.h"

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

// libvips writes by the file's name.
template <typename Save>
void write_by_vips(VipsImage *image, const OutputFile &file, Save save) {
    if (save(image, file.temporary().c_str())) throw vips_failure("cannot write " + file.path());
}

void write_png(VipsImage *image, const OutputFile &file) {
    const int bits = image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    write_by_vips(image, file, [&](VipsImage *in, const char *name) {
        return vips_pngsave(in, name, "bitdepth", bits, nullptr);
    });
}

// Quality 95 is past where a filter's result shows blocks, and keeps colour at full resolution.
void write_jpeg(VipsImage *image, const OutputFile &file) {
    write_by_vips(image, file, [](VipsImage *in, const char *name) {
        return vips_jpegsave(in, name, "Q", 95, nullptr);
    });
}

void write_webp(VipsImage *image, const OutputFile &file) {
    write_by_vips(image, file, [](VipsImage *in, const char *name) {
        return vips_webpsave(in, name, "lossless", TRUE, nullptr);
    });
}

// Plain TIFF ends at 4 GiB, metadata included.
void write_tiff(VipsImage *image, const OutputFile &file) {
    const gboolean big = VIPS_IMAGE_SIZEOF_IMAGE(image) > 4000000000u;
    write_by_vips(image, file, [&](VipsImage *in, const char *name) {
        return vips_tiffsave(in, name, "bigtiff", big, nullptr);
    });
}

struct Format {
    const char *name;
    std::vector<std::string> suffixes;
    std::vector<sepflow_type> types;
    std::vector<int> channels;  // empty: any number
    void (*write)(VipsImage *image, const OutputFile &file);
    const char *remedy;  // for what it does not hold
};

const std::vector<Format> &formats() {
    static const std::vector<Format> all = {
        {"PNG",
         {".png"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {1, 2, 3, 4},
         write_png,
         "use --type u8, --type u16 or a .tif file"},
        {"JPEG",
         {".jpg", ".jpeg"},
         {SEPFLOW_U8},
         {1, 3},
         write_jpeg,
         "use --type u8, or a .png or .tif file"},
        {"WebP",
         {".webp"},
         {SEPFLOW_U8},
         {1, 3, 4},
         write_webp,
         "use --type u8, or a .png or .tif file"},
        {"TIFF",
         {".tif", ".tiff"},
         {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64},
         {},
         write_tiff,
         "use --type f32"},
        {"PGM",
         {".pgm"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {1},
         write_netpbm,
         "use --type u8, --type u16 or a .tif file"},
        {"PPM",
         {".ppm"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {3},
         write_netpbm,
         "use --type u8, --type u16 or a .tif file"},
        {"PFM", {".pfm"}, {SEPFLOW_F32}, {1, 3}, write_netpbm, "use --type f32 or a .tif file"},
        {"CSV",
         {".csv"},
         {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64},
         {1},
         write_csv,
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
    format_of(file.path()).write(image, file);
}

}  // namespace sepflow::command
