#include "runtime/check/subject.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

#include "runtime/base/error.h"
#include "runtime/base/image.h"
#include "runtime/base/structs.h"
#include "runtime/base/value.h"
#include "runtime/check/picture.h"

namespace sepflow::check {

namespace {

// Calls a function that ends something, from a destructor, which cannot throw: what it throws ends
// the check.
template <typename End>
void end_by(const std::string &function, End &&end) {
    now_doing(function);
    const uint64_t modes = fpu_modes();
    try {
        end();
        if (fpu_modes() == modes) return;
        last_words(function + ", which changes the FPU's modes");
    } catch (...) {
        last_words(function + ", which threw");
    }
    std::abort();
}

}  // namespace

Library::Library(const std::string &file) : handle_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) {
        const char *why = dlerror();
        throw Failed{why != nullptr ? why : "it cannot be opened"};
    }
    now_doing("dlsym");
    void *const found = dlsym(handle_, SEPFLOW_ENTRY_SYMBOL);
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

Plan::Plan(const sepflow_node_desc &desc, sepflow_plan *plan)
    : desc_(&desc), plan_(plan, [release = desc.plan_release](sepflow_plan *last) {
          end_by("plan_release", [&] { release(last); });
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
    require(is_empty(in) || contains(domain, in), "input_region leaves the input's domain");
    return in;
}

void Node::Destroy::operator()(sepflow_node *node) const {
    end_by("destroy", [&] { function(node); });
}

Node::Node(const sepflow_node_desc &desc, const sepflow_host *host)
    : desc_(desc), node_(nullptr, Destroy{nullptr}) {
    sepflow_node *made = nullptr;
    const Reply reply =
        ask("create", [&](sepflow_error *e) { return desc.create(&desc, host, &made, e); });
    require_ok("create", reply);
    require(made != nullptr, "create succeeds and makes no node");
    node_ = {made, Destroy{desc.destroy}};
}

Reply Node::try_set(uint32_t index, const sepflow_value &value) {
    const std::string id = index < desc_.param_count ? element(desc_.params, index).id : "?";
    const std::string what = "set_param of '" + id + "'";
    const Reply reply =
        ask(what, [&](sepflow_error *e) { return desc_.set_param(node_.get(), index, &value, e); });
    require_known_param(what, reply);
    return reply;
}

void Node::require_known_param(const std::string &function, const Reply &reply) const {
    require(reply.param_index < static_cast<int32_t>(desc_.param_count),
            "its " + function + " failed and names parameter " + std::to_string(reply.param_index) +
                ", of " + std::to_string(desc_.param_count));
}

Reply Node::try_set(const Variation &variation) {
    return try_set(static_cast<uint32_t>(variation.index), variation.value());
}

void Node::set(uint32_t index, const sepflow_value &value) {
    require_ok("set_param of '" + std::string(element(desc_.params, index).id) + "'",
               try_set(index, value));
}

bool Node::try_get(uint32_t index, sepflow_value *value) const {
    *value = {};
    value->struct_size = sizeof *value;
    return ask("get_param",
               [&](sepflow_error *e) { return desc_.get_param(node_.get(), index, value, e); })
        .ok();
}

sepflow_value Node::value(uint32_t index) const {
    sepflow_value value = {};
    require(try_get(index, &value),
            std::string("get_param of '") + element(desc_.params, index).id + "' fails");
    return value;
}

std::unique_ptr<Plan> Node::try_configure(const sepflow_config &config, Reply *reply) {
    sepflow_plan *made = nullptr;
    const LentStruct<sepflow_config> lent(config, config.struct_size);
    *reply = ask("configure", [&](sepflow_error *e) {
        return desc_.configure(node_.get(), lent.get(), &made, e);
    });
    require_known_param("configure", *reply);
    if (!reply->ok()) return nullptr;
    require(made != nullptr, "configure succeeds and makes no plan");
    return std::make_unique<Plan>(desc_, made);
}

Plan Node::configure(const sepflow_config &config) {
    Reply reply = {};
    const auto plan = try_configure(config, &reply);
    require_ok("configure", reply);
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

Subject::Subject(const Target &target, const ProcessState &before)
    : target_(target), before_(before), library_(std::make_unique<Library>(target.file)) {
    const Reply reply = ask("init", [&](sepflow_error *e) { return entry().init(host_.get(), e); });
    require_ok("init", reply);
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
    if (library_->entry() == nullptr) return;
    now_doing("deinit");
    entry().deinit();
    library_->close();
}

sepflow_param_desc Subject::param(uint32_t index) const {
    return element(desc().params, index);
}

sepflow_port_desc Subject::port(uint32_t index) const {
    return element(desc().ports, index);
}

uint32_t Subject::inputs() const {
    uint32_t count = 0;
    while (count < desc().port_count && port(count).direction == SEPFLOW_INPUT) ++count;
    return count;
}

bool Subject::is_optional(uint32_t index) const {
    return (port(index).flags & SEPFLOW_PORT_OPTIONAL) != 0;
}

Node Subject::node(const sepflow_host *host) {
    Node node(desc(), host);
    set_needed(node);
    return node;
}

Node Subject::node(const Variation &variation) {
    Node made = node();
    if (variation.index >= 0) made.set(static_cast<uint32_t>(variation.index), variation.value());
    return made;
}

void Subject::set_needed(Node &node) {
    for (uint32_t i = 0; i < desc().param_count; ++i) {
        const sepflow_param_desc desc = param(i);
        const auto setting = std::find_if(target_.settings.begin(), target_.settings.end(),
                                          [&](const Setting &s) { return s.param == desc.id; });
        if (setting != target_.settings.end()) {
            node.set(i, value_from_text(desc, setting->text));
        } else if (desc.text_default == nullptr && desc.type == SEPFLOW_VALUE_MATRIX) {
            for (const sepflow_value &matrix : matrices()) {
                const Reply reply = node.try_set(i, matrix);
                if (reply.ok()) break;
                if (reply.status == SEPFLOW_E_MEMORY) require_ok("set_param", reply);
            }
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
        const sepflow_param_desc desc = param(i);
        const bool has_text = desc.type == SEPFLOW_VALUE_TEXT || desc.type == SEPFLOW_VALUE_MATRIX;
        const bool is_set = std::any_of(target_.settings.begin(), target_.settings.end(),
                                        [&](const Setting &s) { return s.param == desc.id; });
        if (has_text && desc.text_default == nullptr && !is_set)
            throw Skipped{std::string("'") + desc.id + "' has no default; give it with --set " +
                          desc.id + "=TEXT"};
    }
    throw Failed{"no plan by default parameters and any of its formats: " + why};
}

std::pair<int32_t, int32_t> Subject::channels() const {
    int32_t least = 1, most = INT32_MAX;
    for (uint32_t i = 0; i < desc().port_count; ++i) {
        if (port(i).flags & (SEPFLOW_PORT_OPTIONAL | SEPFLOW_PORT_OWN_FORMAT)) continue;
        least = std::max(least, port(i).min_channels);
        if (port(i).max_channels > 0) most = std::min(most, port(i).max_channels);
    }
    return {least, most};
}

std::vector<Format> Subject::formats() {
    const auto [least, most] = channels();
    if (least > most) throw Skipped{"no count of channels suits all of its ports"};
    std::vector<Format> formats;
    const Node node = this->node();
    for (uint32_t i = 0;; ++i) {
        sepflow_format_pair pair = {};
        pair.struct_size = sizeof pair;
        const Reply reply = ask("query_formats", [&](sepflow_error *e) {
            return desc().query_formats(node.get(), i, &pair, e);
        });
        if (!reply.ok()) break;
        require(i < 10000, "query_formats has no end");
        for (const int32_t count : {1, 3, 4, 2}) {
            if (count >= least && count <= most)
                formats.push_back({pair.in_type, pair.out_type, count});
        }
        if (least > 4) formats.push_back({pair.in_type, pair.out_type, least});
    }
    require(!formats.empty(), "query_formats gives none");
    return formats;
}

std::vector<Variation> Subject::variations() const {
    std::vector<Variation> all = {{}};
    for (uint32_t index = 0; index < desc().param_count; ++index) {
        const sepflow_param_desc desc = param(index);
        Variation variation;
        variation.index = static_cast<int32_t>(index);
        variation.type = desc.type;
        for (uint32_t c = 0; c < desc.choice_count; ++c) {
            variation.text = desc.choices[c];
            all.push_back(variation);
        }
        if (desc.type == SEPFLOW_VALUE_MATRIX) all.push_back(variation);
        for (const double limit : {desc.min, desc.max}) {
            const bool is_int = std::fabs(limit) < 9e15 && desc.type == SEPFLOW_VALUE_INT;
            const bool is_float = std::isfinite(limit) && desc.type == SEPFLOW_VALUE_FLOAT;
            if (!has_limits(desc) || (!is_int && !is_float)) continue;
            variation.i = is_int ? static_cast<int64_t>(limit) : 0;
            variation.f = limit;
            all.push_back(variation);
        }
        variation.f = 0.75 * desc.def + 0.375;
        if (desc.type == SEPFLOW_VALUE_FLOAT && !has_limits(desc)) all.push_back(variation);
    }
    return all;
}

std::string Subject::described(const Variation &variation) const {
    if (variation.index < 0) return "by default";
    const std::string id = std::string(param(static_cast<uint32_t>(variation.index)).id) + " ";
    if (variation.type == SEPFLOW_VALUE_INT) return id + std::to_string(variation.i);
    if (variation.type == SEPFLOW_VALUE_FLOAT) return id + std::to_string(variation.f);
    if (variation.type != SEPFLOW_VALUE_MATRIX) return id + variation.text;
    const sepflow_value value = variation.value();
    return id + "of " + std::to_string(value.rows) + " x " + std::to_string(value.columns);
}

sepflow_value Variation::value() const {
    if (type == SEPFLOW_VALUE_MATRIX) return matrices()[matrix];
    sepflow_value value = text_value(type, text.c_str());
    value.i = i;
    value.f = f;
    return value;
}

const std::vector<sepflow_value> &matrices() {
    // 3 rows and 2 columns without any symmetry; the same with a column more; one tap; the
    // identity.
    static const double odd[] = {1 / 32., 2 / 32., 3 / 32., 5 / 32., 8 / 32., 13 / 32.};
    static const double square[] = {1 / 64., 2 / 64.,  3 / 64.,  5 / 64., 8 / 64.,
                                    9 / 64., 10 / 64., 12 / 64., 14 / 64.};
    static const double one[] = {1}, identity[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    static const std::vector<sepflow_value> all = [] {
        std::vector<sepflow_value> values(4, value_of(SEPFLOW_VALUE_MATRIX));
        const double *const taps[] = {odd, square, one, identity};
        const int64_t sizes[][2] = {{3, 2}, {3, 3}, {1, 1}, {3, 3}};
        for (size_t i = 0; i < values.size(); ++i) {
            values[i].rows = sizes[i][0];
            values[i].columns = sizes[i][1];
            values[i].a = taps[i];
        }
        return values;
    }();
    return all;
}

sepflow_value value_of(sepflow_value_type type) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = type;
    return value;
}

sepflow_value text_value(sepflow_value_type type, const char *text) {
    sepflow_value value = value_of(type);
    value.s = text;
    return value;
}

sepflow_value int_value(int64_t i) {
    sepflow_value value = value_of(SEPFLOW_VALUE_INT);
    value.i = i;
    return value;
}

sepflow_value float_value(double f) {
    sepflow_value value = value_of(SEPFLOW_VALUE_FLOAT);
    value.f = f;
    return value;
}

bool has_limits(const sepflow_param_desc &desc) {
    const bool is_number = desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_FLOAT;
    return is_number && (desc.min != 0 || desc.max != 0);
}

bool same_value(const sepflow_value &a, const sepflow_value &b) {
    const auto text = [](const sepflow_value &v) { return std::string(v.s != nullptr ? v.s : ""); };
    const auto taps = [](const sepflow_value &v) {
        return v.a != nullptr ? std::vector<double>(v.a, v.a + v.rows * v.columns)
                              : std::vector<double>();
    };
    if (a.type != b.type) return false;
    if (a.type == SEPFLOW_VALUE_INT) return a.i == b.i;
    if (a.type == SEPFLOW_VALUE_FLOAT) return std::memcmp(&a.f, &b.f, sizeof a.f) == 0;
    return text(a) == text(b) && taps(a) == taps(b);
}

}  // namespace sepflow::check
