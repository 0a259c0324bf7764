
#include "tests/check/mistakes.h"

namespace faulty {

std::vector<Mistake> mistakes_in_effects() {
    return {
        {"ignores_gain", "effect", "'gain' is set and got, and no value of it changes a plan or a",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return configure_changed(n, config, plan, error, [](Values &v) { v.gain = 1; });
             };
         }},
        {"ignores_edge", "effect", "'edge' is set and got, and no value of it changes a plan or a",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return configure_changed(n, config, plan, error,
                                          [](Values &v) { v.edge = "replicate"; });
             };
         }},
        {"ignores_outside", "effect",
         "'outside' is set and got, and no value of it changes a plan or",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return configure_changed(n, config, plan, error, [](Values &v) { v.outside = 0; });
             };
         }},
        {"ignores_offset", "effect",
         "'offset' is set and got, and no value of it changes a plan or a",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return configure_changed(n, config, plan, error, [](Values &v) { v.offset = 0; });
             };
         }},
        {"ignores_kernel", "effect",
         "'kernel' is set and got, and no value of it changes a plan or a",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return configure_changed(n, config, plan, error, [](Values &v) {
                     if (v.kernel.empty()) return;
                     v.kernel = {0.25, 0.75};
                     v.rows = 1;
                     v.columns = 2;
                 });
             };
         }},
        {"stale_plan", "change", "kernel of 3 x 3, set after a plan was made, does not reach the",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 Plan *const plan = node_at(n).plan;
                 if (plan != nullptr) ++plan->owners;
                 const sepflow_status status = correct().set_param(n, index, value, error);
                 if (node_at(n).plan == nullptr)
                     node_at(n).plan = plan;
                 else
                     correct().plan_release(opaque(plan));
                 return status;
             };
         }},
        {"stale_after_edge", "change",
         "edge zero, set after a plan was made, does not reach the next",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (index != kEdge) return correct().set_param(n, index, value, error);
                 Plan *const plan = node_at(n).plan;
                 if (plan != nullptr) ++plan->owners;
                 const sepflow_status status = correct().set_param(n, index, value, error);
                 if (node_at(n).plan == nullptr)
                     node_at(n).plan = plan;
                 else
                     correct().plan_release(opaque(plan));
                 return status;
             };
         }},
        {"sets_once", "effect", "'gain' is set and got, and no value of it changes a plan or a",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 static const double first = node_at(n).values.gain;
                 return configure_changed(n, config, plan, error,
                                          [&](Values &v) { v.gain = first; });
             };
         }},
        {"shared_values", "apart", "a node changes by another node that is set to gain",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 static std::vector<Node *> nodes;
                 if (std::find(nodes.begin(), nodes.end(), &node_at(n)) == nodes.end())
                     nodes.push_back(&node_at(n));
                 const sepflow_status status = correct().set_param(n, index, value, error);
                 if (status == SEPFLOW_OK && index == kGain) {
                     for (Node *other : nodes) other->values.gain = node_at(n).values.gain;
                 }
                 return status;
             };
         }},
        {"shared_kernel", "apart", "a plan changes by another node that is set to gain",
         [](auto &node) {
             static Values last;
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 const sepflow_status status = correct().configure(n, config, plan, error);
                 if (status == SEPFLOW_OK) last = plan_at(*plan).values;
                 return status;
             };
             node.process = [](auto *plan, auto *call, auto *error) {
                 const Plan &own = plan_at(plan);
                 if (last.kernel.size() > own.values.kernel.size())  // or it reads too far
                     return correct().process(plan, call, error);
                 Plan other{last, own.node, own.host, own.config};
                 return correct().process(opaque(&other), call, error);
             };
         }},
        {"hint_without_effect", nullptr, nullptr,
         [](auto &node) {
             change_param(node, kGain, [](auto &param) { param.flags |= SEPFLOW_PARAM_HINT; });
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return configure_changed(n, config, plan, error, [](Values &v) { v.gain = 1; });
             };
         }},
    };
}

}  // namespace faulty
