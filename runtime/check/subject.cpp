#include "runtime/check/subject.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>

#include "runtime/error.h"
#include "runtime/host/value.h"
#include "runtime/image.h"
#include "runtime/structs.h"

namespace sepflow::check {

Library::Library(const std::string &file) : handle_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) {
        const char *why = dlerror();
        throw Failed{why != nullptr ? why : "it cannot be opened"};
    }
    void *const found = symbol(SEPFLOW_ENTRY_SYMBOL);
    require(found != nullptr, "it has no " SEPFLOW_ENTRY_SYMBOL);
    sepflow_entry_function function;
    std::memcpy(&function, &found, sizeof function);
    entry_ = ask_plainly("entry", function);
    require(entry_ != nullptr, "its entry is NULL");
}

Library::~Library() {
    close();
}

void Library::close() {
    if (handle_ == nullptr) return;
    now_doing("dlclose");
    dlclose(handle_);
    handle_ = nullptr;
    entry_ = nullptr;
}

void *Library::symbol(const char *name) const {
    return dlsym(handle_, name);
}

Plan::Plan(const sepflow_node_desc &desc, sepflow_plan *plan)
    : desc_(&desc), plan_(plan, [release = desc.plan_release](sepflow_plan *last) {
          now_doing("plan_release");
          release(last);
      }) {}

sepflow_plan_info Plan::info() const {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    const auto status =
        ask_plainly("plan_info", [&] { return desc_->plan_info(plan_.get(), &info); });
    require(status == SEPFLOW_OK, "plan_info fails: " + std::to_string(status));
    return info;
}

sepflow_rect Plan::output_domain(const sepflow_rect &in) const {
    sepflow_rect out = {};
    const auto status =
        ask_plainly("output_domain", [&] { return desc_->output_domain(plan_.get(), &in, &out); });
    require(status == SEPFLOW_OK && is_sane(out), "output_domain fails: " + std::to_string(status));
    return out;
}

sepflow_rect Plan::input_region(uint32_t port, const sepflow_rect &out,
                                const sepflow_rect &domain) const {
    sepflow_rect in = {};
    const auto status = ask_plainly(
        "input_region", [&] { return desc_->input_region(plan_.get(), port, &out, &domain, &in); });
    require(status == SEPFLOW_OK && is_sane(in), "input_region fails: " + std::to_string(status));
    const bool is_empty = in.w == 0 || in.h == 0;
    require(is_empty || contains(domain, in), "input_region leaves the input's domain");
    return in;
}

Node::Node(const sepflow_node_desc &desc, const sepflow_host *host)
    : desc_(desc), node_(nullptr, [](sepflow_node *) {}) {
    sepflow_node *made = nullptr;
    const Reply reply =
        ask("create", [&](sepflow_error *e) { return desc.create(&desc, host, &made, e); });
    require(reply.ok(), complaint("create", reply));
    require(made != nullptr, "create succeeds and makes no node");
    node_ = {made, desc.destroy};
}

Reply Node::try_set(uint32_t index, const sepflow_value &value) {
    const std::string id = index < desc_.param_count ? element(desc_.params, index).id : "?";
    return ask("set_param of '" + id + "'",
               [&](sepflow_error *e) { return desc_.set_param(node_.get(), index, &value, e); });
}

void Node::set(uint32_t index, const sepflow_value &value) {
    const Reply reply = try_set(index, value);
    const std::string id = element(desc_.params, index).id;
    require(reply.ok(), complaint("set_param of '" + id + "'", reply));
}

sepflow_value Node::value(uint32_t index) const {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    const Reply reply = ask("get_param", [&](sepflow_error *e) {
        return desc_.get_param(node_.get(), index, &value, e);
    });
    require(reply.ok(), complaint("get_param", reply));
    return value;
}

std::unique_ptr<Plan> Node::try_configure(const sepflow_config &config, Reply *reply) {
    sepflow_plan *made = nullptr;
    *reply = ask("configure",
                 [&](sepflow_error *e) { return desc_.configure(node_.get(), &config, &made, e); });
    if (!reply->ok()) return nullptr;
    require(made != nullptr, "configure succeeds and makes no plan");
    return std::make_unique<Plan>(desc_, made);
}

Plan Node::configure(const sepflow_config &config) {
    Reply reply = {};
    const auto plan = try_configure(config, &reply);
    require(plan != nullptr, complaint("configure", reply));
    return *plan;
}

std::string described(const Format &format) {
    return type_name(format.in) + " to " + type_name(format.out) + ", " +
           std::to_string(format.channels) + (format.channels == 1 ? " channel" : " channels");
}

sepflow_config config_for(const Format &format, int64_t w, int64_t h) {
    sepflow_config config = {};
    config.struct_size = sizeof config;
    config.in_type = format.in;
    config.out_type = format.out;
    config.channels = format.channels;
    config.domain_w = w;
    config.domain_h = h;
    return config;
}

Subject::Subject(const Target &target) : target_(target), library_(target.file) {
    const Reply reply = ask("init", [&](sepflow_error *e) { return entry().init(host_.get(), e); });
    require(reply.ok(), complaint("init", reply));
    if (target.node_id.empty()) return;
    for (uint32_t i = 0; i < entry().node_count; ++i) {
        const sepflow_node_desc *desc = entry().node(i);
        if (desc != nullptr && desc->id == target.node_id) desc_ = desc;
    }
    require(desc_ != nullptr, "it has no node '" + target.node_id + "' any more");
}

