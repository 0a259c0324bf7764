#include "plugins/arithmetic/nodes.h"
#include "plugins/arithmetic/pointwise.h"

namespace sepflow {

namespace {

struct Convert {
    static constexpr uint32_t kInputs = 1;
    static constexpr bool kFloatForBytes = true;
    explicit Convert(const Parameters &) {}
    template <typename Number>
    Number operator()(const Number *at) const {
        return at[0];
    }
};

}  // namespace

const NodeKind &convert_node() {
    static const std::vector<sepflow_param_desc> params;
    static const NodeKind kind = pointwise_node<Convert>(
        {"org.sepflow.convert/1", "Convert",
         "out = in, in another pixel type; integers round to nearest even and saturate"},
        params, all_formats());
    return kind;
}

}  // namespace sepflow
