#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>
#include <vector>

#include "runtime/command/container.h"
#include "runtime/command/csv.h"
#include "runtime/command/embedded_pictures.h"
#include "runtime/command/image_file.h"
#include "runtime/command/metadata.h"
#include "runtime/command/netpbm.h"
#include "runtime/command/pixel_type.h"
#include "runtime/command/rows.h"
#include "runtime/command/tiff_file.h"
#include "runtime/command/webp.h"

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
    // Bytes go through `container` on their way to the file, if there is one.
    Target(const OutputFile &file, Container *container)
        : file_(file), container_(container), target_(vips_target_custom_new()) {
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
    static gint64 write(VipsTargetCustom *, const void *data, gint64 count, Target *self) {
        return self->noting([&] {
            const std::string_view bytes(static_cast<const char *>(data),
                                         static_cast<size_t>(count));
            if (self->container_ != nullptr) {
                self->container_->write(bytes);
            } else {
                self->file_.write(bytes);
            }
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
    Container *const container_;
    const std::unique_ptr<VipsTargetCustom, Unref> target_;
    std::exception_ptr failure_;
};

template <typename Save>
void write_by_vips(VipsImage *image, const OutputFile &file, Container *container, Save save) {
    const Target target(file, container);
    const int failed = save(image, target.get());
    target.rethrow();
    if (failed) throw vips_failure("cannot write " + file.path());
    if (container != nullptr) container->end();
}

Container::Sink sink_of(const OutputFile &file) {
    return [&file](std::string_view bytes) { file.write(bytes); };
}

template <typename Step>
ImagePointer made_of(VipsImage *image, const OutputFile &file, Step step) {
    VipsImage *made = nullptr;
    if (step(image, &made) != 0) throw vips_failure("cannot write " + file.path());
    return ImagePointer(made);
}

bool is_grey(const VipsImage *image) {
    return image->Bands < 3 || image->Type == VIPS_INTERPRETATION_B_W ||
           image->Type == VIPS_INTERPRETATION_GREY16 ||
           image->Type == VIPS_INTERPRETATION_MULTIBAND;
}

// Returns the meaning of channels behind the colours: that of the TIFF file that was read, or alpha
// for a single one.
std::vector<int> extra_samples_of(VipsImage *image) {
    const int colours = image->Type == VIPS_INTERPRETATION_CMYK ? 4 : is_grey(image) ? 1 : 3;
    const int extra = std::max(image->Bands - colours, 0);
    int known = 0, *numbers = nullptr;
    if (vips_image_get_typeof(image, kExtraSamplesField) != 0) {
        vips_image_get_array_int(image, kExtraSamplesField, &numbers, &known);
        std::vector<int> samples(numbers, numbers + std::min(known, extra));
        samples.resize(static_cast<size_t>(extra), kUnspecified);
        return samples;
    }
    std::vector<int> samples(static_cast<size_t>(extra), kUnspecified);
    if (extra == 1 && image->Type != VIPS_INTERPRETATION_MULTIBAND) samples[0] = kAlpha;
    return samples;
}

// Converts inks, and colours multiplied by alpha, which PNG and WebP do not hold. Of inks, libvips
// would make 16 bits, and 8 of these by truncation.
ImagePointer as_colours(VipsImage *image, const OutputFile &file) {
    if (const auto extra = extra_samples_of(image);
        extra.size() == 1 && extra[0] == kPremultipliedAlpha) {
        const double opaque = white_of(type_of_band_format(image->BandFmt));
        const VipsBandFormat format = image->BandFmt;
        const ImagePointer straight = made_of(image, file, [&](VipsImage *in, VipsImage **out) {
            return vips_unpremultiply(in, out, "max_alpha", opaque, nullptr);
        });
        const ImagePointer rounded =
            made_of(straight.get(), file,
                    [](VipsImage *in, VipsImage **out) { return vips_rint(in, out, nullptr); });
        return made_of(rounded.get(), file, [&](VipsImage *in, VipsImage **out) {
            return vips_cast(in, out, format, nullptr);
        });
    }
    return made_of(image, file, [](VipsImage *in, VipsImage **out) {
        if (in->Type != VIPS_INTERPRETATION_CMYK) return vips_copy(in, out, nullptr);
        const auto colours = in->BandFmt == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_RGB16
                                                               : VIPS_INTERPRETATION_sRGB;
        return vips_colourspace(in, out, colours, nullptr);
    });
}

ImagePointer bare(VipsImage *image, const OutputFile &file) {
    return made_of(image, file, without_metadata);
}

void write_png(VipsImage *image, const OutputFile &file) {
    const ImagePointer colours = as_colours(image, file);
    const auto container = png_container(Metadata(colours.get()), sink_of(file));
    const int bits = image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    write_by_vips(bare(colours.get(), file).get(), file, container.get(),
                  [&](VipsImage *in, VipsTarget *out) {
                      return vips_pngsave_target(in, out, "bitdepth", bits, nullptr);
                  });
}

// Quality 95 is past where a filter's result shows blocks, and keeps colour at full resolution.
void write_jpeg(VipsImage *image, const OutputFile &file) {
    const auto container = jpeg_container(Metadata(image), sink_of(file));
    write_by_vips(bare(image, file).get(), file, container.get(),
                  [](VipsImage *in, VipsTarget *out) {
                      return vips_jpegsave_target(in, out, "Q", 95, "strip", TRUE, nullptr);
                  });
}

void write_webp(VipsImage *image, const OutputFile &file) {
    const ImagePointer colours = as_colours(image, file);
    write_lossless_webp(colours.get(), Metadata(colours.get()), file);
}

// Sets the metadata that libvips writes. IPTC goes into Photoshop's tag: of IPTC's own, libvips
// 8.14 writes a quarter.
void set_tiff_metadata(VipsImage *image, const Metadata &metadata) {
    const auto set_blob = [&](const char *name, const std::string &bytes) {
        if (!bytes.empty()) vips_image_set_blob_copy(image, name, bytes.data(), bytes.size());
    };
    set_blob(VIPS_META_ICC_NAME, metadata.profile);
    set_blob(VIPS_META_XMP_NAME, metadata.xmp);
    if (!metadata.iptc.empty())
        set_blob(VIPS_META_PHOTOSHOP_NAME, photoshop_resource(metadata.iptc));
    if (const std::string *description = metadata.text("Description"))
        vips_image_set_string(image, VIPS_META_IMAGEDESCRIPTION, description->c_str());
    if (metadata.orientation != 1)
        vips_image_set_int(image, VIPS_META_ORIENTATION, metadata.orientation);
    vips_image_set_string(image, VIPS_META_RESOLUTION_UNIT,
                          metadata.resolution.unit == kCentimetre ? "cm" : "in");
}

// Plain TIFF ends at 4 GiB, metadata included.
void write_tiff(VipsImage *image, const OutputFile &file) {
    const gboolean big = VIPS_IMAGE_SIZEOF_IMAGE(image) > 4000000000u;
    const Metadata metadata(image);
    const ImagePointer copy = bare(image, file);
    set_tiff_metadata(copy.get(), metadata);
    write_by_vips(copy.get(), file, nullptr, [&](VipsImage *in, VipsTarget *out) {
        return vips_tiffsave_target(in, out, "bigtiff", big, nullptr);
    });
    correct_tags(file, extra_samples_of(image), metadata.resolution);
}

struct Format {
    const char *name;
    std::vector<std::string> suffixes;
    std::vector<sepflow_type> types;
    std::vector<int> channels;         // empty: any number
    unsigned kept;                     // of metadata
    std::vector<const char *> others;  // suffixes of formats for the rest, the nearest first
    void (*write)(VipsImage *image, const OutputFile &file);

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
         write_png},
        {"JPEG",
         {".jpg", ".jpeg"},
         {SEPFLOW_U8},
         {1, 3},
         kOfPicture | kIptc | kComment | kResolution,
         {".png", ".tif"},
         write_jpeg},
        {"WebP", {".webp"}, {SEPFLOW_U8}, {1, 2, 3, 4}, kOfPicture, {".png", ".tif"}, write_webp},
        {"TIFF",
         {".tif", ".tiff"},
         {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64},
         {},
         kProfile | kXmp | kIptc | kDescription | kOrientation | kResolution,
         {},
         write_tiff},
        {"PGM",
         {".pgm"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {1},
         0,
         {".ppm", ".png", ".tif"},
         write_netpbm},
        {"PPM",
         {".ppm"},
         {SEPFLOW_U8, SEPFLOW_U16},
         {3},
         0,
         {".pgm", ".png", ".tif"},
         write_netpbm},
        {"PFM", {".pfm"}, {SEPFLOW_F32}, {1, 3}, 0, {".tif"}, write_netpbm},
        {"CSV",
         {".csv"},
         {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64},
         {1},
         0,
         {".png", ".tif"},
         write_csv},
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
    const std::vector<int> extra = extra_samples_of(image);
    const Format &format = format_of(path);
    const bool has_alpha = format.write == write_png || format.write == write_webp;
    if (!has_alpha || extra.size() != 1 || extra[0] != kUnspecified) return "";
    return path + " has channel " + std::to_string(image->Bands) +
           ", whose meaning the input does not state, as alpha";
}

std::vector<std::string> left_out(VipsImage *image, const std::string &path) {
    const Format &format = format_of(path);
    const Metadata metadata(image);
    std::vector<std::string> words = metadata.left_out(format.kept);
    if (format.write == write_jpeg) {
        for (const std::string &word : metadata.not_in(fitted_to_jpeg(metadata)))
            words.push_back(word);
    }
    return words;
}

void write_image(VipsImage *image, const OutputFile &file) {
    format_of(file.path()).write(image, file);
}

}  // namespace sepflow::command
