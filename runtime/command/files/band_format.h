// Pixel types as libvips calls them.
#pragma once

#include <vips/vips.h>

#include "runtime/base/pixel_type.h"

namespace sepflow::command {

// SEPFLOW_TYPE_NONE for what Sepflow does not filter.
sepflow_type type_of_band_format(VipsBandFormat format);
// VIPS_FORMAT_NOTSET for f16, which libvips does not know.
VipsBandFormat band_format_of_type(sepflow_type type);

}  // namespace sepflow::command
