#include "plugins/gstreamer/settings.h"

#include <algorithm>
#include <array>

#include "plugins/kit/descriptors.h"

namespace sepflow::gstreamer {

namespace {

constexpr int64_t kMostThreads = 1024;

// Frames keep their size, no pixel of theirs is missing, and the border is one for both axes.
bool is_hidden(const std::string &id) {
    constexpr std::array<const char *, 6> hidden = {"extent",  "border_x",      "border_y",
                                                    "missing", "missing_value", "keep_missing"};
    return std::find(hidden.begin(), hidden.end(), id) != hidden.end();
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
        // An element filters from the start, so it has a kernel where the node has none.
        descs.back().text_default = "gaussian 3";
        descs.back().doc =
            "The 2-D kernel as text: gaussian SIGMA, box N, disc RADIUS, log SIGMA, sobel x, "
            "motion LENGTH DEGREES, ROWSxCOLUMNS TAPS ..., file PATH and more; norm at the end "
            "scales the "
            "sum to 1";
        descs.push_back(border_desc());
        descs.push_back(
            choice_param({"alpha", "Alpha",
                          "keep: alpha stays unchanged and does not affect the colours; "
                          "straight: alpha is filtered and weights the colours",
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

// "GstSepflowBorder"
GType choice_type(const sepflow_param_desc &desc) {
    std::string name = std::string("GstSepflow") + desc.id;
    name[10] = g_ascii_toupper(name[10]);
    return g_enum_register_static(name.c_str(), enum_values(desc));
}

GParamSpec *spec_of(const sepflow_param_desc &desc) {
    int flags = G_PARAM_READWRITE | GST_PARAM_MUTABLE_PLAYING;
    const bool is_choice = desc.type == SEPFLOW_VALUE_CHOICE;
    if (is_choice || desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_FLOAT)
        flags |= GST_PARAM_CONTROLLABLE;
    return param_spec(desc, is_choice ? choice_type(desc) : G_TYPE_INVALID,
                      static_cast<GParamFlags>(flags));
}

}  // namespace

Settings::Settings() : Properties(descs()) {}

void Settings::install(GObjectClass *object_class) {
    guint id = 0;  // which GObject counts from 1
    for (const sepflow_param_desc &desc : descs())
        g_object_class_install_property(object_class, ++id, spec_of(desc));
}

}  // namespace sepflow::gstreamer
