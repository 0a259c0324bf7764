#include "plugins/gstreamer/properties.h"

#include <algorithm>
#include <array>
#include <cfloat>

#include "plugins/kit/descriptors.h"
#include "runtime/base/error.h"

namespace sepflow::gstreamer {

namespace {

constexpr int64_t kMostThreads = 1024;

// Frames keep their size, no pixel of theirs is missing, and the border is one for both axes.
bool is_hidden(const std::string &id) {
    constexpr std::array<const char *, 6> hidden = {"extent",  "border_x",      "border_y",
                                                    "missing", "missing_value", "keep_missing"};
    return std::find(hidden.begin(), hidden.end(), id) != hidden.end();
}

bool is_own(const std::string &id) {
    return id == "border" || id == "alpha" || id == "threads";
}

sepflow_param_desc border_desc() {
    sepflow_param_desc border = HostedFilter::param("border_x");
    border.id = "border";
    border.name = "Border";
    border.doc =
        "Pixels outside the frame. reflect101: its mirror image, the edge not repeated; "
        "reflect: the edge repeated; replicate: the edge; wrap: its other end; constant: "
        "border-value; truncate: nothing, and the taps inside are rescaled";
    return border;
}

std::vector<sepflow_param_desc> make_descs() {
    static const std::vector<const char *> alphas = {"keep", "straight"};
    std::vector<sepflow_param_desc> descs;
    for (const sepflow_param_desc &param : HostedFilter::params()) {
        if (is_hidden(param.id)) continue;
        descs.push_back(param);
        if (std::string(param.id) == "border_value")
            descs.back().doc = "Shade of grey of border 'constant', counted from black";
        if (std::string(param.id) != "kernel") continue;
        // An element does something as soon as it is there, so this kernel stands where the node
        // has none.
        descs.back().text_default = "gaussian 3";
        descs.back().doc =
            "The 2-D kernel as text: gaussian SIGMA, box N, disc RADIUS, log SIGMA, sobel x, "
            "motion "
            "LENGTH DEGREES, ROWSxCOLUMNS TAPS ..., file PATH and more; norm at the end scales the "
            "sum to 1";
        descs.push_back(border_desc());
        descs.push_back(
            choice_param({"alpha", "Alpha",
                          "keep: alpha stays unchanged and does not affect the colours; straight: "
                          "alpha is filtered and weights the colours",
                          nullptr},
                         "keep", alphas));
        descs.push_back(integer_param(
            {"threads", "Threads", "Threads that filter a frame; 0: one per CPU", nullptr}, 0, 0,
            kMostThreads));
    }
    return descs;
}

const std::vector<sepflow_param_desc> &descs() {
    static const std::vector<sepflow_param_desc> all = make_descs();
    return all;
}

// "GstSepflowBorder"; GLib keeps the list.
GType register_enum(const sepflow_param_desc &desc) {
    std::string name = std::string("GstSepflow") + desc.id;
    name[10] = g_ascii_toupper(name[10]);
    auto *values = g_new0(GEnumValue, desc.choice_count + 1);
    for (uint32_t i = 0; i < desc.choice_count; ++i)
        values[i] = {static_cast<gint>(i), desc.choices[i], desc.choices[i]};
    return g_enum_register_static(name.c_str(), values);
}

GParamSpec *param_spec(const sepflow_param_desc &desc) {
    const auto playing = static_cast<GParamFlags>(G_PARAM_READWRITE | GST_PARAM_MUTABLE_PLAYING);
    const auto flags = static_cast<GParamFlags>(playing | GST_PARAM_CONTROLLABLE);
    std::string id = desc.id;
    std::replace(id.begin(), id.end(), '_', '-');
    const char *name = id.c_str();
    const std::string doc = explained(desc);
    if (desc.type == SEPFLOW_VALUE_CHOICE) {
        return g_param_spec_enum(name, desc.name, desc.doc, register_enum(desc),
                                 choice_index(desc, desc.text_default), flags);
    }
    if (is_switch(desc))
        return g_param_spec_boolean(name, desc.name, desc.doc, desc.def != 0, flags);
    if (desc.type == SEPFLOW_VALUE_INT) {
        return g_param_spec_int(name, desc.name, doc.c_str(), G_MININT, G_MAXINT,
                                static_cast<gint>(desc.def), flags);
    }
    if (desc.type == SEPFLOW_VALUE_FLOAT) {
        return g_param_spec_double(name, desc.name, doc.c_str(), -DBL_MAX, DBL_MAX, desc.def,
                                   flags);
    }
    return g_param_spec_string(name, desc.name, desc.doc, desc.text_default, playing);
}

// As the filter checks the node's.
void check_limits(const sepflow_param_desc &desc, double number) {
    if (desc.type == SEPFLOW_VALUE_INT && (number < desc.min || number > desc.max))
        throw Error(SEPFLOW_E_PARAM, explained(desc) + ": the number lies outside its limits");
}

}  // namespace

Settings::Settings() {
    for (const sepflow_param_desc &desc : descs())
        values_.push_back({desc.text_default != nullptr ? desc.text_default : "", desc.def});
}

void Settings::install(GObjectClass *object_class) {
    guint id = 0;  // which GObject counts from 1
    for (const sepflow_param_desc &desc : descs())
        g_object_class_install_property(object_class, ++id, param_spec(desc));
}

void Settings::set(guint id, const GValue &value) {
    const sepflow_param_desc &desc = descs().at(id - 1);
    Value &own = values_.at(id - 1);
    if (desc.type == SEPFLOW_VALUE_CHOICE) {
        own.text = desc.choices[g_value_get_enum(&value)];
    } else if (is_switch(desc)) {
        own.number = g_value_get_boolean(&value) ? 1 : 0;
    } else if (desc.type == SEPFLOW_VALUE_INT) {
        own.number = g_value_get_int(&value);
    } else if (desc.type == SEPFLOW_VALUE_FLOAT) {
        own.number = g_value_get_double(&value);
    } else {
        const gchar *text = g_value_get_string(&value);
        own.text = text != nullptr ? text : "";
    }
}

void Settings::get(guint id, GValue &value) const {
    const sepflow_param_desc &desc = descs().at(id - 1);
    const Value &own = values_.at(id - 1);
    if (desc.type == SEPFLOW_VALUE_CHOICE) {
        g_value_set_enum(&value, choice_index(desc, own.text));
    } else if (is_switch(desc)) {
        g_value_set_boolean(&value, own.number != 0);
    } else if (desc.type == SEPFLOW_VALUE_INT) {
        g_value_set_int(&value, static_cast<gint>(own.number));
    } else if (desc.type == SEPFLOW_VALUE_FLOAT) {
        g_value_set_double(&value, own.number);
    } else {
        g_value_set_string(&value, own.text.c_str());
    }
}

void Settings::give(HostedFilter &filter) const {
    for (size_t i = 0; i < values_.size(); ++i) {
        const sepflow_param_desc &desc = descs()[i];
        if (is_own(desc.id)) {
            check_limits(desc, values_[i].number);
            continue;
        }
        if (desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_FLOAT) {
            filter.set(desc.id, values_[i].number);
        } else {
            filter.set(desc.id, values_[i].text);
        }
    }
}

// But no_files: a kernel that it refuses must not undo it.
void Settings::revert(const Settings &refused, const Settings &accepted) {
    const size_t kept = index_of("no_files");
    for (size_t i = 0; i < values_.size(); ++i) {
        if (i != kept && values_[i] == refused.values_[i]) values_[i] = accepted.values_[i];
    }
}

size_t Settings::index_of(const std::string &name) {
    for (size_t i = 0; i < descs().size(); ++i) {
        if (descs()[i].id == name) return i;
    }
    throw Error(SEPFLOW_E_INTERNAL, "there is no property '" + name + "'");
}

}  // namespace sepflow::gstreamer
