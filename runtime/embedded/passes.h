// The code of a filter: the passes over one row, with every tap a constant.
#pragma once

#include <string>

#include "runtime/embedded/filter.h"

namespace sepflow::embedded {

// A static archive of
//     NAME_columns   rows under the kernel -> mid, a row for each term; not in the direct method
//     NAME_row       mid, or the rows under the kernel -> a row of pixels
// each called by its list of arguments, as Halide's NAME_argv functions are. Until it is complete,
// its object file lies next to it.
void compile_passes(const Filter &filter, const std::string &path);

}  // namespace sepflow::embedded
