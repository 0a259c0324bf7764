// Exif data without the pictures that cameras put into it.
#pragma once

#include <string>
#include <string_view>

namespace sepflow::command {

struct ExifImage {
    int width, height, orientation;
};

struct Exif {
    std::string
        data;  // begins with the byte order, without "Exif\0\0"; empty if there is nothing to say
    bool had_picture = false, had_maker_note = false;
    bool has_resolution = false;
};

// Rewrites `data` without thumbnails, without maker notes, which hold previews, and without bytes
// that no field refers to. Size and orientation become those of `image`. `data` may be empty or
// damaged.
Exif exif_without_pictures(std::string_view data, const ExifImage &image);

}  // namespace sepflow::command
