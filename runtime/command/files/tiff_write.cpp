#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>

#include "runtime/base/error.h"
#include "runtime/command/files/channels.h"
#include "runtime/command/files/embedded_pictures.h"
#include "runtime/command/files/image_formats.h"
#include "runtime/command/files/rows.h"
#include "runtime/command/files/tiff_options.h"

namespace sepflow::command {

namespace {

class TiffFile {
  public:
    // Plain TIFF ends at 4 GiB, metadata included.
    TiffFile(const OutputFile &file, uint64_t pixel_bytes) : path_(file.path()) {
        const char *mode = pixel_bytes > 4000000000u ? "w8" : "w";
        run([&] {
            tiff_.reset(
                TIFFFdOpenExt(file.descriptor(), path_.c_str(), mode, tiff_options(reason_).get()));
            return tiff_ != nullptr;
        });
    }

    template <typename... Values>
    void set(uint32_t tag, Values... values) {
        run([&] { return TIFFSetField(tiff_.get(), tag, values...) != 0; });
    }
    void set_bytes(uint32_t tag, const std::string &bytes) {
        if (!bytes.empty()) set(tag, static_cast<uint32_t>(bytes.size()), bytes.data());
    }
    void write_row(const VipsPel *row, int y) {
        run([&] {
            return TIFFWriteScanline(tiff_.get(), const_cast<VipsPel *>(row),
                                     static_cast<uint32_t>(y), 0) > 0;
        });
    }
    void finish() {
        run([&] { return TIFFWriteDirectory(tiff_.get()) != 0; });
    }

  private:
    // Leaves the descriptor open, which is the OutputFile's.
    struct FreeTiff {
        void operator()(TIFF *tiff) const { TIFFCleanup(tiff); }
    };

    // Throws Error unless `step` succeeds.
    template <typename Step>
    void run(Step step) {
        errno = 0;
        if (step()) return;
        throw Error(SEPFLOW_E_IO, "cannot write " + path_ + ": " +
                                      (errno != 0 ? std::strerror(errno) : reason_.data()));
    }

    const std::string path_;
    TiffReason reason_ = {};
    std::unique_ptr<TIFF, FreeTiff> tiff_;
};

int sample_format(VipsBandFormat format) {
    return vips_band_format_isfloat(format) != 0  ? SAMPLEFORMAT_IEEEFP
           : vips_band_format_isuint(format) != 0 ? SAMPLEFORMAT_UINT
                                                  : SAMPLEFORMAT_INT;
}

int colours_of(const VipsImage *image) {
    if (is_grey(image)) return PHOTOMETRIC_MINISBLACK;
    if (image->Type == VIPS_INTERPRETATION_LAB) return PHOTOMETRIC_CIELAB;
    const bool are_inks = image->Type == VIPS_INTERPRETATION_CMYK && image->Bands >= 4;
    return are_inks ? PHOTOMETRIC_SEPARATED : PHOTOMETRIC_RGB;
}

void set_layout(TiffFile &tiff, VipsImage *image) {
    constexpr uint64_t kStripBytes = 1 << 20;
    const uint64_t rows = std::clamp<uint64_t>(kStripBytes / VIPS_IMAGE_SIZEOF_LINE(image), 1,
                                               static_cast<uint64_t>(image->Ysize));
    tiff.set(TIFFTAG_IMAGEWIDTH, image->Xsize);
    tiff.set(TIFFTAG_IMAGELENGTH, image->Ysize);
    tiff.set(TIFFTAG_ROWSPERSTRIP, static_cast<uint32_t>(rows));
    tiff.set(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    tiff.set(TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    tiff.set(TIFFTAG_SAMPLESPERPIXEL, image->Bands);
    tiff.set(TIFFTAG_BITSPERSAMPLE, 8 * static_cast<int>(vips_format_sizeof(image->BandFmt)));
    tiff.set(TIFFTAG_SAMPLEFORMAT, sample_format(image->BandFmt));
    tiff.set(TIFFTAG_PHOTOMETRIC, colours_of(image));
    const std::vector<int> extra = extra_samples_of(image);
    const std::vector<uint16_t> numbers(extra.begin(), extra.end());
    if (!numbers.empty())
        tiff.set(TIFFTAG_EXTRASAMPLES, static_cast<int>(numbers.size()), numbers.data());
}

void set_metadata(TiffFile &tiff, const Metadata &metadata) {
    tiff.set_bytes(TIFFTAG_ICCPROFILE, metadata.profile);
    tiff.set_bytes(TIFFTAG_XMLPACKET, metadata.xmp);
    if (!metadata.iptc.empty())
        tiff.set_bytes(TIFFTAG_PHOTOSHOP, photoshop_resource(metadata.iptc));
    if (const std::string *description = metadata.text("Description"))
        tiff.set(TIFFTAG_IMAGEDESCRIPTION, description->c_str());
    if (metadata.orientation != 1) tiff.set(TIFFTAG_ORIENTATION, metadata.orientation);
    const Resolution &resolution = metadata.resolution;
    if (resolution.unit == kUnknown) return;
    tiff.set(TIFFTAG_RESOLUTIONUNIT, resolution.unit == kInch         ? RESUNIT_INCH
                                     : resolution.unit == kCentimetre ? RESUNIT_CENTIMETER
                                                                      : RESUNIT_NONE);
    tiff.set(TIFFTAG_XRESOLUTION, resolution.x);
    tiff.set(TIFFTAG_YRESOLUTION, resolution.y);
}

}  // namespace

std::vector<std::string> write_tiff(VipsImage *image, const Metadata &metadata,
                                    const OutputFile &file) {
    TiffFile tiff(file, VIPS_IMAGE_SIZEOF_IMAGE(image));
    set_layout(tiff, image);
    set_metadata(tiff, metadata);
    int y = 0;
    for_each_row(image, First::kTop, [&](const VipsPel *row) { tiff.write_row(row, y++); });
    tiff.finish();
    return {};
}

}  // namespace sepflow::command
