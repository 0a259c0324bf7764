#include "plugins/gegl/properties.h"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cstring>

#include "plugins/kit/descriptors.h"
#include "runtime/base/error.h"

namespace sepflow {

namespace {

constexpr float kBlack[] = {0, 0, 0, 1}, kWhite[] = {1, 1, 1, 1};

constexpr std::array<Beyond, 8> kBeyond = {{{"clamp", "replicate", nullptr, false, false},
                                            {"none", "constant", nullptr, true, false},
                                            {"loop", "wrap", nullptr, false, true},
                                            {"black", "constant", kBlack, false, false},
                                            {"white", "constant", kWhite, false, false},
                                            {"reflect101", "reflect101", nullptr, false, false},
                                            {"reflect", "reflect", nullptr, false, false},
                                            {"truncate", "truncate", nullptr, false, false}}};

// Sliders of numbers without limits, or with wide ones, go as far.
constexpr double kSliderEnd = 64;

// Not properties here: the border is one for both axes, the extent is the picture's, and GEGL knows
// no missing pixels.
bool is_hidden(const std::string &id) {
    static const std::array<const char *, 7> hidden = {"extent",       "border_x", "border_y",
                                                       "border_value", "missing",  "missing_value",
                                                       "keep_missing"};
    return std::find(hidden.begin(), hidden.end(), id) != hidden.end();
}

bool is_own(const std::string &id) {
    return id == "border" || id == "keep_alpha";
}

std::vector<sepflow_param_desc> make_descs() {
    static std::vector<const char *> names;
    for (const Beyond &beyond : kBeyond) names.push_back(beyond.name);
    std::vector<sepflow_param_desc> descs;
    for (const sepflow_param_desc &param : HostedFilter::params()) {
        if (is_hidden(param.id)) continue;
        descs.push_back(param);
        if (std::strcmp(param.id, "kernel") != 0) continue;
        descs.back().text_default = "gaussian 3";
        descs.push_back(
            choice_param({"border", "Border",
                          "Pixels outside the picture: its edge, nothing, its opposite edge, "
                          "black, white, its mirror image, or left out of the sum",
                          nullptr},
                         "clamp", names));
        descs.push_back(
            integer_param({"keep_alpha", "Keep alpha",
                           "Leave the opacity as it is, for kernels such as \"sobel x\" "
                           "whose taps do not sum to one",
                           nullptr},
                          0, 0, 1));
    }
    return descs;
}

const std::vector<sepflow_param_desc> &descs() {
    static const std::vector<sepflow_param_desc> all = make_descs();
    return all;
}

std::string enum_type_name(const sepflow_param_desc &desc) {
    return std::string("SepflowGegl_") + desc.id;
}

GParamSpec *number_spec(const sepflow_param_desc &desc, const char *name, GParamFlags flags) {
    const bool has_limits = desc.min != 0 || desc.max != 0;
    const double min = has_limits ? desc.min : -DBL_MAX, max = has_limits ? desc.max : DBL_MAX;
    const double from = std::max(min, -kSliderEnd), to = std::min(max, kSliderEnd);
    const std::string doc = explained(desc);
    if (desc.type == SEPFLOW_VALUE_FLOAT) {
        return gegl_param_spec_double(name, desc.name, doc.c_str(), -DBL_MAX, DBL_MAX, desc.def,
                                      from, to, 1, flags);
    }
    return gegl_param_spec_int(name, desc.name, doc.c_str(), G_MININT, G_MAXINT,
                               static_cast<gint>(desc.def), static_cast<gint>(from),
                               static_cast<gint>(to), 1, flags);
}

GParamSpec *param_spec(const sepflow_param_desc &desc) {
    const auto flags =
        static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_CONSTRUCT | GEGL_PARAM_PAD_INPUT);
    std::string name = desc.id;
    std::replace(name.begin(), name.end(), '_', '-');
    if (desc.type == SEPFLOW_VALUE_CHOICE) {
        return gegl_param_spec_enum(name.c_str(), desc.name, desc.doc,
                                    g_type_from_name(enum_type_name(desc).c_str()),
                                    choice_index(desc, desc.text_default), flags);
    }
    if (is_switch(desc))
        return g_param_spec_boolean(name.c_str(), desc.name, desc.doc, desc.def != 0, flags);
    if (desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_FLOAT)
        return number_spec(desc, name.c_str(), flags);
    return gegl_param_spec_string(name.c_str(), desc.name, desc.doc, FALSE, FALSE,
                                  desc.text_default, flags);
}

void give_one(HostedFilter &filter, const sepflow_param_desc &desc, const GValue &value) {
    if (desc.type == SEPFLOW_VALUE_CHOICE) {
        filter.set(desc.id, desc.choices[g_value_get_enum(&value)]);
    } else if (is_switch(desc)) {
        filter.set(desc.id, g_value_get_boolean(&value) ? 1.0 : 0.0);
    } else if (desc.type == SEPFLOW_VALUE_INT) {
        filter.set(desc.id, g_value_get_int(&value));
    } else if (desc.type == SEPFLOW_VALUE_FLOAT) {
        filter.set(desc.id, g_value_get_double(&value));
    } else {
        const gchar *text = g_value_get_string(&value);
        filter.set(desc.id, std::string(text != nullptr ? text : ""));
    }
}

}  // namespace

void Properties::register_enums(GTypeModule *module) {
    // GLib keeps the pointer.
    static std::vector<std::vector<GEnumValue>> lists;
    for (const sepflow_param_desc &desc : descs()) {
        if (desc.type != SEPFLOW_VALUE_CHOICE) continue;
        std::vector<GEnumValue> list;
        for (uint32_t i = 0; i < desc.choice_count; ++i)
            list.push_back({static_cast<gint>(i), desc.choices[i], desc.choices[i]});
        list.push_back({0, nullptr, nullptr});
        lists.push_back(std::move(list));
        g_type_module_register_enum(module, enum_type_name(desc).c_str(), lists.back().data());
    }
}

void Properties::install(GObjectClass *object_class) {
    guint id = 0;  // which GObject counts from 1
    for (const sepflow_param_desc &desc : descs())
        g_object_class_install_property(object_class, ++id, param_spec(desc));
}

Properties::Properties() : values_(descs().size(), GValue(G_VALUE_INIT)) {}

Properties::~Properties() {
    for (GValue &value : values_) {
        if (G_IS_VALUE(&value)) g_value_unset(&value);
    }
}

void Properties::set(guint id, const GValue *value) {
    GValue &own = values_.at(id - 1);
    if (!G_IS_VALUE(&own)) g_value_init(&own, G_VALUE_TYPE(value));
    g_value_copy(value, &own);
}

void Properties::get(guint id, GValue *value) const {
    g_value_copy(&values_.at(id - 1), value);
}

void Properties::give(HostedFilter &filter) const {
    for (size_t i = 0; i < values_.size(); ++i) {
        if (!is_own(descs()[i].id)) give_one(filter, descs()[i], values_[i]);
    }
    filter.set("border_x", beyond().border);
    filter.set("border_y", beyond().border);
}

const Beyond &Properties::beyond() const {
    return kBeyond.at(static_cast<size_t>(g_value_get_enum(&of("border"))));
}

bool Properties::keeps_alpha() const {
    return g_value_get_boolean(&of("keep_alpha"));
}

const GValue &Properties::of(const char *id) const {
    for (size_t i = 0; i < values_.size(); ++i) {
        if (std::strcmp(descs()[i].id, id) == 0) return values_[i];
    }
    throw Error(SEPFLOW_E_INTERNAL, std::string("there is no property ") + id);
}

}  // namespace sepflow
