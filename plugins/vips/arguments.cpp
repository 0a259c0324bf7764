#include "plugins/vips/arguments.h"

#include <cstring>
#include <string>
#include <vector>

#include "plugins/hosted/gobject.h"

namespace sepflow::vips {

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

GParamSpec *spec_of(const sepflow_param_desc &desc) {
    const std::string type = std::string("SepflowVips_") + desc.id;
    const bool is_choice = desc.type == SEPFLOW_VALUE_CHOICE;
    return param_spec(
        desc,
        is_choice ? g_enum_register_static(type.c_str(), enum_values(desc, true)) : G_TYPE_INVALID,
        G_PARAM_READWRITE);
}

PropertyValue value_of(VipsObject *object, const sepflow_param_desc &desc) {
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(object), desc.id, &value);
    PropertyValue read = property_value(desc, value);
    g_value_unset(&value);
    return read;
}

}  // namespace

void install_arguments(VipsObjectClass *object_class, size_t offset) {
    g_assert(descs().size() <= Arguments::kMost);
    for (size_t i = 0; i < descs().size(); ++i) {
        GParamSpec *spec = spec_of(descs()[i]);
        g_object_class_install_property(G_OBJECT_CLASS(object_class),
                                        static_cast<guint>(vips_argument_get_id()), spec);
        vips_object_class_install_argument(
            object_class, spec, static_cast<VipsArgumentFlags>(VIPS_ARGUMENT_OPTIONAL_INPUT),
            static_cast<int>(i) + 10, static_cast<guint>(offset + i * sizeof(ArgumentValue)));
    }
}

void give(VipsObject *object, HostedFilter &filter) {
    for (const sepflow_param_desc &desc : descs()) {
        if (!vips_object_argument_isset(object, desc.id)) continue;
        const PropertyValue value = value_of(object, desc);
        if (std::strcmp(desc.id, kBorder) == 0) {
            give(filter, "border_x", desc, value);
            give(filter, "border_y", desc, value);
        } else {
            give(filter, desc.id, desc, value);
        }
    }
}

}  // namespace sepflow::vips
