// Input and result side by side, for looking at.
#pragma once

#include <string>

#include "runtime/command/image_file.h"

namespace sepflow::command {

// Throws unless the format that path's suffix names holds a picture of so many channels, whatever the type of its pixels.
void check_comparable(const std::string &path, int channels);

struct Comparison {
    ImagePointer picture;  // on the input's height, in a type that the file holds
    std::string remark;    // how values became brightness; empty if white is white
};

// Reads the input once more where its values decide what is black and white.
Comparison compare(VipsImage *input, VipsImage *result, const std::string &path);

}  // namespace sepflow::command
