#include <cmath>

#include "plugins/arithmetic/nodes.h"
#include "plugins/arithmetic/pointwise.h"

namespace sepflow {

namespace {

struct Magnitude {
    static constexpr uint32_t kInputs = 2;
    static constexpr bool kFloatForBytes = true;
    explicit Magnitude(const Parameters &) {}
    template <typename Number>
    Number operator()(const Number *at) const {
        return std::sqrt(at[0] * at[0] + at[1] * at[1]);
    }
};

}  // namespace

const NodeKind &magnitude_node() {
    static const std::vector<sepflow_param_desc> params;
    static const NodeKind kind =
        pointwise_node<Magnitude>({"org.sepflow.magnitude/1", "Magnitude", "out = sqrt(a^2 + b^2)"},
                                  params, same_type_formats());
    return kind;
}

}  // namespace sepflow
