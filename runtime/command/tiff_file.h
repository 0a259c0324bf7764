// Tags of a TIFF file that libvips wrote, put right in place.
#pragma once

#include <vector>

#include "runtime/command/metadata.h"
#include "runtime/command/output_file.h"

namespace sepflow::command {

// Samples behind the colours, as TIFF numbers them.
enum ExtraSample { kUnspecified = 0, kPremultipliedAlpha = 1, kAlpha = 2 };

// libvips calls every extra sample alpha, and writes a resolution that it does not know. Throws Error.
void correct_tags(const OutputFile &file, const std::vector<int> &extra_samples,
                  const Resolution &resolution);

}  // namespace sepflow::command
