// Netpbm's formats, but for reading P5 and P6 without comments whose white is 255 or 65535, which
// libvips does. libvips 8.14 reads and writes PFM upside down, takes what is behind the end of P1
// to P4 for pixels, bits in ASCII without white space between them for one, any header for one, the
// end of a comment for pixels, and leaves samples as they are, whatever their maximum.
#pragma once

#include <string>

#include "runtime/command/files/image_file.h"

namespace sepflow::command {

// Kinds by the first bytes of the file: P1 to P6, except those that libvips reads; Pf and PF;
// anything else.
enum class NetpbmKind { kIntegers, kFloats, kOther };
NetpbmKind netpbm_kind(const std::string &path);

// f32 with one or three channels. Throws Error{SEPFLOW_E_IO}.
ImagePointer read_pfm(const std::string &path);

// u8, or u16 where the header's maximum, which is white, is above 255; samples are rounded to 255 /
// maximum, or 65535 / maximum, times themselves. Throws Error{SEPFLOW_E_IO}.
ImagePointer read_integers(const std::string &path);

// u8 and u16 as PGM or PPM, f32 as PFM; one or three channels.
void write_netpbm(VipsImage *image, const OutputFile &file);

}  // namespace sepflow::command
