// An image that libvips computes region by region, as it is asked for.
#pragma once

#include <memory>
#include <string>

#include "plugins/hosted/hosted_filter.h"
#include "plugins/vips/vips_api.h"

namespace sepflow::vips {

struct Unref {
    void operator()(VipsImage *image) const { g_object_unref(image); }
};
using ImagePointer = std::unique_ptr<VipsImage, Unref>;

// Failure that libvips has already reported to its user.
struct VipsError {};

// Axes on which the picture is repeated past its ends, so that none needs the other's rows or
// columns.
struct Wraps {
    bool x, y;
};

// Both in working formats. Throws Error and VipsError.
ImagePointer filtered(ImagePointer in, std::shared_ptr<const NodePlan> plan, VipsBandFormat format,
                      Wraps wraps);

std::string name_of(VipsBandFormat format);

// The pixels that the filter works on: 32-bit integers as doubles, complex numbers as pairs.
VipsBandFormat working_format(VipsBandFormat format);
sepflow_type type_of(VipsBandFormat format);
int32_t channels_of(const VipsImage *image);

}  // namespace sepflow::vips
