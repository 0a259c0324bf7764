#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vips/vips.h>

#include "tests/bench/peers.h"

namespace bench {

namespace {

void start_vips() {
    static const bool started = vips_init("sepflow_bench") == 0;
    if (!started) throw std::runtime_error("libvips does not start");
    vips_cache_set_max(0);  // every turn computes
}

VipsBandFormat format_of(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return VIPS_FORMAT_UCHAR;
        case SEPFLOW_U16:
            return VIPS_FORMAT_USHORT;
        case SEPFLOW_S16:
            return VIPS_FORMAT_SHORT;
        case SEPFLOW_F32:
            return VIPS_FORMAT_FLOAT;
        default:
            return VIPS_FORMAT_DOUBLE;
    }
}

void check(int status) {
    if (status != 0) throw std::runtime_error(vips_error_buffer());
}

struct Unref {
    void operator()(VipsImage *image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

// For u8 its fast path: integer taps of 8 bits and a scale.
Image mask_of(const Workload &w) {
    std::vector<double> taps = w.row();
    double scale = 1;
    if (w.type.type == SEPFLOW_U8) {
        scale = 0;
        for (double &tap : taps) scale += tap = std::nearbyint(tap * 256);
    }
    Image mask(vips_image_new_matrix_from_array(w.length, 1, taps.data(), w.length));
    vips_image_set_double(mask.get(), "scale", scale);
    return mask;
}

void convolve(const Buffers &buffers, VipsImage *mask) {
    const Workload &w = buffers.workload;
    const int width = static_cast<int>(w.width), height = static_cast<int>(w.height);
    vips_concurrency_set(w.threads);
    Image in(vips_image_new_from_memory(buffers.in.data(), w.bytes(), width, height, w.channels,
                                        format_of(w.type.type)));
    VipsImage *convolved = nullptr, *cast = nullptr;
    const VipsPrecision precision =
        w.type.type == SEPFLOW_U8 ? VIPS_PRECISION_INTEGER : VIPS_PRECISION_FLOAT;
    check(vips_convsep(in.get(), &convolved, mask, "precision", precision, nullptr));
    const Image convolved_owner(convolved);
    check(vips_cast(convolved, &cast, format_of(w.type.type), nullptr));
    const Image cast_owner(cast);
    const Image out(vips_image_new_from_memory(buffers.theirs.data(), w.bytes(), width, height,
                                               w.channels, format_of(w.type.type)));
    check(vips_image_write(cast, out.get()));
}

}  // namespace

std::vector<Contender> vips_contenders(const Buffers &buffers) {
    const Workload &w = buffers.workload;
    if (w.type.type == SEPFLOW_F16 || w.rank != 1 || w.kind == Taps::kAntisymmetric) return {};
    start_vips();
    const std::shared_ptr<VipsImage> mask(mask_of(w).release(), Unref());
    return {timed("vips", w, [&buffers, mask] { convolve(buffers, mask.get()); })};
}

}  // namespace bench
