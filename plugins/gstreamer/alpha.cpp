#include "plugins/gstreamer/alpha.h"

#include "runtime/base/image.h"

namespace sepflow::gstreamer {

namespace {

template <typename Sample>
bool is_opaque_row(const sepflow_image &alpha, int64_t y, Sample largest) {
    const char *sample = pixel_address(alpha, 0, y, 0);
    Sample all = largest;
    for (int64_t x = 0; x < alpha.bounds.w; ++x, sample += alpha.stride_x)
        all = static_cast<Sample>(all & *reinterpret_cast<const Sample *>(sample));
    return all == largest;
}

template <typename Sample>
void copy_row(const sepflow_image &from, const sepflow_image &to, int64_t y) {
    const char *source = pixel_address(from, 0, y, 0);
    char *target = pixel_address(to, 0, y, 0);
    for (int64_t x = 0; x < from.bounds.w; ++x) {
        *reinterpret_cast<Sample *>(target) = *reinterpret_cast<const Sample *>(source);
        source += from.stride_x;
        target += to.stride_x;
    }
}

}  // namespace

bool is_opaque(const sepflow_image &alpha, double largest) {
    for (int64_t y = 0; y < alpha.bounds.h; ++y) {
        const bool opaque = alpha.type == SEPFLOW_U8
                                ? is_opaque_row(alpha, y, static_cast<uint8_t>(largest))
                                : is_opaque_row(alpha, y, static_cast<uint16_t>(largest));
        if (!opaque) return false;
    }
    return true;
}

void copy_samples(const sepflow_image &from, const sepflow_image &to) {
    for (int64_t y = 0; y < from.bounds.h; ++y) {
        if (from.type == SEPFLOW_U8) {
            copy_row<uint8_t>(from, to, y);
        } else {
            copy_row<uint16_t>(from, to, y);
        }
    }
}

}  // namespace sepflow::gstreamer
