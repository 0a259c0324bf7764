#include "runtime/command/files/opened_image.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/channels.h"
#include "runtime/command/files/file_facts.h"
#include "runtime/command/files/metadata.h"

namespace sepflow::command {

namespace {

// Whether 1 in floats is not full brightness.
bool has_no_white(VipsInterpretation space) {
    return space == VIPS_INTERPRETATION_LAB || space == VIPS_INTERPRETATION_LCH ||
           space == VIPS_INTERPRETATION_CMC || space == VIPS_INTERPRETATION_YXY ||
           space == VIPS_INTERPRETATION_HSV;
}

class OpenedImage {
  public:
    OpenedImage(ImagePointer image, const std::string &path)
        : path_(path), facts_(facts_of(path)), image_(std::move(image)) {
        // When libvips reads a TIFF file, it divides colours by such an alpha.
        std::replace(facts_.extra_samples.begin(), facts_.extra_samples.end(),
                     int{kPremultipliedAlpha}, int{kAlpha});
        const char *loader = "";
        vips_image_get_string(image_.get(), VIPS_META_LOADER, &loader);
        loader_ = loader;
    }

    ImagePointer finished() {
        count_pages();
        unpack();
        turn_rows();
        keep_own_channels();
        make_filterable();
        note();
        return std::move(image_);
    }

  private:
    template <typename Step>
    void apply(Step step) {
        VipsImage *made = nullptr;
        if (step(image_.get(), &made) != 0) throw vips_failure("cannot read " + path_);
        image_.reset(made);
    }

    bool is_loaded_by(std::string_view start) const {
        return loader_.compare(0, start.size(), start) == 0;
    }

    void remark(const std::string &sentence) {
        remarks_ += (remarks_.empty() ? "" : "; ") + sentence;
    }

    // Pages of JPEG 2000 and of slides are the same picture in other sizes. libvips does not report
    // frames of animated PNG files.
    void count_pages() {
        if (is_loaded_by("jp2k") || is_loaded_by("openslide"))
            vips_image_remove(image_.get(), VIPS_META_N_PAGES);
        if (facts_.frames > 1) vips_image_set_int(image_.get(), VIPS_META_N_PAGES, facts_.frames);
        const int pages = vips_image_get_n_pages(image_.get());
        if (pages > 1)
            remark(path_ + " has " + std::to_string(pages) + " pages; only the first is read");
    }

    // Makes floats of Radiance's pixels, of Lab in integers and of XYZ, which files here do not
    // hold.
    void unpack() {
        if (image_->Coding == VIPS_CODING_RAD)
            apply([](VipsImage *in, VipsImage **out) { return vips_rad2float(in, out, nullptr); });
        if (image_->Coding == VIPS_CODING_LABQ || image_->Type == VIPS_INTERPRETATION_LABS) {
            remark(path_ + " holds Lab pixels, filtered as f32");
            convert(VIPS_INTERPRETATION_LAB);
        }
        if (image_->Type == VIPS_INTERPRETATION_XYZ) {
            remark(path_ + " holds XYZ pixels, filtered as red, green and blue in f32");
            convert(VIPS_INTERPRETATION_scRGB);
        }
    }

    void convert(VipsInterpretation space) {
        apply([&](VipsImage *in, VipsImage **out) {
            return vips_colourspace(in, out, space, nullptr);
        });
    }

    // Undoes the order of rows in TGA files and the like. A camera's orientation stays.
    void turn_rows() {
        if (!is_loaded_by("magick") || vips_image_get_orientation(image_.get()) == 1) return;
        apply([](VipsImage *in, VipsImage **out) { return vips_autorot(in, out, nullptr); });
    }

    bool has_channel(const char *name) const {
        const auto &all = facts_.channels;
        return std::find(all.begin(), all.end(), name) != all.end();
    }

    static constexpr size_t kLongestName = 40;  // of those that are shown

    // Undoes what libvips makes of every OpenEXR file: four channels, alpha scaled to the colour
    // space.
    void keep_own_channels() {
        if (!is_loaded_by("openexr") || facts_.channels.empty() || image_->Bands != 4) return;
        for (const std::string &name : facts_.channels) {
            const std::string_view read[] = {"R", "G", "B", "A", "Y", "RY", "BY"};
            if (std::find(std::begin(read), std::end(read), name) == std::end(read))
                facts_.unread.push_back("channel " + name.substr(0, kLongestName));
        }
        if (facts_.has_full_floats) remark(path_ + " holds 32-bit floats, read with 16 bits");
        const double opaque = opaque_alpha();
        double scales[] = {1, 1, 1, 1 / opaque}, offsets[] = {0, 0, 0, 0};
        const bool has_alpha = has_channel("A");
        const bool is_grey = has_channel("Y") && !has_channel("RY") && !has_channel("R");
        if (has_alpha && opaque != 1) {
            apply([&](VipsImage *in, VipsImage **out) {
                return vips_linear(in, out, scales, offsets, 4, nullptr);
            });
        }
        if (!has_alpha || is_grey) {
            apply([&](VipsImage *in, VipsImage **out) {
                return vips_extract_band(in, out, 0, "n", is_grey ? 1 : 3, nullptr);
            });
        }
        if (is_grey) image_->Type = VIPS_INTERPRETATION_B_W;
        if (has_alpha && !is_grey) facts_.extra_samples = {kPremultipliedAlpha};
    }

