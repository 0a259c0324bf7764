#include "plugins/vips/arguments.h"

#include <algorithm>
#include <cfloat>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/base/error.h"

namespace sepflow {

namespace {

constexpr char kBorder[] = "border";

sepflow_param_desc border_of_both(sepflow_param_desc desc) {
    desc.id = kBorder;
    desc.name = "Border";
    desc.doc = "Pixels outside the image; border_x and border_y override it";
    return desc;
}

// The node's, with the border of both axes before those of one. A mask is a kernel to libvips, not
// a picture of weights.
std::vector<sepflow_param_desc> make_descs() {
    std::vector<sepflow_param_desc> descs;
    for (sepflow_param_desc param : HostedFilter::params()) {
        if (std::strcmp(param.id, "kernel") == 0) param.doc = "The kernel as text: \"gaussian 3\"";
        if (std::strcmp(param.id, "missing") == 0)
            param.doc = "NaN: propagate it, ignore it and rescale what is left, or fill it";
        if (std::strcmp(param.id, "border_x") == 0) descs.push_back(border_of_both(param));
        descs.push_back(param);
    }
    return descs;
}

const std::vector<sepflow_param_desc> &descs() {
    static const std::vector<sepflow_param_desc> all = make_descs();
    return all;
}

// Types live as long as the process, and so do their values.
GType choice_type(const sepflow_param_desc &desc) {
    auto *list = new std::vector<GEnumValue>;
    for (uint32_t i = 0; i < desc.choice_count; ++i)
        list->push_back({static_cast<gint>(i), desc.choices[i], desc.choices[i]});
    // libvips takes the last value of an enumeration for its end and does not show it.
    list->push_back({static_cast<gint>(desc.choice_count), "last", "last"});
    list->push_back({0, nullptr, nullptr});
    return g_enum_register_static((std::string("SepflowVips_") + desc.id).c_str(), list->data());
}

GParamSpec *param_spec(const sepflow_param_desc &desc) {
    if (desc.type == SEPFLOW_VALUE_CHOICE)
        return g_param_spec_enum(desc.id, desc.name, desc.doc, choice_type(desc),
                                 choice_index(desc, desc.text_default), G_PARAM_READWRITE);
    if (is_switch(desc))
        return g_param_spec_boolean(desc.id, desc.name, desc.doc, desc.def != 0, G_PARAM_READWRITE);
    if (desc.type == SEPFLOW_VALUE_INT)
        return g_param_spec_int(desc.id, desc.name, explained(desc).c_str(), G_MININT, G_MAXINT,
                                static_cast<gint>(desc.def), G_PARAM_READWRITE);
    if (desc.type == SEPFLOW_VALUE_FLOAT)
        return g_param_spec_double(desc.id, desc.name, explained(desc).c_str(), -DBL_MAX, DBL_MAX,
                                   desc.def, G_PARAM_READWRITE);
    return g_param_spec_string(desc.id, desc.name, desc.doc, desc.text_default, G_PARAM_READWRITE);
}

void give_one(HostedFilter &filter, const std::string &id, const sepflow_param_desc &desc,
              const ArgumentValue &value) {
    if (desc.type == SEPFLOW_VALUE_CHOICE) {
        if (static_cast<uint32_t>(value.integer) >= desc.choice_count)
            throw Error(SEPFLOW_E_PARAM, id + " is not one of its choices");
        filter.set(id, std::string(desc.choices[value.integer]));
    } else if (is_switch(desc)) {
        filter.set(id, value.flag ? 1.0 : 0.0);
    } else if (desc.type == SEPFLOW_VALUE_INT) {
        filter.set(id, value.integer);
    } else if (desc.type == SEPFLOW_VALUE_FLOAT) {
        filter.set(id, value.number);
    } else {
        filter.set(id, std::string(value.text != nullptr ? value.text : ""));
    }
}

}  // namespace

void install_arguments(VipsObjectClass *object_class, size_t offset) {
    g_assert(descs().size() <= Arguments::kMost);
    for (size_t i = 0; i < descs().size(); ++i) {
        GParamSpec *spec = param_spec(descs()[i]);
        g_object_class_install_property(G_OBJECT_CLASS(object_class),
                                        static_cast<guint>(vips_argument_get_id()), spec);
        vips_object_class_install_argument(
            object_class, spec, static_cast<VipsArgumentFlags>(VIPS_ARGUMENT_OPTIONAL_INPUT),
            static_cast<int>(i) + 10, static_cast<guint>(offset + i * sizeof(ArgumentValue)));
    }
}

void give(VipsObject *object, const Arguments &arguments, HostedFilter &filter) {
    for (size_t i = 0; i < descs().size(); ++i) {
        const sepflow_param_desc &desc = descs()[i];
        if (!vips_object_argument_isset(object, desc.id)) continue;
        if (std::strcmp(desc.id, kBorder) == 0) {
            give_one(filter, "border_x", desc, arguments.values[i]);
            give_one(filter, "border_y", desc, arguments.values[i]);
        } else {
            give_one(filter, desc.id, desc, arguments.values[i]);
        }
    }
}

}  // namespace sepflow
