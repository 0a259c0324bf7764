// Parameters that a host shows: those of the node and four of our own, all of them text, in a fixed
// order.
#pragma once

#include <string>
#include <vector>

namespace sepflow::frei0r {

struct Parameter {
    std::string name, explanation, initial;
};

const std::vector<Parameter> &parameters();

}  // namespace sepflow::frei0r
