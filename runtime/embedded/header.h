// The C header of a filter: what was compiled and how exact it is, the state, and the functions
// that feed rows to the passes.
#pragma once

#include <string>

#include "runtime/embedded/filter.h"

namespace sepflow::embedded {

// How the kernel was understood and factored, and how far a result may be from the exact sum, as
// lines that begin with `indent`.
std::string certificate(const Filter &filter, const std::string &indent);

std::string header(const Filter &filter);
// Returns the C file that makes it a node, in addition to the header.
std::string node(const Filter &filter);

}  // namespace sepflow::embedded
