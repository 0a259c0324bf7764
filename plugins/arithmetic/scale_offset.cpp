#include "plugins/arithmetic/nodes.h"
#include "plugins/arithmetic/pointwise.h"

namespace sepflow {

namespace {

struct ScaleOffset {
    static constexpr uint32_t kInputs = 1;
    static constexpr bool kFloatForBytes = false;
    explicit ScaleOffset(const Parameters &parameters)
        : scale(parameters.number("scale")), offset(parameters.number("offset")) {}
    template <typename Number>
    Number operator()(const Number *at) const {
        return at[0] * static_cast<Number>(scale) + static_cast<Number>(offset);
    }
    double scale, offset;
};

}  // namespace

const NodeKind &scale_offset_node() {
    static const std::vector<sepflow_param_desc> params = {
        live(number_param({"scale", "Scale", "Multiplies every sample", nullptr}, 1, 0, 0)),
        live(number_param({"offset", "Offset", "Added to every sample after scaling", nullptr}, 0,
                          0, 0))};
    static const NodeKind kind = pointwise_node<ScaleOffset>(
        {"org.sepflow.scale_offset/1", "Scale and offset", "out = scale * in + offset"}, params,
        same_type_formats());
    return kind;
}

}  // namespace sepflow
