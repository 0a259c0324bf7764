#pragma once

#include <optional>

#include "runtime/factor/factor.h"

namespace sepflow {

// The factors of a kernel of rank one whose taps are integers times one power of two, in integers:
// exact, and as readable as the kernel. Nothing if the kernel is not of that kind.
std::optional<Factor> integer_factor(const Kernel &kernel);

}  // namespace sepflow
