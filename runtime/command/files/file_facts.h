// Facts on an image file that libvips does not report, from headers of JPEG, PNG, TIFF and OpenEXR
// files, read by their libraries.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/command/files/metadata.h"

namespace sepflow::command {

struct FileFacts {
    std::optional<Resolution> resolution;  // its unit, and of TIFF files without a unit its numbers
    std::vector<std::string> unread;       // what the file holds and libvips leaves out, in words
    std::string no_data;                   // GDAL's value for missing samples
    int frames = 1;                        // of an animated PNG
    std::string comment;                   // of a JPEG file
    PngChunks colour_chunks;               // of a PNG file
    std::vector<int> extra_samples;        // of a TIFF file, as it numbers them
    bool is_tiff = false;
    std::vector<std::string> channels;  // of an OpenEXR file, in its order
    bool has_full_floats = false;       // an OpenEXR file's channels are of 32 bits
};

// Reads what it can. An unreadable or damaged file has no facts.
FileFacts facts_of(const std::string &path);

}  // namespace sepflow::command
