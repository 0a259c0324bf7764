// How a check ends, other than by passing.
#pragma once

#include <string>

#include <sepflow/node.h>

namespace sepflow::check {

// The plugin breaks a promise; one sentence that says which, and where.
struct Failed {
    std::string why;
    sepflow_status status = SEPFLOW_OK;  // that a call returned, where this is what is wrong
};

// There is nothing to check, such as a promise that the node does not give.
struct Skipped {
    std::string why;
};

inline void require(bool holds, const std::string &otherwise) {
    if (!holds) throw Failed{otherwise};
}

}  // namespace sepflow::check
