// Mistakes of plugin authors: the correct node with one or two of its functions replaced.
#pragma once

#include <vector>

#include "tests/check/faulty_plugin.h"

namespace faulty {

struct Mistake {
    const char *name;
    const char *check;   // that it must fail; NULL: none, as it is no mistake
    const char *reason;  // a part of what the check says
    void (*make)(sepflow_node_desc &node);
};
std::vector<Mistake> mistakes_in_answers();      // statuses, errors, NULL, flags, sizes of structs
std::vector<Mistake> mistakes_in_values();       // those of parameters
std::vector<Mistake> mistakes_in_effects();      // whether changed parameters reach the plans
std::vector<Mistake> mistakes_in_plans();        // what plans say, and how long they live
std::vector<Mistake> mistakes_in_pixels();       // reading and writing images
std::vector<Mistake> mistakes_with_the_host();   // its callbacks, memory, threads
std::vector<Mistake> mistakes_in_the_process();  // what is not as it was after a call
std::vector<Mistake> mistakes();                 // all of these

inline Node &node_at(sepflow_node *node) {
    return *reinterpret_cast<Node *>(node);
}
inline const Plan &plan_at(const sepflow_plan *plan) {
    return *reinterpret_cast<const Plan *>(plan);
}
inline sepflow_plan *opaque(Plan *plan) {
    return reinterpret_cast<sepflow_plan *>(plan);
}
inline const Node &node_at(const sepflow_node *node) {
    return *reinterpret_cast<const Node *>(node);
}

// Whether the call, as long as it should be, has its first input and its first output.
inline bool has_images(const sepflow_process *call) {
    const auto is_there = [](const sepflow_image *image) {
        return image != nullptr && image->struct_size >= sizeof *image && image->data != nullptr;
    };
    return call != nullptr && call->struct_size >= sizeof *call && is_there(call->inputs) &&
           is_there(call->outputs);
}
inline bool has_pixels(const sepflow_process *call) {
    return has_images(call) && call->region.w > 0 && call->region.h > 0;
}
template <typename Struct>
bool is_whole(const Struct *given) {
    return given != nullptr && given->struct_size >= sizeof *given;
}

// Reads memory that may not be there.
inline void touch(const volatile void *memory) {
    (void)*static_cast<const volatile char *>(memory);
}

// A table of the correct node's parameters, in which one is changed.
template <typename Change>
void change_param(sepflow_node_desc &node, Param index, Change change) {
    static std::vector<sepflow_param_desc> params(node.params, node.params + node.param_count);
    change(params[index]);
    node.params = params.data();
}

// Makes a plan of other values than the node's.
template <typename Change>
sepflow_status configure_changed(sepflow_node *n, const sepflow_config *config, sepflow_plan **plan,
                                 sepflow_error *error, Change change) {
    const Values values = node_at(n).values;
    change(node_at(n).values);
    const sepflow_status status = correct().configure(n, config, plan, error);
    node_at(n).values = values;
    return status;
}

// Drops the node's plan, so that the next configure makes one.
void forget_plan(Node *node);

}  // namespace faulty
