// out(x, y) = in(x * factor_x + phase_x, y * factor_y + phase_y): keeps one pixel of each cell of a
// grid, for pyramids. Filter first; this node only picks.
#include <algorithm>

#include "plugins/arithmetic/checked_call.h"
#include "plugins/arithmetic/nodes.h"
#include "plugins/kit/descriptors.h"
#include "runtime/base/error.h"
#include "runtime/base/image.h"

namespace sepflow {

namespace {

// floor(a / b) and ceil(a / b) for b > 0
int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}
int64_t ceil_div(int64_t a, int64_t b) {
    return -floor_div(-a, b);
}

struct Axis {
    int64_t factor, phase;

    int64_t source(int64_t i) const { return i * factor + phase; }
    // Outputs whose source lies in first .. first+count-1.
    void domain(int64_t first, int64_t count, int64_t *out_first, int64_t *out_count) const {
        *out_first = ceil_div(first - phase, factor);
        *out_count =
            std::max<int64_t>(floor_div(first + count - 1 - phase, factor) - *out_first + 1, 0);
    }
};

class DecimatePlan : public NodePlan {
  public:
    DecimatePlan(const Axis &x, const Axis &y, const PlanFormat &format)
        : x_(x), y_(y), format_(format) {}

    sepflow_rect output_domain(const sepflow_rect &in) const override {
        sepflow_rect out;
        x_.domain(in.x, in.w, &out.x, &out.w);
        y_.domain(in.y, in.h, &out.y, &out.h);
        return out;
    }

    sepflow_rect input_region(const sepflow_rect &out, const sepflow_rect &domain) const override {
        const sepflow_rect kept = NodePlan::input_region(out, output_domain(domain));
        if (is_empty(kept)) return {domain.x, domain.y, 0, 0};
        return {x_.source(kept.x), y_.source(kept.y), (kept.w - 1) * x_.factor + 1,
                (kept.h - 1) * y_.factor + 1};
    }

    void process(const sepflow_process &given, const sepflow_host *) const override {
        const CheckedCall call = checked_call(given, 1, format_);
        if (is_empty(call.region)) return;
        if (!contains(output_domain(call.inputs[0].bounds), call.region)) {
            throw Error(SEPFLOW_E_INVALID, "the input's bounds lack pixels that the region needs");
        }
        if (overlap(call.inputs[0], call.output))
            throw Error(SEPFLOW_E_INVALID, "output: overlaps the input");
        switch (type_bytes(format_.in_type)) {
            case 1:
                return pick<uint8_t>(call);
            case 2:
                return pick<uint16_t>(call);
            case 4:
                return pick<uint32_t>(call);
            default:
                return pick<uint64_t>(call);
        }
    }

  private:
    template <typename Sample>
    void pick(const CheckedCall &call) const {
        const sepflow_image &in = call.inputs[0], &out = call.output;
        const sepflow_rect &region = call.region;
        for (int64_t y = region.y; y < region.y + region.h; ++y) {
            for (int32_t c = 0; c < format_.channels; ++c) {
                const char *from = pixel_address(in, x_.source(region.x), y_.source(y), c);
                char *to = pixel_address(out, region.x, y, c);
                for (int64_t i = 0; i < region.w; ++i) {
                    *reinterpret_cast<Sample *>(to + i * out.stride_x) =
                        *reinterpret_cast<const Sample *>(from + i * x_.factor * in.stride_x);
                }
            }
        }
    }

    Axis x_, y_;
    PlanFormat format_;
};

std::unique_ptr<NodePlan> make_plan(const Parameters &parameters, const PlanFormat &format,
                                    const sepflow_host *) {
    const Axis x = {parameters.integer("factor_x"), parameters.integer("phase_x")};
    const Axis y = {parameters.integer("factor_y"), parameters.integer("phase_y")};
    if (x.phase >= x.factor || y.phase >= y.factor) {
        throw Error(SEPFLOW_E_PARAM, "a phase must be below its factor");
    }
    return std::make_unique<DecimatePlan>(x, y, format);
}

}  // namespace

const NodeKind &decimate_node() {
    constexpr int64_t kMost = 1 << 20;
    static const std::vector<sepflow_port_desc> ports = {input_port("in", all_types()),
                                                         output_port("out", all_types())};
    static const std::vector<sepflow_param_desc> params = {
        integer_param(
            {"factor_x", "Factor, horizontal", "Input pixels for each output pixel", "pixels"}, 2,
            1, kMost),
        integer_param(
            {"factor_y", "Factor, vertical", "Input pixels for each output pixel", "pixels"}, 2, 1,
            kMost),
        integer_param({"phase_x", "Phase, horizontal",
                       "Index of the pixel that is kept in each cell", "pixels"},
                      0, 0, kMost - 1),
        integer_param({"phase_y", "Phase, vertical", "Index of the pixel that is kept in each cell",
                       "pixels"},
                      0, 0, kMost - 1)};
    static const NodeKind kind = make_node_kind(
        {"org.sepflow.decimate/1", "Decimate", "Keeps one pixel of each cell of a grid"},
        SEPFLOW_NODE_PURE | SEPFLOW_NODE_TILE_EXACT | SEPFLOW_NODE_THREAD_EXACT, ports, params,
        same_type_formats(), make_plan);
    return kind;
}

}  // namespace sepflow
