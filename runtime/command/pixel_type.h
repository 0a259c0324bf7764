// The names of pixel types on the command line, and what libvips calls them.
#pragma once

#include <string>
#include <vector>
#include <vips/vips.h>

#include <sepflow/node.h>

namespace sepflow::command {

// u8 u16 s16 f16 f32 f64.
const std::vector<std::string> &type_names();
// SEPFLOW_TYPE_NONE for the empty name; the name must be one of type_names() otherwise.
sepflow_type type_from_name(const std::string &name);
std::string type_name(sepflow_type type);
bool is_float(sepflow_type type);

// SEPFLOW_TYPE_NONE for what Sepflow does not filter.
sepflow_type type_of_band_format(VipsBandFormat format);
// VIPS_FORMAT_NOTSET for f16, which libvips does not know.
VipsBandFormat band_format_of_type(sepflow_type type);

}  // namespace sepflow::command
