// Images as callers give them: where a sample lies, and the checks before any is touched.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

#include "runtime/base/pixel_type.h"
#include "runtime/base/rect.h"

namespace sepflow {

// Returns |value|, also of INT64_MIN: the stride of an axis with one sample may be anything.
inline uint64_t magnitude(int64_t value) {
    return value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

inline char *pixel_address(const sepflow_image &image, int64_t x, int64_t y, int64_t channel) {
    return static_cast<char *>(image.data) + (x - image.bounds.x) * image.stride_x +
           (y - image.bounds.y) * image.stride_y + channel * image.stride_c;
}

inline sepflow_rect domain_of(const sepflow_image &image) {
    const sepflow_rect &d = image.domain;
    return same(d, {0, 0, 0, 0}) ? image.bounds : d;
}

// Not negative in size, and small enough that sums of a few coordinates never overflow.
bool is_sane(const sepflow_rect &rect);
// Throws Error{INVALID} that begins with `name`, and the `part` of it that the rectangle is,
// unless the rectangle is sane.
void check_sane(const sepflow_rect &rect, const char *name, const char *part = nullptr);

// Reads an image and fills in its domain. Checks all but the memory.
// Throws Error that begins with `name`.
sepflow_image checked_image(const sepflow_image *given, const char *name, sepflow_type type,
                            int32_t channels);

// Address and strides fit the type, and no sample's address overflows.
void check_memory(const sepflow_image &image, const char *name);

// No two pixels share memory.
void check_distinct_pixels(const sepflow_image &image, const char *name);

// Whether two images that passed check_memory share memory.
bool overlap(const sepflow_image &a, const sepflow_image &b);

}  // namespace sepflow
