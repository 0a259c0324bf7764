// Nodes that compute each sample from the samples at the same place: the shared part is here, and a node's
// file is its formula.
#pragma once

#include <algorithm>
#include <memory>
#include <type_traits>
#include <vector>

#include "plugins/arithmetic/samples.h"
#include "plugins/node.h"
#include "runtime/error.h"
#include "runtime/execute/layout.h"

namespace sepflow {

// Formula: two static constants and a function over rows of numbers,
//   static constexpr uint32_t kInputs;
//   explicit Formula(const Parameters &);
//   template <typename Number> Number operator()(const Number *at) const;   // kInputs samples
template <typename Formula>
class PointwisePlan : public NodePlan {
  public:
    PointwisePlan(const Parameters &parameters, const sepflow_config &config)
        : formula_(parameters), config_(config) {}

    void process(const sepflow_process &call, const sepflow_host *) const override {
        check_images(call, Formula::kInputs, config_);
        for (uint32_t i = 0; i < Formula::kInputs && call.region.w > 0 && call.region.h > 0; ++i) {
            if (!contains(call.inputs[i].bounds, call.region)) {
                throw Error(SEPFLOW_E_INVALID,
                            "an input's bounds lack pixels that the region needs");
            }
        }
        if (needs_double(config_.in_type) || needs_double(config_.out_type)) {
            run<double>(call);
        } else {
            run<float>(call);
        }
    }

  private:
    // Results of 16-bit integers, rounded to 24 bits first, would miss ties of the second rounding.
    static bool needs_double(sepflow_type type) {
        return type == SEPFLOW_F64 || type == SEPFLOW_U16 || type == SEPFLOW_S16;
    }

    static constexpr int64_t kStretch = 512;  // samples that stay in the first-level cache

    template <typename Number>
    void run(const sepflow_process &call) const {
        const sepflow_rect &region = call.region;
        for (int64_t y = region.y; y < region.y + region.h; ++y) {
            for (int32_t c = 0; c < config_.channels; ++c) {
                for (int64_t x = region.x; x < region.x + region.w; x += kStretch) {
                    run_stretch<Number>(call, x, y, c, std::min(kStretch, region.x + region.w - x));
                }
            }
        }
    }

    template <typename Number>
    void run_stretch(const sepflow_process &call, int64_t x, int64_t y, int32_t channel,
                     int64_t count) const {
        Number in[Formula::kInputs][kStretch], out[kStretch];
        for (uint32_t i = 0; i < Formula::kInputs; ++i) {
            load_samples(call.inputs[i], x, y, channel, count, in[i]);
        }
        for (int64_t k = 0; k < count; ++k) {
            Number at[Formula::kInputs];
            for (uint32_t i = 0; i < Formula::kInputs; ++i) at[i] = in[i][k];
            out[k] = formula_(at);
        }
        store_samples(call.outputs[0], x, y, channel, count, out);
    }

    Formula formula_;
    sepflow_config config_;
};

template <typename Formula>
NodeKind pointwise_node(const NodeText &text, const std::vector<sepflow_param_desc> &params,
                        const std::vector<sepflow_format_pair> &formats) {
    static const std::vector<sepflow_port_desc> ports =
        Formula::kInputs == 1 ? std::vector<sepflow_port_desc>{input_port("in", all_types()),
                                                               output_port("out", all_types())}
                              : std::vector<sepflow_port_desc>{input_port("a", all_types()),
                                                               input_port("b", all_types()),
                                                               output_port("out", all_types())};
    return make_node_kind(text,
                          SEPFLOW_NODE_PURE | SEPFLOW_NODE_TILE_EXACT | SEPFLOW_NODE_THREAD_EXACT |
                              SEPFLOW_NODE_IN_PLACE,
                          ports, params, formats,
                          [](const Parameters &parameters,
                             const sepflow_config &config) -> std::unique_ptr<NodePlan> {
                              return std::make_unique<PointwisePlan<Formula>>(parameters, config);
                          });
}

}  // namespace sepflow
