#include "runtime/execute/check.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/error.h"
#include "runtime/execute/layout.h"

namespace sepflow {

namespace {

[[noreturn]] void fail(sepflow_status code, const char *image, const std::string &what) {
    throw Error(code, std::string(image) + ": " + what);
}

sepflow_image checked_image(const sepflow_image *given, const char *name, sepflow_type type,
                            int32_t channels) {
    if (given == nullptr) fail(SEPFLOW_E_INVALID, name, "is NULL");
    if (given->struct_size < sizeof(sepflow_image)) {
        fail(SEPFLOW_E_ABI, name, "struct_size is too small; set it to sizeof(sepflow_image)");
    }
    sepflow_image image = *given;
    if (image.flags != 0)
        fail(SEPFLOW_E_UNSUPPORTED, name, "flags that this version does not know");
    if (image.type != type) fail(SEPFLOW_E_FORMAT, name, "its type is not the plan's");
    if (image.channels != channels)
        fail(SEPFLOW_E_FORMAT, name, "its channel count is not the plan's");
    if (!is_sensible(image.bounds)) fail(SEPFLOW_E_INVALID, name, "bounds make no sense");
    image.domain = domain_of(image);
    if (!is_sensible(image.domain)) fail(SEPFLOW_E_INVALID, name, "domain makes no sense");
    return image;
}

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

// Bytes that one row reaches, all channels included.
Span row_span(sepflow_image image) {
    image.bounds.h = 1;
    return checked_span(image, "image");
}

// Images with the same row stride may lie side by side in one canvas: then their rows, seen modulo the
// stride, must not meet. All others must not meet at all.
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
    const auto stride = static_cast<uintptr_t>(std::abs(a.stride_y));
    const Span row_a = row_span(a), row_b = row_span(b);
    const auto length = [](const Span &span) {
        return static_cast<uintptr_t>(span.end - span.first);
    };
    if (stride == 0 || a.stride_y != b.stride_y || length(row_a) > stride || length(row_b) > stride)
        return true;
    const uintptr_t first_a = at(data_a, row_a.first), first_b = at(data_b, row_b.first);
    // b begins `offset` bytes after some row of a; it must begin behind its end and end before the next.
    const uintptr_t offset = first_b >= first_a ? (first_b - first_a) % stride
                                                : (stride - (first_a - first_b) % stride) % stride;
    return offset < length(row_a) || offset + length(row_b) > stride;
}

// Two pixels of an output must not share memory: each axis steps over what the shorter ones span.
void check_distinct_pixels(const sepflow_image &out) {
    struct Axis {
        int64_t count, stride;
    };
    Axis axes[] = {{out.channels, std::abs(out.stride_c)},
                   {out.bounds.w, std::abs(out.stride_x)},
                   {out.bounds.h, std::abs(out.stride_y)}};
    std::sort(std::begin(axes), std::end(axes), [](const Axis &a, const Axis &b) {
        return (a.count > 1 ? a.stride : 0) < (b.count > 1 ? b.stride : 0);
    });
    int64_t span = type_bytes(out.type);
    for (const Axis &axis : axes) {
        if (axis.count <= 1) continue;
        if (axis.stride < span) fail(SEPFLOW_E_INVALID, "out", "its pixels overlap in memory");
        span += (axis.count - 1) * axis.stride;
    }
}

}  // namespace

Call check_call(const Plan &plan, const sepflow_process &given) {
    if (given.flags != 0)
        throw Error(SEPFLOW_E_UNSUPPORTED, "process: flags that this version does not know");
    if (given.input_count != 1 || given.output_count != 1) {
        throw Error(SEPFLOW_E_INVALID, "process: one input and one output are needed");
    }
    if (given.max_threads < 0) {
        throw Error(SEPFLOW_E_INVALID, "process: max_threads is negative");
    }
    const Options &options = plan.options;
    Call call;
    call.in = checked_image(given.inputs, "in", options.in_type, options.channels);
    call.out = checked_image(given.outputs, "out", options.out_type, options.channels);
    call.region = given.region;
    if (!is_sensible(call.region)) throw Error(SEPFLOW_E_INVALID, "region makes no sense");
    if (call.region.w == 0 || call.region.h == 0) return call;
    if (!contains(call.out.bounds, call.region)) {
        throw Error(SEPFLOW_E_INVALID, "region lies outside the output's bounds");
    }
    if (call.in.domain.w == 0 || call.in.domain.h == 0) {
        throw Error(SEPFLOW_E_INVALID, "in: its domain is empty, so no pixel can be computed");
    }
    check_memory(call.out, "out");
    check_distinct_pixels(call.out);
    const sepflow_rect needed = input_region(plan, call.region, call.in.domain);
    if (needed.w == 0) return call;  // only the border value is seen
    if (!contains(call.in.bounds, needed)) {
        throw Error(SEPFLOW_E_INVALID, "in: its bounds lack pixels that the region needs");
    }
    check_memory(call.in, "in");
    if (overlap(call.in, call.out)) {
        throw Error(SEPFLOW_E_INVALID,
                    "in and out overlap in memory; filtering in place is not possible");
    }
    return call;
}

}  // namespace sepflow
