#include "runtime/command/files/metadata.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string_view>

#include "runtime/command/files/embedded_pictures.h"
#include "runtime/command/files/exif.h"

namespace sepflow::command {

namespace {

constexpr char kThumbnail[] = "jpeg-thumbnail-data";
constexpr std::string_view kPngText = "png-comment-";
constexpr std::string_view kExifPrefix("Exif\0\0", 6);

std::string blob(const VipsImage *image, const char *name) {
    const void *data = nullptr;
    size_t length = 0;
    if (vips_image_get_typeof(image, name) != VIPS_TYPE_BLOB ||
        vips_image_get_blob(image, name, &data, &length) != 0)
        return "";
    return {static_cast<const char *>(data), length};
}

void set_blob(VipsImage *image, const char *name, const std::string &bytes) {
    vips_image_remove(image, name);
    if (!bytes.empty()) vips_image_set_blob_copy(image, name, bytes.data(), bytes.size());
}

std::string string_of(const VipsImage *image, const char *name) {
    const char *text = nullptr;
    if (vips_image_get_typeof(image, name) == 0 || vips_image_get_string(image, name, &text) != 0)
        return "";
    return text;
}

bool begins_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

std::vector<std::string> fields_of(VipsImage *image) {
    std::vector<std::string> names;
    const auto add = [](VipsImage *, const char *name, GValue *, void *list) -> void * {
        static_cast<std::vector<std::string> *>(list)->emplace_back(name);
        return nullptr;
    };
    vips_image_map(image, add, &names);
    return names;
}

void remove_fields(VipsImage *image, std::string_view start) {
    for (const std::string &name : fields_of(image))
        if (begins_with(name, start)) vips_image_remove(image, name.c_str());
}

// Renames HEIF items that are XMP, which libvips 8.14 does not recognise.
void name_xmp(VipsImage *image) {
    for (const std::string &name : fields_of(image)) {
        if (!begins_with(name, "heif-mime-")) continue;
        const std::string bytes = blob(image, name.c_str());
        vips_image_remove(image, name.c_str());
        const bool is_xmp = bytes.find("<x:xmpmeta") != bytes.npos;
        if (is_xmp && vips_image_get_typeof(image, VIPS_META_XMP_NAME) == 0)
            set_blob(image, VIPS_META_XMP_NAME, bytes);
    }
}

void refresh_exif(VipsImage *image, std::vector<std::string> &gone) {
    const std::string data = blob(image, VIPS_META_EXIF_NAME);
    const Exif exif = exif_without_pictures(
        data, {image->Xsize, image->Ysize, vips_image_get_orientation(image)});
    if (!data.empty()) {
        set_blob(image, VIPS_META_EXIF_NAME,
                 exif.data.empty() ? "" : std::string(kExifPrefix) + exif.data);
    }
    // libvips writes these fields back into Exif data.
    remove_fields(image, "exif-ifd1-");
    vips_image_remove(image, "exif-ifd2-MakerNote");
    const bool had_field = vips_image_remove(image, kThumbnail) != 0;
    if (exif.had_picture || had_field) gone.emplace_back("thumbnail");
    if (exif.had_maker_note) gone.emplace_back("maker note");
}

void refresh_xmp(VipsImage *image, std::vector<std::string> &gone) {
    name_xmp(image);
    const std::string packet = blob(image, VIPS_META_XMP_NAME);
    const std::string kept = text_without_pictures(packet);
    if (kept == packet) return;
    set_blob(image, VIPS_META_XMP_NAME, kept);
    gone.emplace_back(kept.empty() ? "XMP" : "pictures in XMP");
}

std::string resource_if(const std::string &iptc) {
    return iptc.empty() ? "" : photoshop_resource(iptc);
}

// Empties pictures in base64. Removes ImageMagick's raw profiles, which are Exif data in
// hexadecimal digits.
void refresh_texts(VipsImage *image, std::vector<std::string> &gone) {
    bool had_pictures = false;
    for (const std::string &name : fields_of(image)) {
        const bool is_text = begins_with(name, kPngText) || name == VIPS_META_IMAGEDESCRIPTION;
        if (!is_text) continue;
        const std::string text = string_of(image, name.c_str());
        const bool is_profile = name.find("-Raw profile type ") != name.npos;
        const std::string kept = is_profile ? "" : text_without_pictures(text);
        if (kept == text) continue;
        had_pictures = true;
        vips_image_remove(image, name.c_str());
        if (!kept.empty()) vips_image_set_string(image, name.c_str(), kept.c_str());
    }
    if (had_pictures) gone.emplace_back("pictures in texts");
}

// Keeps IPTC's texts in the form that libvips writes again: JPEG's within Photoshop's resources,
// TIFF's bare or in Photoshop's tag.
void refresh_iptc(VipsImage *image, std::vector<std::string> &gone) {
    const std::string own = blob(image, VIPS_META_IPTC_NAME),
                      resources = blob(image, VIPS_META_PHOTOSHOP_NAME);
    const bool is_of_jpeg = begins_with(own, kPhotoshop);
    const std::string texts = iptc_text(own);
    const std::string kept =
        is_of_jpeg && !texts.empty() ? std::string(kPhotoshop) + photoshop_resource(texts) : texts;
    const std::string kept_resources = resource_if(iptc_text(resources));
    constexpr size_t kPadding = 3;
    const bool had_more = kept.size() + kPadding < own.size() || kept_resources != resources;
    set_blob(image, VIPS_META_IPTC_NAME, kept);
    set_blob(image, VIPS_META_PHOTOSHOP_NAME, kept_resources);
    if (had_more) gone.emplace_back("Photoshop's resources");
}

std::string iptc_of(VipsImage *image) {
    const std::string own = iptc_text(blob(image, VIPS_META_IPTC_NAME));
    return own.empty() ? iptc_text(blob(image, VIPS_META_PHOTOSHOP_NAME)) : own;
}

// Returns ImageJ's lines, except those on the planes of a stack.
std::string without_planes(const std::string &description) {
    std::string kept;
    std::istringstream lines(description);
    for (std::string line; std::getline(lines, line);) {
        const std::string key = line.substr(0, line.find('='));
        bool is_plane = false;
        for (const char *of_stack : {"images", "channels", "slices", "frames", "hyperstack", "loop",
                                     "mode", "spacing", "finterval", "fps"})
            is_plane = is_plane || key == of_stack;
        if (!is_plane) kept += line + '\n';
    }
    return kept;
}

void refresh_pages(VipsImage *filtered, const VipsImage *original, std::vector<std::string> &gone) {
    const int pages = vips_image_get_n_pages(const_cast<VipsImage *>(original)),
              page_height = vips_image_get_page_height(const_cast<VipsImage *>(original));
    const bool are_all_there = page_height < original->Ysize && filtered->Ysize == original->Ysize;
    const bool is_one_of_several = pages > 1 && !are_all_there;
    if (is_one_of_several) {
        for (const char *name :
             {VIPS_META_N_PAGES, VIPS_META_PAGE_HEIGHT, "loop", "delay", "gif-loop", "gif-delay"})
            vips_image_remove(filtered, name);
    }
    // libvips would write them again: pyramids, palettes and fewer bits.
    for (const char *name :
         {VIPS_META_N_SUBIFDS, "palette", "palette-bit-depth", "bits-per-sample", "gif-palette"})
        vips_image_remove(filtered, name);
    const bool is_alike =
        filtered->Xsize == original->Xsize && filtered->Ysize == original->Ysize &&
        filtered->BandFmt == original->BandFmt && filtered->Bands == original->Bands;
    if (is_alike && !is_one_of_several) return;
    for (std::string &word : refresh_description(filtered, is_one_of_several))
        gone.push_back(std::move(word));
}

// Whether the profile's colour space is the image's.
bool fits(const std::string &profile, const VipsImage *image) {
    const std::string space = profile.size() < 20 ? "" : profile.substr(16, 4);
    if (image->Type == VIPS_INTERPRETATION_CMYK) return space == "CMYK";
    const bool is_grey = image->Bands < 3;
    return is_grey ? space == "GRAY" : space == "RGB " || space == "Lab ";
}

// Whether PNG's chunks name other colours than sRGB, which programs assume.
bool is_not_srgb(const PngChunks &chunks) {
    constexpr int kGammaOfSrgb = 45455, kNear = 500;
    bool is_other = false;
    for (const auto &[name, data] : chunks) {
        if (name == "sRGB") return false;
        is_other = is_other || name == "cICP";
        if (name != "gAMA") continue;
        int gamma = 0;
        for (const char byte : data.substr(0, 4))
            gamma = gamma * 256 + static_cast<unsigned char>(byte);
        is_other = is_other || std::abs(gamma - kGammaOfSrgb) > kNear;
    }
    return is_other;
}

}  // namespace

std::vector<std::string> refresh_metadata(VipsImage *filtered, const VipsImage *original) {
    std::vector<std::string> gone;
    refresh_exif(filtered, gone);
    refresh_xmp(filtered, gone);
    refresh_iptc(filtered, gone);
    refresh_texts(filtered, gone);
    refresh_pages(filtered, original, gone);
    return gone;
}

std::vector<std::string> refresh_description(VipsImage *image, bool is_one_of_several) {
    const std::string description = string_of(image, VIPS_META_IMAGEDESCRIPTION);
    const bool is_ome = description.find("<OME ") != description.npos,
               is_shape =
                   begins_with(description, "{\"shape\":") || begins_with(description, "shape=(");
    if (is_ome || is_shape) {
        vips_image_remove(image, VIPS_META_IMAGEDESCRIPTION);
        return {is_ome ? "OME-XML" : "the shape in its description"};
    }
    if (begins_with(description, "ImageJ=") && is_one_of_several) {
        vips_image_set_string(image, VIPS_META_IMAGEDESCRIPTION,
                              without_planes(description).c_str());
    }
    return {};
}

Metadata::Metadata(VipsImage *image)
    : profile(blob(image, VIPS_META_ICC_NAME)),
      xmp(blob(image, VIPS_META_XMP_NAME)),
      iptc(iptc_of(image)),
      orientation(vips_image_get_orientation(image)) {
    const Exif data = exif_without_pictures(blob(image, VIPS_META_EXIF_NAME),
                                            {image->Xsize, image->Ysize, orientation});
    exif = data.data;
    exif_has_resolution = data.has_resolution;
    if (!fits(profile, image)) profile.clear();

    for (const std::string &name : fields_of(image)) {
        if (begins_with(name, kPngChunkField)) {
            colour_chunks.emplace_back(name.substr(std::strlen(kPngChunkField)),
                                       blob(image, name.c_str()));
        }
        if (!begins_with(name, kPngText)) continue;
        const size_t dash = name.find('-', kPngText.size());
        if (dash == name.npos) continue;
        texts.emplace_back(name.substr(dash + 1), string_of(image, name.c_str()));
    }
    const std::string description = string_of(image, VIPS_META_IMAGEDESCRIPTION);
    if (!description.empty()) texts.emplace_back("Description", description);

    int unit = image->Xres == 1 && image->Yres == 1 ? kUnknown : kInch;
    if (vips_image_get_typeof(image, kResolutionField) != 0)
        vips_image_get_int(image, kResolutionField, &unit);
    if (unit == kUnknown && exif_has_resolution) unit = kInch;
    resolution.unit = static_cast<ResolutionUnit>(unit);
    const double per_unit = unit == kInch ? 25.4 : unit == kCentimetre ? 10 : 1;
    resolution.x = image->Xres * per_unit;
    resolution.y = image->Yres * per_unit;
}

const std::string *Metadata::text(const std::string &name) const {
    for (const auto &[key, value] : texts)
        if (key == name) return &value;
    return nullptr;
}

std::vector<std::string> Metadata::left_out(unsigned kept) const {
    std::vector<std::string> words;
    const auto add_if = [&](bool is_there, unsigned kind, const char *word) {
        if (is_there && (kept & kind) == 0) words.emplace_back(word);
    };
    add_if(!profile.empty(), kProfile, "colour profile");
    // Exif data of this size hold nothing but the orientation.
    constexpr size_t kOrientationOnly = 26;
    add_if(exif.size() > kOrientationOnly, kExif, "Exif");
    add_if(!xmp.empty(), kXmp, "XMP");
    add_if(!iptc.empty(), kIptc, "IPTC");
    add_if(orientation != 1, kOrientation, "orientation");
    const bool is_in_exif = exif_has_resolution && (kept & kExif) != 0;
    add_if(resolution.is_known() && !is_in_exif, kResolution, "resolution");
    add_if(profile.empty() && is_not_srgb(colour_chunks), kGamma, "gamma");
    const bool are_all = std::all_of(texts.begin(), texts.end(), [&](const auto &text) {
        return (kept & kTexts) != 0 || (text.first == "Comment" && (kept & kComment) != 0) ||
               (text.first == "Description" && (kept & kDescription) != 0);
    });
    if (!are_all) words.emplace_back("texts");
    return words;
}

}  // namespace sepflow::command
