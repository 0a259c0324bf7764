// How a check ends, other than by passing.
#pragma once

#include <string>

namespace sepflow::check {

// The plugin breaks a promise; one sentence that says which, and where.
struct Failed {
    std::string why;
};

// There is nothing to check, such as a promise that the node does not give.
struct Skipped {
    std::string why;
};

inline void require(bool holds, const std::string &otherwise) {
    if (!holds) throw Failed{otherwise};
}

}  // namespace sepflow::check
