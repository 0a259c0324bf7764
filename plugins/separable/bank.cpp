// The bank node: several kernels over one image, each with an output of its own; what they have in
// common runs once.
#include "runtime/plan/bank.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "plugins/kit/descriptors.h"
#include "plugins/separable/filter_params.h"
#include "plugins/separable/kernel_text.h"
#include "plugins/separable/nodes.h"
#include "runtime/base/error.h"
#include "runtime/base/structs.h"
#include "runtime/execute/execute.h"
#include "runtime/kernel/kernel.h"

namespace sepflow {

namespace {

constexpr std::array<const char *, 16> kOutputs = {
    "out1", "out2",  "out3",  "out4",  "out5",  "out6",  "out7",  "out8",
    "out9", "out10", "out11", "out12", "out13", "out14", "out15", "out16"};

class BankPlan : public NodePlan {
  public:
    explicit BankPlan(Bank bank) : bank_(std::move(bank)) {}
    sepflow_plan_info info() const override { return bank_info(bank_, scratch_bytes(bank_)); }
    sepflow_rect input_region(const sepflow_rect &out, const sepflow_rect &domain) const override {
        return sepflow::input_region(bank_, out, domain);
    }
    void process(const sepflow_process &given, const sepflow_host *host) const override {
        std::vector<sepflow_image> outputs(bank_.members.size());
        for (sepflow_image &output : outputs) output.struct_size = sizeof output;
        const bool has_outputs = given.output_count > 0 && given.outputs != nullptr;
        if (has_outputs) check_size<sepflow_image>(given.outputs->struct_size, "outputs");
        for (uint32_t i = 0; has_outputs && i < given.output_count; ++i) {
            const sepflow_image output = element(given.outputs, i);
            if (output.data == nullptr) continue;
            if (i < outputs.size()) {
                outputs[i] = known_part(&output, "output");
            } else {
                throw Error(SEPFLOW_E_PARAM,
                            "output " + std::to_string(i + 1) + " is requested, but there are " +
                                std::to_string(outputs.size()) + " kernels",
                            0);
            }
        }
        sepflow_process call = given;
        call.outputs = outputs.data();
        call.output_count = static_cast<uint32_t>(outputs.size());
        sepflow::process(bank_, call, host);
    }

  private:
    Bank bank_;
};

std::vector<std::string> split(const std::string &text) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == ';') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

std::unique_ptr<NodePlan> make_bank_plan(const Parameters &parameters, const PlanFormat &format,
                                         const sepflow_host *host) {
    if (!parameters.of("kernels").is_set)
        throw Error(SEPFLOW_E_NOT_READY, "no kernels are set; try \"sobel x; sobel y\"", 0);
    const std::vector<std::string> texts = split(parameters.text("kernels"));
    if (texts.size() > kOutputs.size()) {
        throw Error(SEPFLOW_E_PARAM,
                    "there are " + std::to_string(texts.size()) + " kernels for " +
                        std::to_string(kOutputs.size()) + " outputs",
                    0);
    }
    std::vector<std::shared_ptr<const Plan>> members;
    for (const std::string &text : texts) {
        try {
            members.push_back(std::make_shared<const Plan>(
                plan_from_parameters(kernel_in_host(text, host), parameters, format)));
        } catch (const Error &e) {
            throw Error(e.code(), "kernel " + std::to_string(members.size() + 1) + ": " + e.what(),
                        0);
        }
    }
    return std::make_unique<BankPlan>(make_bank(std::move(members)));
}

std::vector<sepflow_param_desc> bank_params() {
    std::vector<sepflow_param_desc> params = filter_params();
    params.insert(params.begin(),
                  text_param({"kernels", "Kernels",
                              "Kernel texts separated by ;, at most 16: \"sobel x; sobel y\"; the "
                              "first goes to out1, the second to out2 ...",
                              nullptr},
                             nullptr));
    return params;
}

std::vector<sepflow_port_desc> bank_ports() {
    std::vector<sepflow_port_desc> ports = filter_inputs();
    for (const char *name : kOutputs)
        ports.push_back(output_port(name, all_types(), SEPFLOW_PORT_OPTIONAL));
    return ports;
}

}  // namespace

const NodeKind &bank_node() {
    static const std::vector<sepflow_port_desc> ports = bank_ports();
    static const std::vector<sepflow_param_desc> params = bank_params();
    static const NodeKind kind =
        make_node_kind({"org.sepflow.bank/1", "Bank of convolutions",
                        "Convolves with several kernels at once; shared pairs of passes run once"},
                       SEPFLOW_NODE_PURE | SEPFLOW_NODE_TILE_EXACT | SEPFLOW_NODE_THREAD_EXACT,
                       ports, params, all_formats(), make_bank_plan);
    return kind;
}

}  // namespace sepflow
