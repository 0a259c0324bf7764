// The C functions of node.h over the parameters and the plan of a node of ours.
#include "plugins/kit/node_kind.h"

#include <algorithm>

#include <sepflow/sepflow.h>

#include "runtime/base/error.h"
#include "runtime/base/image.h"
#include "runtime/base/structs.h"

namespace sepflow {

namespace {

#define SEPFLOW_TEXT_OF(number) #number
#define SEPFLOW_TEXT(number) SEPFLOW_TEXT_OF(number)
constexpr const char *kVersion = SEPFLOW_TEXT(SEPFLOW_VERSION_MAJOR) "." SEPFLOW_TEXT(
    SEPFLOW_VERSION_MINOR) "." SEPFLOW_TEXT(SEPFLOW_VERSION_PATCH);

}  // namespace

sepflow_plan_info NodePlan::info() const {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    info.variant = "generic";
    info.cost_per_pixel = 1;
    return info;
}

sepflow_rect NodePlan::input_region(const sepflow_rect &out, const sepflow_rect &domain) const {
    return intersected(out, domain);
}

namespace {

// Targets of the opaque pointers of node.h.
struct Node {
    const NodeKind *kind;
    const sepflow_host *host;
    Parameters parameters;
    PlanFormat format;  // of `plan`
    NodePlan *plan;     // the last one made, if the parameters are still its own

