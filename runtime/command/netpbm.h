// Netpbm's PGM and PPM, and PFM, which libvips 8.14 reads and writes upside down.
#pragma once

#include <string>

#include "runtime/command/image_file.h"

namespace sepflow::command {

// f32 with one or three channels. Throws Error{SEPFLOW_E_IO}.
ImagePointer read_pfm(const std::string &path);

// u8 and u16 as PGM or PPM, f32 as PFM; one or three channels.
void write_netpbm(VipsImage *image, const OutputFile &file);

}  // namespace sepflow::command
