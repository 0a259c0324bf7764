// Pictures in XMP and in IPTC, which would show what was filtered away.
#pragma once

#include <string>
#include <string_view>

namespace sepflow::command {

// Returns the packet with its pictures in base64 (thumbnails, depth maps, originals) emptied. Packets in UTF-16 become empty.
std::string xmp_without_pictures(std::string_view packet);

// Returns the IPTC text of Photoshop's resources, or of a bare IPTC record; previews and everything else are left out.
std::string iptc_text(std::string_view resources);

// Precedes Photoshop's resources in JPEG files.
inline constexpr std::string_view kPhotoshop("Photoshop 3.0\0", 14);

// Returns the record as one of Photoshop's resources, as TIFF and, behind kPhotoshop, JPEG files hold it.
std::string photoshop_resource(std::string_view iptc);

}  // namespace sepflow::command
