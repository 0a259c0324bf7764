// A kernel drawn as a grey image: a tap per pixel, as bright as the tap is large.
#pragma once

#include <string>

#include "runtime/kernel/kernel.h"

namespace sepflow::command {

// Pixel values as they are stored; "norm" in the kernel's text scales them. Throws Error.
Kernel read_kernel_image(const std::string &path);

}  // namespace sepflow::command
