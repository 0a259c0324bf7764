#include <cmath>

#include "plugins/arithmetic/nodes.h"
#include "plugins/arithmetic/pointwise.h"

namespace sepflow {

namespace {

struct Absolute {
    static constexpr uint32_t kInputs = 1;
    static constexpr bool kFloatForBytes = true;
    explicit Absolute(const Parameters &) {}
    template <typename Number>
    Number operator()(const Number *at) const {
        return std::fabs(at[0]);
    }
};

}  // namespace

const NodeKind &absolute_node() {
    static const std::vector<sepflow_param_desc> params;
    static const NodeKind kind = pointwise_node<Absolute>(
        {"org.sepflow.absolute/1", "Absolute value", "out = |in|"}, params, same_type_formats());
    return kind;
}

}  // namespace sepflow
