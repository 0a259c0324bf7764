#include "plugins/kit/descriptors.h"

#include "runtime/base/pixel_type.h"

namespace sepflow {

namespace {

sepflow_port_desc port(const char *name, int32_t direction, const std::vector<sepflow_type> &types,
                       uint32_t flags) {
    sepflow_port_desc desc = {};
    desc.struct_size = sizeof desc;
    desc.direction = direction;
    desc.flags = flags;
    desc.name = name;
    desc.min_channels = 1;
    desc.types = types.data();
    desc.type_count = static_cast<uint32_t>(types.size());
    return desc;
}

sepflow_param_desc param(const ParamText &text, sepflow_value_type type) {
    sepflow_param_desc desc = {};
    desc.struct_size = sizeof desc;
    desc.type = type;
    desc.flags = SEPFLOW_PARAM_SETUP;
    desc.id = text.id;
    desc.name = text.name;
    desc.doc = text.doc;
    desc.unit = text.unit;
    return desc;
}

}  // namespace

sepflow_port_desc input_port(const char *name, const std::vector<sepflow_type> &types,
                             uint32_t flags) {
    return port(name, SEPFLOW_INPUT, types, flags);
}

sepflow_port_desc output_port(const char *name, const std::vector<sepflow_type> &types,
                              uint32_t flags) {
    return port(name, SEPFLOW_OUTPUT, types, flags);
}

const std::vector<sepflow_type> &all_types() {
    static const std::vector<sepflow_type> types(kTypes.begin(), kTypes.end());
    return types;
}

namespace {

sepflow_format_pair format_pair(sepflow_type in, sepflow_type out) {
    sepflow_format_pair pair = {};
    pair.struct_size = sizeof pair;
    pair.in_type = in;
    pair.out_type = out;
    return pair;
}

}  // namespace

const std::vector<sepflow_format_pair> &same_type_formats() {
    static const std::vector<sepflow_format_pair> formats = [] {
        std::vector<sepflow_format_pair> pairs;
        for (sepflow_type type : all_types()) pairs.push_back(format_pair(type, type));
        return pairs;
    }();
    return formats;
}

const std::vector<sepflow_format_pair> &all_formats() {
    static const std::vector<sepflow_format_pair> formats = [] {
        std::vector<sepflow_format_pair> pairs;
        for (sepflow_type in : all_types()) {
            for (sepflow_type out : all_types()) pairs.push_back(format_pair(in, out));
        }
        return pairs;
    }();
    return formats;
}

sepflow_param_desc integer_param(const ParamText &text, int64_t def, int64_t min, int64_t max) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_INT);
    desc.def = static_cast<double>(def);
    desc.min = static_cast<double>(min);
    desc.max = static_cast<double>(max);
    return desc;
}

sepflow_param_desc number_param(const ParamText &text, double def, double min, double max) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_FLOAT);
    desc.def = def;
    desc.min = min;
    desc.max = max;
    return desc;
}

sepflow_param_desc text_param(const ParamText &text, const char *def) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_TEXT);
    desc.text_default = def;
    return desc;
}

sepflow_param_desc matrix_param(const ParamText &text, int64_t max_elements) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_MATRIX);
    desc.max_elements = max_elements;
    return desc;
}

sepflow_param_desc choice_param(const ParamText &text, const char *def,
                                const std::vector<const char *> &choices) {
    sepflow_param_desc desc = param(text, SEPFLOW_VALUE_CHOICE);
    desc.text_default = def;
    desc.choices = choices.data();
    desc.choice_count = static_cast<uint32_t>(choices.size());
    return desc;
}

sepflow_param_desc advanced(sepflow_param_desc desc) {
    desc.flags |= SEPFLOW_PARAM_ADVANCED;
    return desc;
}

sepflow_param_desc live(sepflow_param_desc desc) {
    desc.flags |= SEPFLOW_PARAM_LIVE;
    return desc;
}

}  // namespace sepflow
