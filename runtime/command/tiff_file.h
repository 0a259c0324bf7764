// Corrections of a TIFF file that libvips wrote, in place.
#pragma once

#include <vector>

#include "runtime/command/metadata.h"
#include "runtime/command/output_file.h"

namespace sepflow::command {

// Meanings of samples behind the colours, as TIFF numbers them.
enum ExtraSample { kUnspecified = 0, kPremultipliedAlpha = 1, kAlpha = 2 };

// Corrects extra samples, each of which libvips calls alpha, and a resolution that it does not
// know. Throws Error.
void correct_tags(const OutputFile &file, const std::vector<int> &extra_samples,
                  const Resolution &resolution);

}  // namespace sepflow::command
