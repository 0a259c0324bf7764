#include "plugins/arithmetic/nodes.h"
#include "plugins/arithmetic/pointwise.h"

namespace sepflow {

namespace {

struct Convert {
    static constexpr uint32_t kInputs = 1;
    explicit Convert(const Parameters &) {}
    template <typename Number>
    Number operator()(const Number *at) const {
        return at[0];
    }
};

std::vector<sepflow_format_pair> every_pair() {
    std::vector<sepflow_format_pair> pairs;
    for (sepflow_type in : all_types()) {
        for (sepflow_type out : all_types())
            pairs.push_back({sizeof(sepflow_format_pair), in, out});
    }
    return pairs;
}

}  // namespace

const NodeKind &convert_node() {
    static const std::vector<sepflow_param_desc> params;
    static const std::vector<sepflow_format_pair> formats = every_pair();
    static const NodeKind kind = pointwise_node<Convert>(
        {"org.sepflow.convert/1", "Convert",
         "out = in, in another pixel type; integers round to nearest even and saturate"},
        params, formats);
    return kind;
}

}  // namespace sepflow
