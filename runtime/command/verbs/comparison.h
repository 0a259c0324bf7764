// Input and result side by side in one picture.
#pragma once

#include <string>

#include "runtime/command/files/image_file.h"

namespace sepflow::command {

// Throws unless the format that path's suffix names holds this number of channels.
void check_comparable(const std::string &path, int channels);

struct Comparison {
    ImagePointer picture;  // on the input's height, in a type that the file holds
    std::string remark;    // how values became brightness; empty if white is white
};

// Joins the two. Reads the input once more if its values decide what is black and white.
Comparison compare(VipsImage *input, VipsImage *result, const std::string &path);

}  // namespace sepflow::command
