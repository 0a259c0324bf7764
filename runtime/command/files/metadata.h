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
inline constexpr char kPngChunkField[] = "sepflow-png-";          // and a chunk's name: blob
inline constexpr char kExtraSamplesField[] =
    "sepflow-extra-samples";                               // array of int, as TIFF numbers them
inline constexpr char kNoDataField[] = "sepflow-no-data";  // GDAL's value for missing samples
inline constexpr char kWhiteField[] = "sepflow-white";     // double, the file's white

enum ResolutionUnit { kUnknown, kRatio, kInch, kCentimetre };

struct Resolution {
    ResolutionUnit unit = kUnknown;
    double x = 0, y = 0;  // pixels per unit

    bool is_known() const { return unit == kInch || unit == kCentimetre; }
    double per_metre(double value) const { return unit == kInch ? value / 0.0254 : value * 100; }
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

// Names and data of chunks of a PNG file.
using PngChunks = std::vector<std::pair<std::string, std::string>>;

struct Metadata {
    std::string profile, exif, xmp, iptc;
    PngChunks colour_chunks;                                 // cICP cHRM gAMA sRGB
    std::vector<std::pair<std::string, std::string>> texts;  // names and values
    Resolution resolution;
    int orientation = 1;
    bool exif_has_resolution = false;

    explicit Metadata(VipsImage *image);
    const std::string *text(const std::string &name) const;
    // Returns the kinds that a format does not hold, in words.
    std::vector<std::string> left_out(unsigned kept) const;
};

}  // namespace sepflow::command
