#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <unistd.h>

#include "tests/check/mistakes.h"

namespace faulty {

sepflow_status fail(sepflow_error *error, sepflow_status code, const char *message, int32_t param) {
    if (has("null_error")) error->code = code;
    if (error == nullptr) return code;
    if (!has("long_error") && error->struct_size < SEPFLOW_ERROR_FIRST_SIZE) return code;
    if (has("no_message")) return code;
    error->code = code;
    error->param_index = param;
    std::snprintf(error->message, sizeof error->message, "%s", message);
    return code;
}

Halo halo_of(const Values &values) {
    const int64_t left = (values.columns - 1) / 2, top = (values.rows - 1) / 2;
    return {left, values.columns - 1 - left, top, values.rows - 1 - top};
}

namespace {

template <typename Struct>
void fill(Struct *to, const Struct &from) {
    const uint32_t size = to->struct_size;
    std::memcpy(to, &from, has("long_records") ? sizeof from : std::min<size_t>(size, sizeof from));
    to->struct_size = size;
}

constexpr sepflow_type kTypes[] = {SEPFLOW_U8, SEPFLOW_F32};
const char *const kEdges[] = {"replicate", "zero"};

void release(sepflow_plan *opaque) {
    auto *plan = reinterpret_cast<Plan *>(opaque);
    if (plan != nullptr && plan->owners.fetch_sub(1) == 1 && !has("leaks_plan")) delete plan;
}

void retain(sepflow_plan *plan) {
    if (plan != nullptr) ++reinterpret_cast<Plan *>(plan)->owners;
}

}  // namespace

void forget_plan(Node *node) {
    release(reinterpret_cast<sepflow_plan *>(node->plan));
    node->plan = nullptr;
}

namespace {

sepflow_status create(const sepflow_node_desc *, const sepflow_host *host, sepflow_node **node,
                      sepflow_error *error) {
    if (node == nullptr) return fail(error, SEPFLOW_E_INVALID, "no place for the node");
    if (!is_ready) return fail(error, SEPFLOW_E_NOT_READY, "not initialised");
    if (has("throws")) throw std::runtime_error("a fault");
    if (has("calls_null")) host->log(host->ctx, SEPFLOW_LOG_INFO, "test.faulty/1", "made");
    *node = reinterpret_cast<sepflow_node *>(new Node{host, {}});
    return SEPFLOW_OK;
}

void destroy(sepflow_node *opaque) {
    auto *node = reinterpret_cast<Node *>(opaque);
    if (node == nullptr) return;
    forget_plan(node);
    delete node;
}

sepflow_status set_kernel(Values &to, const sepflow_value &value, sepflow_error *error) {
    if (value.type != SEPFLOW_VALUE_MATRIX || (value.a == nullptr && value.s == nullptr))
        return fail(error, SEPFLOW_E_PARAM, "the kernel is a matrix", kKernel);
    if (value.a == nullptr) return fail(error, SEPFLOW_E_PARAM, "no kernel text", kKernel);
    if (value.rows < 1 || value.columns < 1 || value.rows > 6 || value.columns > 6)
        return fail(error, SEPFLOW_E_PARAM, "at most 6 by 6", kKernel);
    const std::vector<double> taps(value.a, value.a + value.rows * value.columns);
    for (const double tap : taps) {
        if (!std::isfinite(tap) && !has("takes_nan"))
            return fail(error, SEPFLOW_E_PARAM, "taps are finite", kKernel);
    }
    to.kernel = taps;
    to.rows = value.rows;
    to.columns = value.columns;
    return SEPFLOW_OK;
}

sepflow_status set_param(sepflow_node *opaque, uint32_t index, const sepflow_value *given,
                         sepflow_error *error) {
    auto *node = reinterpret_cast<Node *>(opaque);
    if (given == nullptr) return fail(error, SEPFLOW_E_INVALID, "value is NULL");
    if (index >= kParamCount) return fail(error, SEPFLOW_E_INVALID, "no such parameter");
    const sepflow_value value = known(given);
    const auto refuse = [&](const char *why) {
        return fail(error, SEPFLOW_E_PARAM, why,
                    has("names_no_param") ? -1 : static_cast<int32_t>(index));
    };
    Values changed = node->values;
    if (index == kKernel) {
        const sepflow_status status = set_kernel(changed, value, error);
        if (status != SEPFLOW_OK) return status;
    } else if (index == kGain) {
        if (value.type != SEPFLOW_VALUE_FLOAT) return refuse("gain is a number");
        if (!(value.f >= 0 && value.f <= 4) && !has("no_limits")) return refuse("0 .. 4");
        changed.gain = value.f;
    } else if (index == kOffset) {
        if (value.type != SEPFLOW_VALUE_INT) return refuse("offset is an integer");
        changed.offset = value.i;
    } else if (index == kOutside) {
        if (value.type != SEPFLOW_VALUE_FLOAT || std::isinf(value.f))
            return refuse("outside is a finite number, or NaN");
        changed.outside = value.f;
    } else {
        const bool is_text = value.type == SEPFLOW_VALUE_TEXT || value.type == SEPFLOW_VALUE_CHOICE;
        if (!is_text || value.s == nullptr) return refuse("text");
        const bool is_edge =
            std::strcmp(value.s, kEdges[0]) == 0 || std::strcmp(value.s, kEdges[1]) == 0;
        if (index == kEdge && !is_edge) return refuse("replicate or zero");
        (index == kEdge ? changed.edge : changed.label) = has("forgets") ? "zero" : value.s;
    }
    node->values = changed;
    forget_plan(node);
    return SEPFLOW_OK;
}

sepflow_status get_param(const sepflow_node *opaque, uint32_t index, sepflow_value *value,
                         sepflow_error *error) {
    const auto *node = reinterpret_cast<const Node *>(opaque);
    if (value == nullptr) return fail(error, SEPFLOW_E_INVALID, "value is NULL");
    if (index >= kParamCount) return fail(error, SEPFLOW_E_INVALID, "no such parameter");
    const sepflow_value_type types[] = {SEPFLOW_VALUE_MATRIX, SEPFLOW_VALUE_FLOAT,
                                        SEPFLOW_VALUE_CHOICE, SEPFLOW_VALUE_TEXT,
                                        SEPFLOW_VALUE_INT,    SEPFLOW_VALUE_FLOAT};
    const Values &values = node->values;
    sepflow_value found = {};
    found.type = types[index];
    if (index == kKernel) {
        found.a = values.kernel.empty() ? nullptr : values.kernel.data();
        found.rows = values.rows;
        found.columns = values.columns;
    }
    if (index == kGain) found.f = has("other_default") ? values.gain + 1 : values.gain;
    if (index == kEdge) found.s = values.edge.c_str();
    if (index == kLabel) found.s = values.label.c_str();
    if (index == kOffset) found.i = values.offset;
    if (index == kOutside) found.f = values.outside;
    fill(value, found);
    return SEPFLOW_OK;
}

sepflow_status query_formats(const sepflow_node *, uint32_t index, sepflow_format_pair *pair,
                             sepflow_error *error) {
    if (pair == nullptr) return fail(error, SEPFLOW_E_INVALID, "pair is NULL");
    if (index >= 2 && !has("endless_formats"))
        return fail(error, SEPFLOW_E_INVALID, "past the last");
    sepflow_format_pair found = {};
    found.in_type = found.out_type = kTypes[index % 2];
    fill(pair, found);
    return SEPFLOW_OK;
}

sepflow_status configure(sepflow_node *opaque, const sepflow_config *given, sepflow_plan **plan,
                         sepflow_error *error) {
    auto *node = reinterpret_cast<Node *>(opaque);
    if (given == nullptr || plan == nullptr) return fail(error, SEPFLOW_E_INVALID, "NULL");
    *plan = nullptr;
    if (given->struct_size < SEPFLOW_CONFIG_FIRST_SIZE)
        return fail(error, SEPFLOW_E_ABI, "config is cut short");
    sepflow_config config = known(given);
    if (config.flags != 0 && !has("any_flag"))
        return fail(error, SEPFLOW_E_UNSUPPORTED, "a flag of a later version");
    if (config.out_type == 0) config.out_type = config.in_type;
    const bool is_offered = config.in_type == config.out_type &&
                            (config.in_type == kTypes[0] || config.in_type == kTypes[1]);
    if (config.channels < 1 || (!is_offered && !has("any_format")))
        return fail(error, SEPFLOW_E_FORMAT, "u8 or f32, to itself");
    if (has("one_format") && config.in_type == SEPFLOW_F32)
        return fail(error, SEPFLOW_E_FORMAT, "u8 only");
    if (node->values.kernel.empty()) return fail(error, SEPFLOW_E_NOT_READY, "no kernel");
    if (has("hangs")) pause();
    if (node->plan == nullptr || has("new_plan") ||
        std::memcmp(&config, &node->plan->config, sizeof config) != 0) {
        forget_plan(node);
        node->plan = new Plan{node->values, node, node->host, config};
    }
    ++node->plan->owners;
    *plan = reinterpret_cast<sepflow_plan *>(node->plan);
    return SEPFLOW_OK;
}

sepflow_status plan_info(const sepflow_plan *opaque, sepflow_plan_info *info) {
    const auto *plan = reinterpret_cast<const Plan *>(opaque);
    if (info == nullptr) return SEPFLOW_E_INVALID;
    const Halo halo = halo_of(plan->values);
    sepflow_plan_info found = {};
    found.left = has("negative_halo") ? -1 : halo.left;
    found.right = halo.right;
    found.top = halo.top;
    found.bottom = has("short_halo") ? halo.bottom - 1 : halo.bottom;
    found.flags = has("no_identity") ? SEPFLOW_PLAN_IDENTITY : 0;
    found.error_bound = 1e-6;
    // Small domains are computed in one piece; the most that scratch is asked for is 16 MiB.
    const int64_t w = plan->config.domain_w, h = plan->config.domain_h;
    const bool is_small = w < 1 << 10 && h < 1 << 10;
    const int64_t samples = is_small ? std::max<int64_t>(w * h, 1) * plan->config.channels : 0;
    found.scratch_bytes = static_cast<uint64_t>(samples + 1) * sizeof(double);
    found.variant = "generic";
    found.method = "direct";
    fill(info, found);
    return SEPFLOW_OK;
}

sepflow_status output_domain(const sepflow_plan *, const sepflow_rect *in, sepflow_rect *out) {
    if (in == nullptr || out == nullptr) return SEPFLOW_E_INVALID;
    *out = *in;
    return SEPFLOW_OK;
}

bool is_sane(const sepflow_rect &r) {
    constexpr int64_t kMost = int64_t{1} << 48;
    const auto is_place = [](int64_t v) { return v > -kMost && v < kMost; };
    const auto is_size = [](int64_t v) { return v >= 0 && v < kMost; };
    return is_place(r.x) && is_place(r.y) && is_size(r.w) && is_size(r.h);
}

sepflow_status input_region(const sepflow_plan *opaque, uint32_t, const sepflow_rect *out,
                            const sepflow_rect *domain, sepflow_rect *in) {
    const auto *plan = reinterpret_cast<const Plan *>(opaque);
    if (out == nullptr || domain == nullptr || in == nullptr) return SEPFLOW_E_INVALID;
    if (!is_sane(*out) || !is_sane(*domain)) return SEPFLOW_E_INVALID;
    Halo halo = halo_of(plan->values);
    if (has("short_region")) halo.right = 0;
    const sepflow_rect &d = *domain;
    if (out->w == 0 || out->h == 0) {
        *in = {d.x, d.y, 0, 0};
        return SEPFLOW_OK;
    }
    const int64_t reach = has("region_outside") ? 1 : 0;
    const int64_t x = std::max(out->x - halo.left, d.x),
                  y = std::max(out->y - halo.top, d.y - reach),
                  end_x = std::min(out->x + out->w + halo.right, d.x + d.w),
                  end_y = std::min(out->y + out->h + halo.bottom, d.y + d.h);
    *in = {x, y, end_x - x, end_y - y};
    return SEPFLOW_OK;
}

sepflow_port_desc port(const char *name, int32_t direction, uint32_t flags = 0) {
    return {sizeof(sepflow_port_desc), direction, flags, 2, name, 1, 0, kTypes};
}

sepflow_param_desc param(sepflow_value_type type, const char *id, const char *text_default) {
    sepflow_param_desc desc = {};
    desc.struct_size = sizeof desc;
    desc.type = type;
    desc.id = desc.name = id;
    desc.doc = "";
    desc.text_default = text_default;
    return desc;
}

sepflow_node_desc make_desc() {
    static const sepflow_port_desc ports[] = {
        port("in", SEPFLOW_INPUT),
        port("mask", SEPFLOW_INPUT, SEPFLOW_PORT_OPTIONAL | SEPFLOW_PORT_OWN_FORMAT),
        port("out", SEPFLOW_OUTPUT)};
    static sepflow_param_desc params[] = {param(SEPFLOW_VALUE_MATRIX, "kernel", nullptr),
                                          param(SEPFLOW_VALUE_FLOAT, "gain", nullptr),
                                          param(SEPFLOW_VALUE_CHOICE, "edge", "replicate"),
                                          param(SEPFLOW_VALUE_TEXT, "label", "a"),
                                          param(SEPFLOW_VALUE_INT, "offset", nullptr),
                                          param(SEPFLOW_VALUE_FLOAT, "outside", nullptr)};
    params[kOutside].flags |= SEPFLOW_PARAM_NAN;
    params[kKernel].max_elements = 36;
    params[kGain].max = 4;
    params[kGain].def = has("default_outside") ? 5 : 1;
    params[kEdge].choices = kEdges;
    params[kEdge].choice_count = 2;
    sepflow_node_desc desc = {};
    desc.struct_size = has("short_descriptor") ? offsetof(sepflow_node_desc, process) : sizeof desc;
    desc.flags = SEPFLOW_NODE_PURE | SEPFLOW_NODE_TILE_EXACT | SEPFLOW_NODE_THREAD_EXACT |
                 SEPFLOW_NODE_IN_PLACE;
    desc.id = has("no_generation") ? "test.faulty" : "test.faulty/1";
    desc.name = desc.summary = "Faulty";
    desc.version = "1";
    desc.port_count = 3;
    desc.ports = ports;
    desc.param_count = kParamCount;
    desc.params = params;
    desc.create = create;
    desc.destroy = destroy;
    desc.set_param = set_param;
    desc.get_param = get_param;
    desc.query_formats = query_formats;
    desc.configure = configure;
    desc.plan_retain = retain;
    desc.plan_release = release;
    desc.plan_info = plan_info;
    desc.output_domain = output_domain;
    desc.input_region = input_region;
    desc.process = process;
    return desc;
}

}  // namespace

const sepflow_node_desc &correct() {
    static const sepflow_node_desc desc = make_desc();
    return desc;
}

}  // namespace faulty
