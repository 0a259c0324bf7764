#include "runtime/command/pixel_type.h"

namespace sepflow::command {

namespace {

struct Row {
    const char *name;
    sepflow_type type;
    VipsBandFormat format;
};

constexpr Row kRows[] = {
    {"u8", SEPFLOW_U8, VIPS_FORMAT_UCHAR},   {"u16", SEPFLOW_U16, VIPS_FORMAT_USHORT},
    {"s16", SEPFLOW_S16, VIPS_FORMAT_SHORT}, {"f16", SEPFLOW_F16, VIPS_FORMAT_NOTSET},
    {"f32", SEPFLOW_F32, VIPS_FORMAT_FLOAT}, {"f64", SEPFLOW_F64, VIPS_FORMAT_DOUBLE},
};

}  // namespace

const std::vector<std::string> &type_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Row &row : kRows) all.emplace_back(row.name);
        return all;
    }();
    return names;
}

sepflow_type type_from_name(const std::string &name) {
    for (const Row &row : kRows) {
        if (name == row.name) return row.type;
    }
    return SEPFLOW_TYPE_NONE;
}

std::string type_name(sepflow_type type) {
    for (const Row &row : kRows) {
        if (type == row.type) return row.name;
    }
    return "type " + std::to_string(type);
}

bool is_float(sepflow_type type) {
    return type == SEPFLOW_F16 || type == SEPFLOW_F32 || type == SEPFLOW_F64;
}

sepflow_type type_of_band_format(VipsBandFormat format) {
    for (const Row &row : kRows) {
        if (format == row.format) return row.type;
    }
    return SEPFLOW_TYPE_NONE;
}

VipsBandFormat band_format_of_type(sepflow_type type) {
    for (const Row &row : kRows) {
        if (type == row.type) return row.format;
    }
    return VIPS_FORMAT_NOTSET;
}

}  // namespace sepflow::command
