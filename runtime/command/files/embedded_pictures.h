// Pictures in XMP and other texts, and in IPTC, which would show the unfiltered image.
#pragma once

#include <string>
#include <string_view>

namespace sepflow::command {

// Returns the text with its base64 pictures (thumbnails, depth maps, originals) emptied. Returns
// nothing for UTF-16, which XMP packets may be.
std::string text_without_pictures(std::string_view text);

// Returns the texts of an IPTC record, bare or within Photoshop's resources, without previews.
std::string iptc_text(std::string_view resources);

// Precedes Photoshop's resources in JPEG files.
inline constexpr std::string_view kPhotoshop("Photoshop 3.0\0", 14);

// Returns the record as a Photoshop resource, for TIFF and, behind kPhotoshop, for JPEG files.
std::string photoshop_resource(std::string_view iptc);

}  // namespace sepflow::command
