#include <algorithm>
#include <exception>
#include <memory>
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

// What libvips writes to. Its own files let a write that fails pass, so that a full disk made half a PNG (8.14).
class Target {
  public:
    explicit Target(const OutputFile &file) : file_(file), target_(vips_target_custom_new()) {
        g_signal_connect(target_.get(), "write", G_CALLBACK(write), this);
        g_signal_connect(target_.get(), "read", G_CALLBACK(read), this);
        g_signal_connect(target_.get(), "seek", G_CALLBACK(seek), this);
    }
    Target(const Target &) = delete;

    VipsTarget *get() const { return VIPS_TARGET(target_.get()); }
    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    static gint64 write(VipsTargetCustom *, const void *bytes, gint64 count, Target *self) {
        return self->noting([&] {
            self->file_.write({static_cast<const char *>(bytes), static_cast<size_t>(count)});
            return count;
        });
    }
    // TIFF goes back to what it has written.
    static gint64 read(VipsTargetCustom *, void *bytes, gint64 count, Target *self) {
        return self->noting([&] { return self->file_.read(bytes, count); });
    }
    static gint64 seek(VipsTargetCustom *, gint64 offset, int whence, Target *self) {
        return self->file_.seek(offset, whence);
    }

    // After a failure nothing succeeds.
    template <typename Body>
    gint64 noting(Body body) {
        try {
            rethrow();
            return body();
        } catch (...) {
            failure_ = std::current_exception();
            return -1;
        }
    }

    const OutputFile &file_;
    const std::unique_ptr<VipsTargetCustom, Unref> target_;
    std::exception_ptr failure_;
};

template <typename Save>
void write_by_vips(VipsImage *image, const OutputFile &file, Save save) {
    const Target target(file);
    const int failed = save(image, target.get());
    target.rethrow();
    if (failed) throw vips_failure("cannot write " + file.path());
}

// PNG knows no inks. libvips itself would make 16 bits of them, and 8 of these by cutting off.
void write_inks_as_png(VipsImage *image, const OutputFile &file) {
    const bool is_wide = image->BandFmt == VIPS_FORMAT_USHORT;
    write_by_vips(image, file, [&](VipsImage *in, VipsTarget *out) {
        VipsImage *rgb = nullptr;
        const auto colours = is_wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
        if (vips_colourspace(in, &rgb, colours, nullptr)) return -1;
        return vips_pngsave_target(ImagePointer(rgb).get(), out, nullptr);
    });
}

void write_png(VipsImage *image, const OutputFile &file) {
    if (image->Type == VIPS_INTERPRETATION_CMYK) return write_inks_as_png(image, file);
    const int bits = image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    write_by_vips(image, file, [&](VipsImage *in, VipsTarget *out) {
        return vips_pngsave_target(in, out, "bitdepth", bits, nullptr);
    });
}

// Quality 95 is past where a filter's result shows blocks, and keeps colour at full resolution.
void write_jpeg(VipsImage *image, const OutputFile &file) {
    write_by_vips(image, file, [](VipsImage *in, VipsTarget *out) {
        return vips_jpegsave_target(in, out, "Q", 95, nullptr);
    });
}

void write_webp(VipsImage *image, const OutputFile &file) {
    write_by_vips(image, file, [](VipsImage *in, VipsTarget *out) {
        return vips_webpsave_target(in, out, "lossless", TRUE, nullptr);
    });
}

// Plain TIFF ends at 4 GiB, metadata included.
void write_tiff(VipsImage *image, const OutputFile &file) {
    const gboolean big = VIPS_IMAGE_SIZEOF_IMAGE(image) > 4000000000u;
    write_by_vips(image, file, [&](VipsImage *in, VipsTarget *out) {
        return vips_tiffsave_target(in, out, "bigtiff", big, nullptr);
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
