#include "plugins/arithmetic/nodes.h"
#include "plugins/arithmetic/pointwise.h"

namespace sepflow {

namespace {

struct Multiply {
    static constexpr uint32_t kInputs = 2;
    static constexpr bool kFloatForBytes = true;
    explicit Multiply(const Parameters &) {}
    template <typename Number>
    Number operator()(const Number *at) const {
        return at[0] * at[1];
    }
};

}  // namespace

const NodeKind &multiply_node() {
    static const std::vector<sepflow_param_desc> params;
    static const NodeKind kind = pointwise_node<Multiply>(
        {"org.sepflow.multiply/1", "Multiply", "out = a * b"}, params, same_type_formats());
    return kind;
}

}  // namespace sepflow
