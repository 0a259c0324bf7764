// Images as callers give them: where a sample lies, and the checks before any is touched.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

namespace sepflow {

inline int type_bytes(sepflow_type type) {
    return (type & 0xff) / 8;
}

inline bool is_type(sepflow_type type) {
    return type == SEPFLOW_U8 || type == SEPFLOW_U16 || type == SEPFLOW_S16 ||
           type == SEPFLOW_F16 || type == SEPFLOW_F32 || type == SEPFLOW_F64;
}

// Returns |value|, also of INT64_MIN: the stride of an axis with one sample may be anything.
inline uint64_t magnitude(int64_t value) {
    return value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

inline char *pixel_address(const sepflow_image &image, int64_t x, int64_t y, int64_t channel) {
    return static_cast<char *>(image.data) + (x - image.bounds.x) * image.stride_x +
           (y - image.bounds.y) * image.stride_y + channel * image.stride_c;
}

inline bool contains(const sepflow_rect &outer, const sepflow_rect &inner) {
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

inline bool same(const sepflow_rect &a, const sepflow_rect &b) {
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
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