    void forget_plan();
};

Node *node_of(sepflow_node *node) {
    return reinterpret_cast<Node *>(node);
}
const Node *node_of(const sepflow_node *node) {
    return reinterpret_cast<const Node *>(node);
}
NodePlan *plan_of(sepflow_plan *plan) {
    return reinterpret_cast<NodePlan *>(plan);
}
const NodePlan *plan_of(const sepflow_plan *plan) {
    return reinterpret_cast<const NodePlan *>(plan);
}

void release(NodePlan *plan) {
    if (plan != nullptr && plan->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete plan;
}

void Node::forget_plan() {
    release(plan);
    plan = nullptr;
}

template <typename Pointer>
void require(Pointer pointer, const char *name) {
    if (pointer == nullptr) throw Error(SEPFLOW_E_INVALID, std::string(name) + " is NULL");
}

PlanFormat checked_format(const Node &node, const sepflow_config *given) {
    sepflow_config config = known_part(given, "config");
    if (config.flags != 0)
        throw Error(SEPFLOW_E_UNSUPPORTED, "config: flags that this version does not know");
    if (config.out_type == SEPFLOW_TYPE_NONE) config.out_type = config.in_type;
    if (config.channels < 1) throw Error(SEPFLOW_E_FORMAT, "config: channels must be at least 1");
    const auto &formats = *node.kind->formats;
    const bool known =
        std::any_of(formats.begin(), formats.end(), [&](const sepflow_format_pair &pair) {
            return pair.in_type == config.in_type && pair.out_type == config.out_type;
        });
    if (!known) throw Error(SEPFLOW_E_FORMAT, "this node does not accept that pair of pixel types");
    return {config.in_type, config.out_type, config.channels};
}

sepflow_status create(const sepflow_node_desc *desc, const sepflow_host *host, sepflow_node **node,
                      sepflow_error *error) {
    return guarded(error, [&] {
        require(desc, "desc");
        require(node, "node");
        if (host != nullptr) known_part(host, "host");
        const auto *kind = reinterpret_cast<const NodeKind *>(desc);
        Parameters parameters(desc->params, desc->param_count);
        *node = reinterpret_cast<sepflow_node *>(
            new Node{kind, host, std::move(parameters), {}, nullptr});
    });
}

void destroy(sepflow_node *node) {
    if (node == nullptr) return;
    node_of(node)->forget_plan();
    delete node_of(node);
}

sepflow_status set_param(sepflow_node *node, uint32_t index, const sepflow_value *value,
                         sepflow_error *error) {
    return guarded(error, [&] {
        require(node, "node");
        require(value, "value");
        node_of(node)->parameters.set(index, *value);
        node_of(node)->forget_plan();
    });
}

sepflow_status get_param(const sepflow_node *node, uint32_t index, sepflow_value *value,
                         sepflow_error *error) {
    return guarded(error, [&] {
        require(node, "node");
        fill(value, node_of(node)->parameters.get(index), "value");
    });
}

sepflow_status query_formats(const sepflow_node *node, uint32_t index, sepflow_format_pair *pair,
                             sepflow_error *error) {
    return guarded(error, [&] {
        require(node, "node");
        const auto &formats = *node_of(node)->kind->formats;
        if (index >= formats.size()) throw Error(SEPFLOW_E_INVALID, "no format has that index");
        fill(pair, formats[index], "pair");
    });
}

sepflow_status configure(sepflow_node *opaque, const sepflow_config *given, sepflow_plan **plan,
                         sepflow_error *error) {
    return guarded(error, [&] {
        require(opaque, "node");
        require(plan, "plan");
        *plan = nullptr;
        Node &node = *node_of(opaque);
        const PlanFormat format = checked_format(node, given);
        if (node.plan == nullptr || !(format == node.format)) {
            std::unique_ptr<NodePlan> made =
                node.kind->make_plan(node.parameters, format, node.host);
            made->creator = node.host;
            node.forget_plan();
            node.plan = made.release();
            node.format = format;
        }
        node.plan->owners.fetch_add(1, std::memory_order_relaxed);
        *plan = reinterpret_cast<sepflow_plan *>(node.plan);
    });
}

void plan_retain(sepflow_plan *plan) {
    if (plan != nullptr) plan_of(plan)->owners.fetch_add(1, std::memory_order_relaxed);
}

void plan_release(sepflow_plan *plan) {
    release(plan_of(plan));
}

sepflow_status plan_info(const sepflow_plan *plan, sepflow_plan_info *info) {
    return guarded(nullptr, [&] {
        require(plan, "plan");
        fill(info, plan_of(plan)->info(), "info");
    });
}

sepflow_status output_domain(const sepflow_plan *plan, const sepflow_rect *in, sepflow_rect *out) {
    return guarded(nullptr, [&] {
        require(plan, "plan");
        require(in, "in");
        require(out, "out");
        check_sane(*in, "in");
        *out = plan_of(plan)->output_domain(*in);
    });
}

sepflow_status input_region(const sepflow_plan *plan, uint32_t, const sepflow_rect *out,
                            const sepflow_rect *domain, sepflow_rect *in) {
    return guarded(nullptr, [&] {
        require(plan, "plan");
        require(out, "out");
        require(domain, "domain");
        require(in, "in");
        check_sane(*out, "out");
        check_sane(*domain, "domain");
        *in = plan_of(plan)->input_region(*out, *domain);
    });
}

sepflow_status process(const sepflow_plan *plan, const sepflow_process *call,
                       sepflow_error *error) {
    return guarded(error, [&] {
        require(plan, "plan");
        const sepflow_process known = known_part(call, "call");
        plan_of(plan)->process(known, known.host != nullptr ? known.host : plan_of(plan)->creator);
    });
}

}  // namespace

NodeKind make_node_kind(const NodeText &text, uint32_t flags,
                        const std::vector<sepflow_port_desc> &ports,
                        const std::vector<sepflow_param_desc> &params,
                        const std::vector<sepflow_format_pair> &formats, MakePlan make_plan) {
    NodeKind kind = {};
    sepflow_node_desc &desc = kind.desc;
    desc.struct_size = sizeof desc;
    desc.flags = flags;
    desc.id = text.id;
    desc.name = text.name;
    desc.summary = text.summary;
    desc.version = kVersion;
    desc.ports = ports.data();
    desc.port_count = static_cast<uint32_t>(ports.size());
    desc.params = params.data();
    desc.param_count = static_cast<uint32_t>(params.size());
    desc.create = create;
    desc.destroy = destroy;
    desc.set_param = set_param;
    desc.get_param = get_param;
    desc.query_formats = query_formats;
    desc.configure = configure;
    desc.plan_retain = plan_retain;
    desc.plan_release = plan_release;
    desc.plan_info = plan_info;
    desc.output_domain = output_domain;
    desc.input_region = input_region;
    desc.process = process;
    kind.formats = &formats;
    kind.make_plan = make_plan;
    return kind;
}

const sepflow_node_desc *desc_of(const NodeKind &(*kind)()) noexcept {
    const sepflow_node_desc *desc = nullptr;
    guarded(nullptr, [&] { desc = &kind().desc; });
    return desc;
}

sepflow_entry make_entry(const char *id, uint32_t node_count,
                         const sepflow_node_desc *(*node)(uint32_t)) {
    sepflow_entry entry = {};
    entry.struct_size = sizeof entry;
    entry.abi_major = SEPFLOW_ABI_MAJOR;
    entry.abi_minor_needed = SEPFLOW_ABI_MINOR_NEEDED;
    entry.image_size = sizeof(sepflow_image);
    entry.node_count = node_count;
    entry.id = id;
    entry.version = kVersion;
    entry.vendor = "The Sepflow authors";
    entry.license = "MIT";
    entry.node = node;
    entry.init = [](const sepflow_host *, sepflow_error *) -> sepflow_status { return SEPFLOW_OK; };
    entry.deinit = [] {};
    return entry;
}

}  // namespace sepflow
