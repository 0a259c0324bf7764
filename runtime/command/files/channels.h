// Meanings of an image's channels.
#pragma once

#include <vector>
#include <vips/vips.h>

#include "runtime/command/files/image_file.h"

namespace sepflow::command {

// Meanings of channels behind the colours, as TIFF numbers them.
enum ExtraSample { kUnspecified = 0, kPremultipliedAlpha = 1, kAlpha = 2 };

// Whether the first channel is grey and those behind it have other meanings.
bool is_grey(const VipsImage *image);

// Returns the meaning of each channel behind the colours: that of the TIFF file that was read, or
// alpha for a single one.
std::vector<int> extra_samples_of(VipsImage *image);

// Converts inks and hues to red, green and blue, and divides colours that are multiplied by alpha.
// `path` is for errors.
ImagePointer as_shown(VipsImage *image, const std::string &path);

}  // namespace sepflow::command
