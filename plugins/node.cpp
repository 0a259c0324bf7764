#include "plugins/node.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <sepflow/sepflow.h>

#include "runtime/error.h"

namespace sepflow {

namespace {

#define SEPFLOW_TEXT_OF(number) #number
#define SEPFLOW_TEXT(number) SEPFLOW_TEXT_OF(number)
constexpr const char *kVersion = SEPFLOW_TEXT(SEPFLOW_VERSION_MAJOR) "." SEPFLOW_TEXT(
    SEPFLOW_VERSION_MINOR) "." SEPFLOW_TEXT(SEPFLOW_VERSION_PATCH);

void check_number(const sepflow_param_desc &desc, double value) {
    if (!std::isfinite(value))
        throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " is not a finite number");
    if (desc.min == 0 && desc.max == 0) return;
    if (value < desc.min || value > desc.max) {
        const auto text = [](double limit) {
            std::string digits = std::to_string(limit);
            digits.erase(digits.find_last_not_of('0') + 1);
            if (digits.back() == '.') digits.pop_back();
            return digits;
        };
        throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " must lie in " + text(desc.min) +
                                         " .. " + text(desc.max));
    }
}

void check_choice(const sepflow_param_desc &desc, const char *text) {
    std::string names;
    for (uint32_t i = 0; i < desc.choice_count; ++i) {
        if (std::strcmp(desc.choices[i], text) == 0) return;
        names += (i == 0 ? "" : ", ") + std::string(desc.choices[i]);
    }
    throw Error(SEPFLOW_E_PARAM,
                std::string(desc.id) + " cannot be '" + text + "'; it is one of " + names);
}

Parameters::Value checked_matrix(const sepflow_param_desc &desc, const sepflow_value &value) {
    Parameters::Value result;
    if (value.s != nullptr) {
        result.s = value.s;
        return result;
    }
    if (value.a == nullptr || value.rows < 1 || value.columns < 1) {
        throw Error(SEPFLOW_E_PARAM,
                    std::string(desc.id) + " needs text, or rows, columns and their values");
    }
    if (value.rows > desc.max_elements / value.columns) {
        throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " has more than " +
                                         std::to_string(desc.max_elements) + " values");
    }
    result.rows = value.rows;
    result.columns = value.columns;
    result.a.assign(value.a, value.a + value.rows * value.columns);
    if (!std::all_of(result.a.begin(), result.a.end(), [](double v) { return std::isfinite(v); })) {
        throw Error(SEPFLOW_E_PARAM,
                    std::string(desc.id) + " holds a value that is not a finite number");
    }
    return result;
}

Parameters::Value checked_value(const sepflow_param_desc &desc, const sepflow_value &value) {
    Parameters::Value result;
    switch (desc.type) {
        case SEPFLOW_VALUE_INT:
            result.i = value.type == SEPFLOW_VALUE_INT ? value.i : 0;
            check_number(desc, static_cast<double>(result.i));
            break;
        case SEPFLOW_VALUE_FLOAT:
            result.f = value.f;
            check_number(desc, result.f);
            break;
        case SEPFLOW_VALUE_MATRIX:
            result = checked_matrix(desc, value);
            break;
        default:
            if (value.s == nullptr)
                throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " needs text");
            if (desc.type == SEPFLOW_VALUE_CHOICE) check_choice(desc, value.s);
            result.s = value.s;
    }
    result.type = desc.type;
    result.is_set = true;
    return result;
}

Parameters::Value default_value(const sepflow_param_desc &desc) {
    Parameters::Value result;
    result.type = desc.type;
    result.is_set =
        desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_FLOAT || desc.text_default;
    result.i = static_cast<int64_t>(desc.def);
    result.f = desc.def;
    if (desc.text_default != nullptr) result.s = desc.text_default;
    return result;
}

}  // namespace

Parameters::Parameters(const sepflow_param_desc *descs, uint32_t count) : descs_(descs) {
    for (uint32_t i = 0; i < count; ++i) values_.push_back(default_value(descs[i]));
}

uint32_t Parameters::checked(uint32_t index) const {
    if (index >= values_.size())
        throw Error(SEPFLOW_E_INVALID, "there is no parameter of that index");
    return index;
}

void Parameters::set(uint32_t index, const sepflow_value &value) {
    const sepflow_param_desc &desc = descs_[checked(index)];
    try {
        if (value.struct_size < sizeof value) {
            throw Error(SEPFLOW_E_ABI,
                        "value: struct_size is too small; set it to sizeof(sepflow_value)");
        }
        if (value.type != desc.type)
            throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " is of another type");
        values_[index] = checked_value(desc, value);
    } catch (const Error &e) {
        throw Error(e.code(), e.what(), static_cast<int32_t>(index));
    }
}

