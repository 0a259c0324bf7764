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

// Returns `data` written anew: its fields as they are, without thumbnails, maker notes (which hold previews) and bytes
// that no field refers to; size and orientation are those of `image`. `data` may be empty, or damaged.
Exif exif_without_pictures(std::string_view data, const ExifImage &image);

}  // namespace sepflow::command
