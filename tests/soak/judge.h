// Whether what a node made of the pixels it was given is right, by its formula in double precision.
#pragma once

#include <string>
#include <vector>

#include "tests/soak/graph.h"

namespace soak {

// Pixels of a place, at their place in the plane.
struct Picture {
    sepflow_rect domain = {};
    sepflow_type type = SEPFLOW_F32;
    oracle::Image image;

    double at(int64_t x, int64_t y, int c) const { return image.at(x - domain.x, y - domain.y, c); }
};

struct Verdict {
    int64_t pixels = 0;   // that were compared
    double worst = 0;     // error over what was allowed, of those whose error is more than rounding
    std::string mistake;  // empty: none
};

// `output` is which of the node's results `result` is; error_bound that of its plan. Of large
// images `samples` pixels are compared, and all on the edges.
Verdict judge(const Node &node, size_t output, const std::vector<const Picture *> &inputs,
              const Picture &result, double error_bound, int64_t samples, Random &random);

}  // namespace soak