sepflow_value Parameters::get(uint32_t index) const {
    const Value &value = values_[checked(index)];
    sepflow_value result = {};
    result.struct_size = sizeof result;
    result.type = value.type;
    result.rows = value.rows;
    result.columns = value.columns;
    result.i = value.i;
    result.f = value.f;
    result.a = value.a.empty() ? nullptr : value.a.data();
    result.s = value.is_set && value.a.empty() ? value.s.c_str() : nullptr;
    return result;
}

const Parameters::Value &Parameters::of(const char *id) const {
    size_t i = 0;
    while (std::strcmp(descs_[i].id, id) != 0) ++i;
    return values_[i];
}

int32_t Parameters::choice(const char *id) const {
    const auto place = &of(id) - values_.data();
    const sepflow_param_desc &desc = descs_[place];
    int32_t i = 0;
    while (values_[static_cast<size_t>(place)].s != desc.choices[i]) ++i;
    return i;
}

sepflow_plan_info NodePlan::info() const {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    info.variant = "generic";
    info.cost_per_pixel = 1;
    return info;
}

sepflow_rect NodePlan::input_region(const sepflow_rect &out, const sepflow_rect &domain) const {
    const int64_t x = std::max(out.x, domain.x), y = std::max(out.y, domain.y);
    return {x, y, std::max<int64_t>(std::min(out.x + out.w, domain.x + domain.w) - x, 0),
            std::max<int64_t>(std::min(out.y + out.h, domain.y + domain.h) - y, 0)};
}

