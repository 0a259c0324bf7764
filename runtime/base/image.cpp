#include "runtime/base/image.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/structs.h"

namespace sepflow {

namespace {

[[noreturn]] void fail(sepflow_status code, const char *image, const std::string &what) {
    throw Error(code, std::string(image) + ": " + what);
}

// Coordinates and sizes stay below this so that sums of a few never overflow.
constexpr int64_t kMaxCoordinate = int64_t{1} << 48;

// First and last byte offset (relative to data) that an image's strides reach; fails on overflow.
struct Span {
    int64_t first, end;
};

Span checked_span(const sepflow_image &image, const char *name) {
    Span span = {0, type_bytes(image.type)};
    const int64_t counts[] = {image.bounds.w, image.bounds.h, image.channels};
    const int64_t strides[] = {image.stride_x, image.stride_y, image.stride_c};
    for (int axis = 0; axis < 3; ++axis) {
        int64_t reach;
        if (__builtin_mul_overflow(counts[axis] - 1, strides[axis], &reach) ||
            __builtin_add_overflow(reach < 0 ? span.first : span.end, reach,
                                   reach < 0 ? &span.first : &span.end)) {
            fail(SEPFLOW_E_INVALID, name, "strides overflow");
        }
    }
    return span;
}

// Bytes that one row reaches, all channels included.
Span row_span(sepflow_image image) {
    image.bounds.h = 1;
    return checked_span(image, "image");
}

}  // namespace

bool is_sane(const sepflow_rect &rect) {
    const auto small = [](int64_t v) { return v > -kMaxCoordinate && v < kMaxCoordinate; };
    return small(rect.x) && small(rect.y) && rect.w >= 0 && rect.h >= 0 && small(rect.w) &&
           small(rect.h);
}

void check_sane(const sepflow_rect &rect, const char *name, const char *part) {
    if (is_sane(rect)) return;
    fail(SEPFLOW_E_INVALID, name,
         (part != nullptr ? std::string(part) + ": " : std::string()) +
             "w and h must be 0 or more, and all coordinates within -2^48 .. 2^48");
}

sepflow_image checked_image(const sepflow_image *given, const char *name, sepflow_type type,
                            int32_t channels) {
    sepflow_image image = known_part(given, name);
    if (image.flags != 0)
        fail(SEPFLOW_E_UNSUPPORTED, name, "flags that this version does not know");
    if (image.type != type) fail(SEPFLOW_E_FORMAT, name, "its type is not the plan's");
    if (image.channels != channels)
        fail(SEPFLOW_E_FORMAT, name, "its channel count is not the plan's");
    check_sane(image.bounds, name, "bounds");
    image.domain = domain_of(image);
    check_sane(image.domain, name, "domain");
    return image;
}

void check_memory(const sepflow_image &image, const char *name) {
    if (image.data == nullptr) fail(SEPFLOW_E_INVALID, name, "data is NULL");
    const int bytes = type_bytes(image.type);
    if (reinterpret_cast<uintptr_t>(image.data) % static_cast<uintptr_t>(bytes) != 0 ||
        image.stride_x % bytes != 0 || image.stride_y % bytes != 0 ||
        (image.channels > 1 && image.stride_c % bytes != 0)) {
        fail(SEPFLOW_E_INVALID, name,
             "address and strides must be multiples of the pixel type's size");
    }
    checked_span(image, name);
}

// Images with the same row stride may lie side by side in one canvas: then their rows, seen modulo
// the stride, must not meet. All others must not meet at all.
bool overlap(const sepflow_image &a, const sepflow_image &b) {
    const Span span_a = checked_span(a, "in"), span_b = checked_span(b, "out");
    const auto data_a = reinterpret_cast<uintptr_t>(a.data),
               data_b = reinterpret_cast<uintptr_t>(b.data);
    const auto at = [](uintptr_t data, int64_t offset) {
        return data + static_cast<uintptr_t>(offset);
    };
    if (at(data_a, span_a.first) >= at(data_b, span_b.end) ||
        at(data_b, span_b.first) >= at(data_a, span_a.end)) {
        return false;
    }
    const uintptr_t stride = magnitude(a.stride_y);
    const Span row_a = row_span(a), row_b = row_span(b);
    const auto length = [](const Span &span) {
        return static_cast<uintptr_t>(span.end - span.first);
    };
    if (stride == 0 || a.stride_y != b.stride_y || length(row_a) > stride || length(row_b) > stride)
        return true;
    const uintptr_t first_a = at(data_a, row_a.first), first_b = at(data_b, row_b.first);
    // b begins `offset` bytes after some row of a; it must begin behind its end and end before the
    // next.
    const uintptr_t offset = first_b >= first_a ? (first_b - first_a) % stride
                                                : (stride - (first_a - first_b) % stride) % stride;
    return offset < length(row_a) || offset + length(row_b) > stride;
}

// Each axis steps over what the shorter ones span.
void check_distinct_pixels(const sepflow_image &image, const char *name) {
    struct Axis {
        int64_t count;
        uint64_t stride;
    };
    Axis axes[] = {{image.channels, magnitude(image.stride_c)},
                   {image.bounds.w, magnitude(image.stride_x)},
                   {image.bounds.h, magnitude(image.stride_y)}};
    std::sort(std::begin(axes), std::end(axes), [](const Axis &a, const Axis &b) {
        return (a.count > 1 ? a.stride : 0) < (b.count > 1 ? b.stride : 0);
    });
    auto span = static_cast<uint64_t>(type_bytes(image.type));
    for (const Axis &axis : axes) {
        if (axis.count <= 1) continue;
        if (axis.stride < span) fail(SEPFLOW_E_INVALID, name, "its pixels overlap in memory");
        span += static_cast<uint64_t>(axis.count - 1) * axis.stride;
    }
}

}  // namespace sepflow
