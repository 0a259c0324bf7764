// The image that is filtered, made of the one that libvips opened: rows from the top, the file's
// own channels, a type that Sepflow filters. Losses are noted in its metadata.
#pragma once

#include <string>

#include "runtime/command/files/image_file.h"

namespace sepflow::command {

// Makes it. Throws Error for pixels that cannot be filtered.
ImagePointer as_filtered(ImagePointer opened, const std::string &path);

}  // namespace sepflow::command
