// What a host shows: the node's parameters and four of our own, all of them text, in an order that stays.
#pragma once

#include <string>
#include <vector>

namespace sepflow::frei0r {

struct Parameter {
    std::string name, explanation, initial;
};

const std::vector<Parameter> &parameters();

}  // namespace sepflow::frei0r
