// Nodes that compute each sample from the samples at the same place: the shared part is here, and a
// node's file is its formula.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "plugins/arithmetic/checked_call.h"
#include "plugins/arithmetic/samples.h"
#include "plugins/kit/descriptors.h"
#include "plugins/kit/node_kind.h"
#include "runtime/base/error.h"
#include "runtime/execute/layout.h"

namespace sepflow {

// Formula:
//   static constexpr uint32_t kInputs;
//   static constexpr bool kFloatForBytes;  // on u8, float rounds to the same results as double
//   explicit Formula(const Parameters &);
//   template <typename Number> Number operator()(const Number *at) const;  // kInputs samples
template <typename Formula>
class PointwisePlan : public NodePlan {
  public:
    PointwisePlan(const Parameters &parameters, const PlanFormat &format)
        : formula_(parameters), format_(format) {}

    void process(const sepflow_process &given, const sepflow_host *) const override {
        const CheckedCall call = checked_call(given, Formula::kInputs, format_);
        if (is_empty(call.region)) return;
        for (uint32_t i = 0; i < Formula::kInputs; ++i) check_input(call.inputs[i], call);
        if (needs_double(format_.in_type) || needs_double(format_.out_type)) {
            run<double>(call);
        } else {
            run<float>(call);
        }
    }

  private:
    // A row of samples, `stride` bytes apart.
    struct Row {
        char *at;
        int64_t stride;
    };

    // Results of 16-bit integers, rounded to 24 bits first, would miss ties of the second rounding.
    static bool needs_double(sepflow_type type) {
        return type == SEPFLOW_F64 || type == SEPFLOW_U16 || type == SEPFLOW_S16 ||
               (type == SEPFLOW_U8 && !Formula::kFloatForBytes);
    }

    static bool same_memory(const sepflow_image &a, const sepflow_image &b,
                            const sepflow_rect &region) {
        return type_bytes(a.type) == type_bytes(b.type) && a.stride_x == b.stride_x &&
               a.stride_y == b.stride_y && (a.channels == 1 || a.stride_c == b.stride_c) &&
               pixel_address(a, region.x, region.y, 0) == pixel_address(b, region.x, region.y, 0);
    }

    static void check_input(const sepflow_image &input, const CheckedCall &call) {
        if (!contains(input.bounds, call.region)) {
            throw Error(SEPFLOW_E_INVALID, "an input's bounds lack pixels that the region needs");
        }
        if (!same_memory(input, call.output, call.region) && overlap(input, call.output)) {
            throw Error(SEPFLOW_E_INVALID,
                        "output: overlaps an input; in place, every pixel must lie on its own");
        }
    }

    // Interleaved channels are one long row of samples; otherwise each channel is a row.
    template <typename Number>
    void run(const CheckedCall &call) const {
        bool interleaved = is_interleaved(call.output);
        for (uint32_t i = 0; i < Formula::kInputs; ++i) {
            interleaved = interleaved && is_interleaved(call.inputs[i]);
        }
        const int32_t rows = interleaved ? 1 : format_.channels;
        const int64_t count = call.region.w * (interleaved ? format_.channels : 1);
        const auto row_of = [&](const sepflow_image &image, int64_t y, int32_t c) {
            return Row{pixel_address(image, call.region.x, y, c),
                       interleaved ? type_bytes(image.type) : image.stride_x};
        };
        for (int64_t y = call.region.y; y < call.region.y + call.region.h; ++y) {
            for (int32_t c = 0; c < rows; ++c) {
                Row in[Formula::kInputs];
                for (uint32_t i = 0; i < Formula::kInputs; ++i)
                    in[i] = row_of(call.inputs[i], y, c);
                run_row<Number>(in, row_of(call.output, y, c), count);
            }
        }
    }

    template <typename Number>
    void run_row(const Row *in, const Row &out, int64_t samples) const {
        Number loaded[Formula::kInputs][kStretch], computed[kStretch];
        for (int64_t first = 0; first < samples; first += kStretch) {
            const int64_t count = std::min(kStretch, samples - first);
            const Number *numbers[Formula::kInputs];
            for (uint32_t i = 0; i < Formula::kInputs; ++i) {
                const char *from = in[i].at + first * in[i].stride;
                if (are_numbers<Number>(format_.in_type, in[i].stride)) {
                    numbers[i] = reinterpret_cast<const Number *>(from);
                } else {
                    load_samples(format_.in_type, from, in[i].stride, count, loaded[i]);
                    numbers[i] = loaded[i];
                }
            }
            char *to = out.at + first * out.stride;
            if (are_numbers<Number>(format_.out_type, out.stride)) {
                compute(numbers, count, reinterpret_cast<Number *>(to));
            } else {
                compute(numbers, count, computed);
                store_samples(format_.out_type, to, out.stride, count, computed);
            }
        }
    }

    template <typename Number>
    SEPFLOW_FOR_EACH_CPU void compute(const Number *const *numbers, int64_t count,
                                      Number *results) const {
        const Formula formula = formula_;
        // In place, a result lies where the numbers it is made of lay; nothing else overlaps.
#pragma GCC ivdep
        for (int64_t k = 0; k < count; ++k) {
            Number at[Formula::kInputs];
            for (uint32_t i = 0; i < Formula::kInputs; ++i) at[i] = numbers[i][k];
            results[k] = formula(at);
        }
    }

    Formula formula_;
    PlanFormat format_;
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
                          [](const Parameters &parameters, const PlanFormat &format,
                             const sepflow_host *) -> std::unique_ptr<NodePlan> {
                              return std::make_unique<PointwisePlan<Formula>>(parameters, format);
                          });
}

}  // namespace sepflow
