// Metadata that a filtered image keeps, and that a file format holds.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <vips/vips.h>

namespace sepflow::command {

// Updates the metadata of `filtered`, copied from `original`. Removes pictures of the unfiltered
// image, and descriptions of pages, sizes or pixel types that no longer hold. Returns what it
// removed, in words.
std::vector<std::string> refresh_metadata(VipsImage *filtered, const VipsImage *original);

// Updates a TIFF file's description of pages, sizes and types (OME-XML, ImageJ, tifffile) for one
// page of another type or size. Returns what it removed, in words.
std::vector<std::string> refresh_description(VipsImage *image, bool is_one_of_several);

// Fields for facts on a file. libvips copies them from image to image.
inline constexpr char kUnreadField[] = "sepflow-unread";          // nouns, comma between
inline constexpr char kRemarksField[] = "sepflow-remarks";        // sentences, semicolon between
inline constexpr char kResolutionField[] = "sepflow-resolution";  // int, a ResolutionUnit
inline constexpr char kColourChunksField[] = "sepflow-colour-chunks";  // blob, chunks of PNG
inline constexpr char kExtraSamplesField[] =
    "sepflow-extra-samples";                               // array of int, as TIFF numbers them
inline constexpr char kNoDataField[] = "sepflow-no-data";  // GDAL's value for missing samples
inline constexpr char kWhiteField[] = "sepflow-white";     // double, the file's white

enum ResolutionUnit { kUnknown, kRatio, kInch, kCentimetre };

struct Resolution {
    ResolutionUnit unit = kUnknown;
    double x = 0, y = 0;  // pixels per unit

    double per_metre(double value) const {
        return unit == kInch ? value / 0.0254 : unit == kCentimetre ? value * 100 : 0;
    }
};

// Kinds of metadata that a file format holds.
enum Kept : unsigned {
    kProfile = 1,
    kExif = 2,
    kXmp = 4,
    kIptc = 8,
    kTexts = 16,        // any number
    kComment = 32,      // the text named Comment
    kDescription = 64,  // the text named Description
    kOrientation = 128,
    kResolution = 256,
    kGamma = 512,
};

struct Metadata {
    std::string profile, exif, xmp, iptc, colour_chunks;
    std::vector<std::pair<std::string, std::string>> texts;  // names and values
    Resolution resolution;
    int orientation = 1;
    bool exif_has_resolution = false;

    explicit Metadata(VipsImage *image);
    const std::string *text(const std::string &name) const;
    // Returns the kinds that a format does not hold, in words.
    std::vector<std::string> left_out(unsigned kept) const;
    // Returns the kinds that `part`, made of these, lacks, in words.
    std::vector<std::string> not_in(const Metadata &part) const;
};

// Copies an image without its metadata. Returns 0, or -1 and a message in libvips's error buffer.
int without_metadata(VipsImage *image, VipsImage **bare);

}  // namespace sepflow::command
