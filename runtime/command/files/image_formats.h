// Image files by libpng, libjpeg, libwebp and libtiff.
#pragma once

#include <string>
#include <vector>
#include <vips/vips.h>

#include "runtime/command/files/metadata.h"
#include "runtime/command/files/output_file.h"

namespace sepflow::command {

// Each writes all of `image` with `metadata` and no other, row by row, except for WebP. Each
// returns the kinds of metadata that are too long or invalid for the file, in words.
std::vector<std::string> write_jpeg(VipsImage *image, const Metadata &metadata,
                                    const OutputFile &file);
std::vector<std::string> write_png(VipsImage *image, const Metadata &metadata,
                                   const OutputFile &file);
std::vector<std::string> write_tiff(VipsImage *image, const Metadata &metadata,
                                    const OutputFile &file);
std::vector<std::string> write_webp(VipsImage *image, const Metadata &metadata,
                                    const OutputFile &file);

}  // namespace sepflow::command
