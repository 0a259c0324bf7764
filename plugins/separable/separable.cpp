// The separable node: the ABI over plan and execute, nothing more.
#include <memory>
#include <vector>

#include "plugins/kit/descriptors.h"
#include "plugins/separable/filter_params.h"
#include "plugins/separable/kernel_text.h"
#include "plugins/separable/nodes.h"
#include "runtime/base/error.h"
#include "runtime/execute/execute.h"
#include "runtime/kernel/kernel.h"
#include "runtime/plan/plan.h"

namespace sepflow {

namespace {

class SeparablePlan : public NodePlan {
  public:
    explicit SeparablePlan(Plan plan) : plan_(std::move(plan)) {}
    sepflow_plan_info info() const override { return plan_info(plan_, scratch_bytes(plan_)); }
    sepflow_rect output_domain(const sepflow_rect &in) const override {
        return sepflow::output_domain(plan_, in);
    }
    sepflow_rect input_region(const sepflow_rect &out, const sepflow_rect &domain) const override {
        return sepflow::input_region(plan_, out, domain);
    }
    void process(const sepflow_process &call, const sepflow_host *host) const override {
        sepflow::process(plan_, call, host);
    }

  private:
    Plan plan_;
};

std::unique_ptr<NodePlan> make_separable_plan(const Parameters &parameters,
                                              const PlanFormat &format, const sepflow_host *host) {
    return std::make_unique<SeparablePlan>(plan_from_parameters(
        kernel_of(parameters, host), parameters, format, parameters.choice("extent")));
}

std::vector<sepflow_param_desc> separable_params() {
    // In the order of the constants in sepflow.h.
    static const std::vector<const char *> extents = {"same", "valid", "full"};
    std::vector<sepflow_param_desc> params = filter_params();
    params.insert(
        params.begin(),
        {matrix_param({"kernel", "Kernel",
                       "The 2-D kernel: text such as \"gaussian 3\", or a matrix", nullptr},
                      static_cast<int64_t>(kMaxKernelTaps)),
         choice_param({"extent", "Extent", "Pixels of the output", nullptr}, "same", extents)});
    return params;
}

std::vector<sepflow_port_desc> separable_ports() {
    std::vector<sepflow_port_desc> ports = filter_inputs();
    ports.push_back(output_port("out", all_types()));
    return ports;
}

}  // namespace

const NodeKind &separable_node() {
    static const std::vector<sepflow_port_desc> ports = separable_ports();
    static const std::vector<sepflow_param_desc> params = separable_params();
    static const NodeKind kind =
        make_node_kind({"org.sepflow.separable/1", "Separable convolution",
                        "Convolves with any 2-D kernel as a sum of pairs of 1-D passes"},
                       SEPFLOW_NODE_PURE | SEPFLOW_NODE_TILE_EXACT | SEPFLOW_NODE_THREAD_EXACT,
                       ports, params, all_formats(), make_separable_plan);
    return kind;
}

}  // namespace sepflow