Subject::~Subject() {
    unload();
}

void Subject::unload() {
    if (library_.entry() == nullptr) return;
    now_doing("deinit");
    entry().deinit();
    library_.close();
}

const sepflow_param_desc &Subject::param(uint32_t index) const {
    return element(desc().params, index);
}

const sepflow_port_desc &Subject::port(uint32_t index) const {
    return element(desc().ports, index);
}

uint32_t Subject::inputs() const {
    uint32_t count = 0;
    while (count < desc().port_count && port(count).direction == SEPFLOW_INPUT) ++count;
    return count;
}

Node Subject::node(const sepflow_host *host) {
    Node node(desc(), host);
    set_needed(node);
    return node;
}

Node Subject::node(const Variation &variation) {
    Node made = node();
    if (variation.param >= 0)
        made.set(static_cast<uint32_t>(variation.param),
                 text_value(SEPFLOW_VALUE_CHOICE, variation.text));
    return made;
}

void Subject::set_needed(Node &node) {
    for (uint32_t i = 0; i < desc().param_count; ++i) {
        const sepflow_param_desc &desc = param(i);
        const auto setting = std::find_if(target_.settings.begin(), target_.settings.end(),
                                          [&](const Setting &s) { return s.param == desc.id; });
        if (setting != target_.settings.end()) {
            node.set(i, value_from_text(desc, setting->text));
        } else if (desc.text_default == nullptr && desc.type == SEPFLOW_VALUE_MATRIX) {
            node.set(i, matrix());
        } else if (desc.text_default == nullptr && desc.type == SEPFLOW_VALUE_CHOICE) {
            node.set(i, text_value(SEPFLOW_VALUE_CHOICE, desc.choices[0]));
        }
    }
}

Format Subject::any_format() {
    std::string why;
    for (const Format &format : formats()) {
        Reply reply = {};
        if (node().try_configure(config_for(format, 64, 48), &reply) != nullptr) return format;
        if (why.empty()) why = complaint("configure", reply);
    }
    for (uint32_t i = 0; i < desc().param_count; ++i) {
        const sepflow_param_desc &desc = param(i);
        if (desc.type == SEPFLOW_VALUE_TEXT && desc.text_default == nullptr)
            throw Skipped{std::string("'") + desc.id + "' has no default; give it with --set " +
                          desc.id + "=TEXT"};
    }
    throw Failed{"no plan by default parameters and any of its formats: " + why};
}

std::vector<Format> Subject::formats() {
    int32_t least = 1, most = 4;
    for (uint32_t i = 0; i < desc().port_count; ++i) {
        if (port(i).flags & (SEPFLOW_PORT_OPTIONAL | SEPFLOW_PORT_OWN_FORMAT)) continue;
        least = std::max(least, port(i).min_channels);
        if (port(i).max_channels > 0) most = std::min(most, port(i).max_channels);
    }
    std::vector<Format> formats;
    const Node node = this->node();
    for (uint32_t i = 0;; ++i) {
        sepflow_format_pair pair = {};
        pair.struct_size = sizeof pair;
        const Reply reply = ask("query_formats", [&](sepflow_error *e) {
            return desc().query_formats(node.get(), i, &pair, e);
        });
        if (!reply.ok()) break;
        require(i < 10000, "query_formats knows no end");
        for (const int32_t channels : {1, 3, 4, 2}) {
            if (channels >= least && channels <= most)
                formats.push_back({pair.in_type, pair.out_type, channels});
        }
        if (least > 4) formats.push_back({pair.in_type, pair.out_type, least});
    }
    require(!formats.empty(), "query_formats gives none");
    return formats;
}

std::vector<Variation> Subject::variations() const {
    std::vector<Variation> all = {{}};
    for (uint32_t i = 0; i < desc().param_count; ++i) {
        const sepflow_param_desc &desc = param(i);
        if (desc.type != SEPFLOW_VALUE_CHOICE) continue;
        for (uint32_t c = 0; c < desc.choice_count; ++c)
            all.push_back({static_cast<int32_t>(i), desc.choices[c]});
    }
    return all;
}

std::string Subject::described(const Variation &variation) const {
    if (variation.param < 0) return "by default";
    return std::string(param(static_cast<uint32_t>(variation.param)).id) + " " + variation.text;
}

const std::vector<double> &Subject::taps() {
    static const std::vector<double> taps = {1 / 32., 2 / 32., 3 / 32., 5 / 32., 8 / 32., 13 / 32.};
    return taps;
}

sepflow_value Subject::matrix() {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = SEPFLOW_VALUE_MATRIX;
    value.rows = 3;
    value.columns = 2;
    value.a = taps().data();
    return value;
}

sepflow_value text_value(sepflow_value_type type, const std::string &text) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = type;
    value.s = text.c_str();
    return value;
}

sepflow_value int_value(int64_t i) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = SEPFLOW_VALUE_INT;
    value.i = i;
    return value;
}

sepflow_value float_value(double f) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = SEPFLOW_VALUE_FLOAT;
    value.f = f;
    return value;
}

}  // namespace sepflow::check