    // Returns opaque alpha for colours from 0 to 1: 255 in libvips 8.14, 1 in newer versions.
    double opaque_alpha() const {
        const float black[3] = {};
        const ImagePointer pixel = image_of(black, VIPS_FORMAT_FLOAT, 1, 1, 3, path_);
        pixel->Type = VIPS_INTERPRETATION_scRGB;
        VipsImage *with_alpha = nullptr;
        if (vips_addalpha(pixel.get(), &with_alpha, nullptr))
            throw vips_failure("cannot read " + path_);
        const ImagePointer owner(with_alpha);
        double alpha = 0;
        if (vips_avg(with_alpha, &alpha, nullptr)) throw vips_failure("cannot read " + path_);
        return alpha * 4;  // the other three are 0
    }

    // Casts integers that Sepflow has no type for to the next type that holds all their values.
    void make_filterable() {
        const VipsBandFormat format = image_->BandFmt;
        if (type_of_band_format(format) != SEPFLOW_TYPE_NONE) return;
        const bool is_byte = format == VIPS_FORMAT_CHAR,
                   is_long = format == VIPS_FORMAT_UINT || format == VIPS_FORMAT_INT;
        if (!is_byte && !is_long) {
            throw Error(SEPFLOW_E_FORMAT,
                        "cannot filter " + path_ + ": its pixels are of libvips type " +
                            vips_enum_nick(VIPS_TYPE_BAND_FORMAT, format) +
                            "; write real and imaginary parts to files of f32 or f64 first");
        }
        const VipsBandFormat wider = is_byte ? VIPS_FORMAT_SHORT : VIPS_FORMAT_DOUBLE;
        apply([&](VipsImage *in, VipsImage **out) { return vips_cast(in, out, wider, nullptr); });
        vips_image_set_double(image_.get(), kWhiteField,
                              format == VIPS_FORMAT_UINT ? 4294967295.0 : 0);
        refresh_description(image_.get(), false);
        remark(path_ + " holds " +
               (is_byte                     ? "s8"
                : format == VIPS_FORMAT_INT ? "s32"
                                            : "u32") +
               " pixels, filtered as " + type_name(type_of_band_format(wider)));
    }

    void note() {
        VipsImage *image = image_.get();
        if (is_loaded_by("svg")) facts_.resolution = Resolution{};  // it has none but libvips's
        if (facts_.resolution) {
            vips_image_set_int(image, kResolutionField, facts_.resolution->unit);
            if (facts_.resolution->unit == kRatio) {
                image->Xres = facts_.resolution->x;
                image->Yres = facts_.resolution->y;
            }
        }
        if (has_no_white(image->Type)) vips_image_set_double(image, kWhiteField, 0);
        if (facts_.is_tiff || !facts_.extra_samples.empty()) {
            vips_image_set_array_int(image, kExtraSamplesField, facts_.extra_samples.data(),
                                     static_cast<int>(facts_.extra_samples.size()));
        }
        for (const auto &[name, data] : facts_.colour_chunks) {
            vips_image_set_blob_copy(image, (kPngChunkField + name).c_str(), data.data(),
                                     data.size());
        }
        if (!facts_.comment.empty())
            vips_image_set_string(image, "png-comment-0-Comment", facts_.comment.c_str());
        if (!facts_.no_data.empty()) {
            vips_image_set_string(image, kNoDataField,
                                  facts_.no_data.substr(0, kLongestName).c_str());
        }
        std::string unread;
        for (const std::string &word : facts_.unread) unread += (unread.empty() ? "" : ", ") + word;
        vips_image_set_string(image, kUnreadField, unread.c_str());
        vips_image_set_string(image, kRemarksField, remarks_.c_str());
    }

    const std::string &path_;
    FileFacts facts_;
    ImagePointer image_;
    std::string loader_, remarks_;
};

}  // namespace

ImagePointer as_filtered(ImagePointer opened, const std::string &path) {
    return OpenedImage(std::move(opened), path).finished();
}

}  // namespace sepflow::command
