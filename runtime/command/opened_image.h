// What libvips opened, made into the image that is filtered: rows from the top, the file's own channels, a type that
// Sepflow filters. What could not be kept is noted in its metadata.
#pragma once

#include <string>

#include "runtime/command/image_file.h"

namespace sepflow::command {

// Throws Error for pixels that cannot be filtered.
ImagePointer as_filtered(ImagePointer opened, const std::string &path);

}  // namespace sepflow::command