namespace {

// What the opaque pointers of node.h point to.
struct Node {
    const NodeKind *kind;
    const sepflow_host *host;
    Parameters parameters;
    sepflow_config config;  // of `plan`
    NodePlan *plan;         // the last one made, if the parameters are still its own

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

// The config as far as its writer knew it, with every default filled in.
sepflow_config checked_config(const Node &node, const sepflow_config *given) {
    require(given, "config");
    if (given->struct_size < offsetof(sepflow_config, flags)) {
        throw Error(SEPFLOW_E_ABI,
                    "config: struct_size is too small; set it to sizeof(sepflow_config)");
    }
    sepflow_config config = {};
    std::memcpy(&config, given, std::min<size_t>(given->struct_size, sizeof config));
    config.struct_size = sizeof config;
    if (config.flags != 0)
        throw Error(SEPFLOW_E_UNSUPPORTED, "config: flags that this version does not know");
    if (config.out_type == SEPFLOW_TYPE_NONE) config.out_type = config.in_type;
    if (config.channels < 1) throw Error(SEPFLOW_E_FORMAT, "config: channels must be at least 1");
    const auto &formats = *node.kind->formats;
    const bool known =
        std::any_of(formats.begin(), formats.end(), [&](const sepflow_format_pair &pair) {
            return pair.in_type == config.in_type && pair.out_type == config.out_type;
        });
    if (!known) throw Error(SEPFLOW_E_FORMAT, "this node does not take that pair of pixel types");
    return config;
}

sepflow_status create(const sepflow_node_desc *desc, const sepflow_host *host, sepflow_node **node,
                      sepflow_error *error) {
    return guarded(error, [&] {
        require(desc, "desc");
        require(node, "node");
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
        require(value, "value");
        *value = node_of(node)->parameters.get(index);
    });
}

sepflow_status query_formats(const sepflow_node *node, uint32_t index, sepflow_format_pair *pair,
                             sepflow_error *error) {
    return guarded(error, [&] {
        require(node, "node");
        require(pair, "pair");
        const auto &formats = *node_of(node)->kind->formats;
        if (index >= formats.size())
            throw Error(SEPFLOW_E_INVALID, "there is no format of that index");
        *pair = formats[index];
    });
}

sepflow_status configure(sepflow_node *opaque, const sepflow_config *given, sepflow_plan **plan,
                         sepflow_error *error) {
    return guarded(error, [&] {
        require(opaque, "node");
        require(plan, "plan");
        *plan = nullptr;
        Node &node = *node_of(opaque);
        const sepflow_config config = checked_config(node, given);
        if (node.plan == nullptr || std::memcmp(&config, &node.config, sizeof config) != 0) {
            std::unique_ptr<NodePlan> made = node.kind->make_plan(node.parameters, config);
            made->creator = node.host;
            node.forget_plan();
            node.plan = made.release();
            node.config = config;
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
        require(info, "info");
        if (info->struct_size < sizeof info->struct_size)
            throw Error(SEPFLOW_E_ABI, "info: no struct_size");
        const uint32_t size = info->struct_size;
        const sepflow_plan_info own = plan_of(plan)->info();
        std::memcpy(info, &own, std::min<size_t>(size, sizeof own));
        info->struct_size = size;
    });
}

sepflow_status output_domain(const sepflow_plan *plan, const sepflow_rect *in, sepflow_rect *out) {
    return guarded(nullptr, [&] {
        require(plan, "plan");
        require(in, "in");
        require(out, "out");
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
        *in = plan_of(plan)->input_region(*out, *domain);
    });
}

sepflow_status process(const sepflow_plan *plan, const sepflow_process *call,
                       sepflow_error *error) {
    return guarded(error, [&] {
        require(plan, "plan");
        require(call, "call");
        if (call->struct_size < sizeof *call) {
            throw Error(SEPFLOW_E_ABI,
                        "call: struct_size is too small; set it to sizeof(sepflow_process)");
        }
        plan_of(plan)->process(*call, call->host != nullptr ? call->host : plan_of(plan)->creator);
    });
}

sepflow_port_desc port(const char *name, int32_t direction,
                       const std::vector<sepflow_type> &types) {
    sepflow_port_desc desc = {};
    desc.struct_size = sizeof desc;
    desc.direction = direction;
    desc.name = name;
    desc.min_channels = 1;
    desc.types = types.data();
    desc.type_count = static_cast<uint32_t>(types.size());
    return desc;
}

sepflow_param_desc param(const ParamText &text, sepflow_value_type type) {
    sepflow_param_desc desc = {};
    desc.struct_size = sizeof desc;
    desc.type = type;
    desc.flags = SEPFLOW_PARAM_SETUP;
    desc.id = text.id;
    desc.name = text.name;
    desc.doc = text.doc;
    desc.unit = text.unit;
    return desc;
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

sepflow_entry make_entry(const char *id, uint32_t node_count,
                         const sepflow_node_desc *(*node)(uint32_t)) {
    sepflow_entry entry = {};
    entry.struct_size = sizeof entry;
    entry.abi_major = SEPFLOW_ABI_MAJOR;
    entry.abi_minor_needed = SEPFLOW_ABI_TARGET_MINOR;
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

sepflow_port_desc input_port(const char *name, const std::vector<sepflow_type> &types) {
    return port(name, SEPFLOW_INPUT, types);
}

sepflow_port_desc output_port(const char *name, const std::vector<sepflow_type> &types) {
    return port(name, SEPFLOW_OUTPUT, types);
}

const std::vector<sepflow_type> &all_types() {
    static const std::vector<sepflow_type> types = {SEPFLOW_U8,  SEPFLOW_U16, SEPFLOW_S16,
                                                    SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};
    return types;
}

const std::vector<sepflow_format_pair> &same_type_formats() {
    static const std::vector<sepflow_format_pair> formats = [] {
        std::vector<sepflow_format_pair> pairs;
        for (sepflow_type type : all_types())
            pairs.push_back({sizeof(sepflow_format_pair), type, type});
        return pairs;
    }();
    return formats;
}

const std::vector<sepflow_format_pair> &all_formats() {
    static const std::vector<sepflow_format_pair> formats = [] {
        std::vector<sepflow_format_pair> pairs;
        for (sepflow_type in : all_types()) {
            for (sepflow_type out : all_types())
                pairs.push_back({sizeof(sepflow_format_pair), in, out});
        }
        return pairs;
    }();
    return formats;
}

sepflow_param_desc integer_param(const ParamText &text, int64_t def, int64_t min, int64_t max) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_INT);
    desc.def = static_cast<double>(def);
    desc.min = static_cast<double>(min);
    desc.max = static_cast<double>(max);
    return desc;
}

sepflow_param_desc number_param(const ParamText &text, double def, double min, double max) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_FLOAT);
    desc.def = def;
    desc.min = min;
    desc.max = max;
    return desc;
}

sepflow_param_desc text_param(const ParamText &text, const char *def) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_TEXT);
    desc.text_default = def;
    return desc;
}

sepflow_param_desc matrix_param(const ParamText &text, int64_t max_elements) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_MATRIX);
    desc.max_elements = max_elements;
    return desc;
}

sepflow_param_desc choice_param(const ParamText &text, const char *def,
                                const std::vector<const char *> &choices) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_CHOICE);
    desc.text_default = def;
    desc.choices = choices.data();
    desc.choice_count = static_cast<uint32_t>(choices.size());
    return desc;
}

}  // namespace sepflow
