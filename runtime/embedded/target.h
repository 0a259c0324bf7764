// Processors that filters are compiled for.
#pragma once

#include <Halide.h>
#include <string>

namespace sepflow::embedded {

// The target of a name such as arm-64-linux, with what filters need of it. Sums of integer pixels
// are taken strictly in order and without fused operations, so that they come out as the library's.
// Throws Error for what is not known or not compiled for.
Halide::Target checked_target(const std::string &name, bool is_strict);

}  // namespace sepflow::embedded
