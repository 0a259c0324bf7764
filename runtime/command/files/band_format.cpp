#include "runtime/command/files/band_format.h"

namespace sepflow::command {

namespace {

struct Row {
    sepflow_type type;
    VipsBandFormat format;
};

constexpr Row kRows[] = {
    {SEPFLOW_U8, VIPS_FORMAT_UCHAR},   {SEPFLOW_U16, VIPS_FORMAT_USHORT},
    {SEPFLOW_S16, VIPS_FORMAT_SHORT},  {SEPFLOW_F32, VIPS_FORMAT_FLOAT},
    {SEPFLOW_F64, VIPS_FORMAT_DOUBLE},
};

}  // namespace

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
