#include "plugins/gegl/settings.h"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cstring>

#include "plugins/kit/descriptors.h"

namespace sepflow::gegl {

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

GParamSpec *number_spec(const sepflow_param_desc &desc, GParamFlags flags) {
    const bool has_limits = desc.min != 0 || desc.max != 0;
    const double min = has_limits ? desc.min : -DBL_MAX, max = has_limits ? desc.max : DBL_MAX;
    const double from = std::max(min, -kSliderEnd), to = std::min(max, kSliderEnd);
    const std::string doc = explained(desc);
    if (desc.type == SEPFLOW_VALUE_FLOAT) {
        return gegl_param_spec_double(desc.id, desc.name, doc.c_str(), -DBL_MAX, DBL_MAX, desc.def,
                                      from, to, 1, flags);
    }
    return gegl_param_spec_int(desc.id, desc.name, doc.c_str(), G_MININT, G_MAXINT,
                               static_cast<gint>(desc.def), static_cast<gint>(from),
                               static_cast<gint>(to), 1, flags);
}

GParamSpec *spec_of(const sepflow_param_desc &desc) {
    const auto flags =
        static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_CONSTRUCT | GEGL_PARAM_PAD_INPUT);
    if (desc.type == SEPFLOW_VALUE_CHOICE) {
        return gegl_param_spec_enum(desc.id, desc.name, desc.doc,
                                    g_type_from_name(enum_type_name(desc).c_str()),
                                    choice_index(desc, desc.text_default), flags);
    }
    if (is_switch(desc))
        return g_param_spec_boolean(desc.id, desc.name, desc.doc, desc.def != 0, flags);
    if (desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_FLOAT)
        return number_spec(desc, flags);
    return gegl_param_spec_string(desc.id, desc.name, desc.doc, FALSE, FALSE, desc.text_default,
                                  flags);
}

}  // namespace

Settings::Settings() : Properties(descs()) {}

void Settings::register_enums(GTypeModule *module) {
    for (const sepflow_param_desc &desc : descs()) {
        if (desc.type == SEPFLOW_VALUE_CHOICE)
            g_type_module_register_enum(module, enum_type_name(desc).c_str(), enum_values(desc));
    }
}

void Settings::install(GObjectClass *object_class) {
    guint id = 0;  // which GObject counts from 1
    for (const sepflow_param_desc &desc : descs())
        g_object_class_install_property(object_class, ++id, spec_of(desc));
}

void Settings::give(HostedFilter &filter) const {
    Properties::give(filter);
    filter.set("border_x", beyond().border);
    filter.set("border_y", beyond().border);
}

const Beyond &Settings::beyond() const {
    return *std::find_if(kBeyond.begin(), kBeyond.end(),
                         [&](const Beyond &beyond) { return beyond.name == text("border"); });
}

}  // namespace sepflow::gegl
