// Lossless WebP. libvips before 8.16 cannot keep the colours of transparent pixels.
#pragma once

#include <vips/vips.h>

#include "runtime/command/metadata.h"
#include "runtime/command/output_file.h"

namespace sepflow::command {

// Writes one to four channels of 8 bits. The second of two and the fourth of four is alpha.
void write_lossless_webp(VipsImage *image, const Metadata &metadata, const OutputFile &file);

}  // namespace sepflow::command
