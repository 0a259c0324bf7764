// The library of named kernels; formulas and sources are in README.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/kernel.h"

namespace sepflow {

struct NamedKernel {
    const char *name;
    const char *arguments;  // "SIGMA [SIGMA_Y]"
    size_t least, most;     // numbers it takes
    Kernel (*make)(const std::vector<double> &numbers);
};

// Sorted by name.
const std::vector<NamedKernel> &named_kernels();

// "sobel x", "scharr y", "prewitt x": derivative kernels along one axis. Throws for another name.
bool is_gradient_name(std::string_view name);
Kernel gradient_kernel(std::string_view name, bool along_y);

}  // namespace sepflow
