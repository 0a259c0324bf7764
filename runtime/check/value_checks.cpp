// Values that nodes are given and give: copies, which live as long as node.h says; and values that
// are missing.
#include <cstring>

#include "runtime/check/appearance.h"
#include "runtime/check/check.h"
#include "runtime/check/picture.h"

namespace sepflow::check {

namespace {

// The value of a parameter, with memory of its own for what it points to.
struct Kept {
    sepflow_value value;
    std::string text;
    std::vector<double> taps;

    explicit Kept(const sepflow_value &from)
        : value(from),
          text(from.s != nullptr ? from.s : ""),
          taps(from.a, from.a != nullptr ? from.a + from.rows * from.columns : from.a) {}
    sepflow_value pointing_here() const {
        sepflow_value own = value;
        if (own.s != nullptr) own.s = text.c_str();
        if (own.a != nullptr) own.a = taps.data();
        return own;
    }
};

// Text and taps in memory that ends where they do. Nobody may touch it after the call.
std::unique_ptr<Guarded> set_from_lent_memory(Node &node, uint32_t index,
                                              const sepflow_value &value) {
    const size_t bytes = value.a != nullptr
                             ? static_cast<size_t>(value.rows * value.columns) * sizeof(double)
                             : std::strlen(value.s) + 1;
    auto memory = std::make_unique<Guarded>(bytes, true);
    sepflow_value from = value;
    if (value.a != nullptr) {
        std::memcpy(memory->data(), value.a, bytes);
        from.a = reinterpret_cast<const double *>(memory->data());
        from.s = nullptr;
    } else {
        std::memcpy(memory->data(), value.s, bytes);
        from.s = reinterpret_cast<const char *>(memory->data());
    }
    node.set(index, from);
    memory->forbid();
    return memory;
}

void own_values(Subject &subject) {
    const Format format = subject.any_format();
    const Node source = subject.node();
    Node plain = subject.node();
    const std::string wanted = appearance(subject, plain, format);
    Node node = subject.node();
    bool is_tried = false;
    std::vector<std::unique_ptr<Guarded>> lent;
    for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
        sepflow_value value = {};
        if (!source.try_get(i, &value) || (value.s == nullptr && value.a == nullptr)) continue;
        is_tried = true;
        lent.push_back(set_from_lent_memory(node, i, value));
        now_doing("get_param of a value whose memory is gone");
        require(same_value(node.value(i), source.value(i)),
                std::string("'") + subject.param(i).id + "' is not copied when it is set");
        require(appearance(subject, node, format) == wanted,
                std::string("'") + subject.param(i).id + "' is not copied for the plans to come");
    }
    if (!is_tried) throw Skipped{"it has no texts and no matrices"};
}

// Requires that the target of get_param's pointers stays until the next set_param or destroy,
// whatever else is called on this node or another.
void lifetimes(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    std::vector<std::pair<sepflow_value, Kept>> got;
    for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
        sepflow_value value = {};
        if (node.try_get(i, &value)) got.emplace_back(value, Kept(value));
    }
    if (got.empty()) throw Skipped{"it has no parameter that is set"};
    const auto check_all = [&](const std::string &what) {
        for (const auto &[value, kept] : got)
            require(same_value(value, kept.pointing_here()),
                    "what get_param points to changes by " + what);
    };
    now_doing("a look at what get_param pointed to");
    check_all("get_param of another parameter");
    appearance(subject, node, format);
    check_all("configure or process");
    for (const Variation &variation : subject.variations()) {
        Node other = subject.node();
        if (variation.index >= 0 && !other.try_set(variation).ok()) continue;
        for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
            sepflow_value value = {};
            other.try_get(i, &value);
        }
        check_all("set_param and get_param of another node");
    }
    check_all("destroy of another node");
}

// Nodes as create makes them: used for nothing, or used where a parameter must be set first.
void unset(Subject &subject) {
    const sepflow_node_desc &desc = subject.desc();
    const Node unused(desc, subject.host().get());
    bool needs_any = false;
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        const sepflow_param_desc param = subject.param(i);
        const bool has_text = param.type != SEPFLOW_VALUE_INT && param.type != SEPFLOW_VALUE_FLOAT;
        needs_any = needs_any || (has_text && param.text_default == nullptr);
        sepflow_value value = {};
        unused.try_get(i, &value);
    }
    if (!needs_any) throw Skipped{"all of its parameters have defaults"};
    for (const Format &format : subject.formats()) {
        Node node(desc, subject.host().get());
        Reply reply = {};
        require(node.try_configure(config_for(format, 16, 12), &reply) == nullptr,
                "configure makes a plan though a parameter without a default is not set");
    }
}

}  // namespace

std::vector<Check> value_checks() {
    return {
        {"own_values", "copies what a value points to", "Copy texts and matrices in set_param.",
         own_values},
        {"lifetimes", "keeps what get_param points to until the next set_param",
         "Point to the node's own copy in get_param, not to a buffer that is used again.",
         lifetimes},
        {"unset", "makes no plan while a parameter without a default is not set",
         "Return SEPFLOW_E_NOT_READY in configure while a parameter without a default is not set.",
         unset},
    };
}

}  // namespace sepflow::check
