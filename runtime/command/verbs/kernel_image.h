// A kernel drawn as a grey image: a tap per pixel, as bright as the tap is large.
#pragma once

#include <string>

#include "runtime/kernel/kernel.h"

namespace sepflow::command {

// Whole numbers are weights that come to sum to one, floats are the taps themselves. Throws Error.
Kernel read_kernel_image(const std::string &path);

}  // namespace sepflow::command
