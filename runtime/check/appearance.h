// All that a host can see of a plan: what it says of itself, the regions that it asks for, and its
// pixels.
#pragma once

#include <string>

#include "runtime/check/subject.h"

namespace sepflow::check {

// As bytes to compare. Pixels are those of several pictures, with and without what is optional; of
// floats, one holds NaN, an infinity and large numbers. Without PURE they may differ each time.
enum class Pixels { kIncluded, kIfPure };
std::string appearance(const Subject &subject, const Plan &plan, const Format &format,
                       Pixels pixels = Pixels::kIfPure);

// The same of the plan that the node makes for `format`, with the count of what it logs, or that it
// makes none.
std::string appearance(Subject &subject, Node &node, const Format &format,
                       Pixels pixels = Pixels::kIfPure);

}  // namespace sepflow::check
