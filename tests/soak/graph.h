// A random graph as plain data: what the host builds, and what the references read.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "tests/oracle/pixels.h"

namespace soak {

class Random {
  public:
    explicit Random(uint64_t seed) : engine_(seed) {}
    int64_t within(int64_t low, int64_t high) {
        return std::uniform_int_distribution<int64_t>(low, high)(engine_);
    }
    double real(double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(engine_);
    }
    bool once_in(int64_t n) { return within(1, n) == 1; }
    template <typename Array>
    auto any_of(const Array &values) {
        return values[static_cast<size_t>(within(0, static_cast<int64_t>(std::size(values)) - 1))];
    }

  private:
    std::mt19937_64 engine_;
};

// A result that ports are fed from: a graph's input, or an output of a node.
struct Place {
    std::string name;  // as the host knows it: "photo 1", "node 3", "node 3.out2"
    sepflow_type type = SEPFLOW_F32;
    int channels = 1;
    double reach = 1;            // no |pixel| is larger
    int shape = 0;               // places of one shape have one domain
    bool has_all_pixels = true;  // its domain is known not to be empty
};

enum class Kind {
    kSeparable,
    kBank,
    kAdd,
    kSubtract,
    kMultiply,
    kMagnitude,
    kAbsolute,
    kScaleOffset,
    kConvert,
    kDecimate
};

enum class Missing { kNone, kIgnore, kFill };

struct Node {
    Kind kind = Kind::kConvert;
    std::string name;
    std::vector<size_t> feeds;  // places
    size_t first_result = 0;    // place; a bank has one for each kernel
    sepflow_type out_type = SEPFLOW_TYPE_NONE;
    std::map<std::string, std::string> params;
    // Kernels of filters; the fields below hold for all kernels of a bank.
    std::vector<oracle::Kernel> kernels;
    oracle::Options options;
    // Treatment of the separable node with a mask, its second feed.
    Missing missing = Missing::kNone;
    double missing_value = 0;
    // Parameters of scale_offset and of decimate.
    double scale = 1, offset = 0;
    int64_t factor_x = 1, factor_y = 1, phase_x = 0, phase_y = 0;
};

struct Graph {
    uint64_t seed = 0;
    int64_t w = 0, h = 0;
    size_t inputs = 0;  // the first places
    std::vector<Place> places;
    std::vector<Node> nodes;
};

Graph random_graph(uint64_t seed);
// Changes a parameter that leaves domains, types and reaches as they are; false if the node has
// none.
bool change(Node &node, Random &random);

const char *id_of(Kind kind);
std::string text_of(double value);

}  // namespace soak
