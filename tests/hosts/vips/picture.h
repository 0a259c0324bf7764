// Pictures in libvips, with our operation loaded, and what sepflow_apply makes of the same
// pixels.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "plugins/vips/vips_api.h"

namespace vips_test {

struct Unref {
    void operator()(VipsImage *image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;
using Bytes = std::vector<char>;

inline constexpr VipsBandFormat kFormats[] = {
    VIPS_FORMAT_UCHAR,  VIPS_FORMAT_CHAR,     VIPS_FORMAT_USHORT, VIPS_FORMAT_SHORT,
    VIPS_FORMAT_UINT,   VIPS_FORMAT_INT,      VIPS_FORMAT_FLOAT,  VIPS_FORMAT_COMPLEX,
    VIPS_FORMAT_DOUBLE, VIPS_FORMAT_DPCOMPLEX};

// Four taps by five, of which no two rows or columns agree.
inline const std::string kUneven = "row 1 2 3 4 col 1 0 -1 2 5 norm";

// State that loading must not change.
struct Surroundings {
    int threads;
    unsigned sse, x87;  // control bits
    bool operator==(const Surroundings &other) const;
};
Surroundings surroundings();

// Starts libvips without its modules, then opens ours as libvips does, once.
struct Loading {
    Surroundings before, after;
};
const Loading &start();

// The format's name, as libvips has it.
std::string name_of(VipsBandFormat format);

// Over all values of integers.
Image noise(VipsBandFormat format, int width, int height, int bands = 1);
Image loaded(const std::string &file);
Bytes bytes_of(VipsImage *image);  // computes all of it

struct Filter {
    std::string kernel;
    sepflow_options options = {};  // types and channels aside
    VipsBandFormat format = VIPS_FORMAT_NOTSET;
};
Filter filter(const std::string &kernel, int border = SEPFLOW_BORDER_REFLECT101);

// Filters by the operation; NULL if it refuses.
Image filtered(VipsImage *in, const Filter &filter);
// The same by sepflow_apply.
Bytes applied(VipsImage *in, const Filter &filter);

// Returns libvips's text for the last failure and clears it.
std::string error_text();

}  // namespace vips_test
