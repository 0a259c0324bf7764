#include "runtime/command/files/channels.h"

#include <algorithm>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/metadata.h"

namespace sepflow::command {

namespace {

template <typename Step>
ImagePointer made_of(VipsImage *image, const std::string &path, Step step) {
    VipsImage *made = nullptr;
    if (step(image, &made) != 0) throw vips_failure("cannot write " + path);
    return ImagePointer(made);
}

}  // namespace

bool is_grey(const VipsImage *image) {
    return image->Bands < 3 || image->Type == VIPS_INTERPRETATION_B_W ||
           image->Type == VIPS_INTERPRETATION_GREY16;
}

std::vector<int> extra_samples_of(VipsImage *image) {
    const int colours = image->Type == VIPS_INTERPRETATION_CMYK ? 4 : is_grey(image) ? 1 : 3;
    const int extra = std::max(image->Bands - colours, 0);
    int known = 0, *numbers = nullptr;
    if (vips_image_get_typeof(image, kExtraSamplesField) != 0) {
        vips_image_get_array_int(image, kExtraSamplesField, &numbers, &known);
        std::vector<int> samples(numbers, numbers + std::min(known, extra));
        samples.resize(static_cast<size_t>(extra), kUnspecified);
        return samples;
    }
    std::vector<int> samples(static_cast<size_t>(extra), kUnspecified);
    if (extra == 1 && image->Type != VIPS_INTERPRETATION_MULTIBAND) samples[0] = kAlpha;
    return samples;
}

ImagePointer as_shown(VipsImage *image, const std::string &path) {
    const VipsBandFormat format = image->BandFmt;
    if (extra_samples_of(image) == std::vector<int>{kPremultipliedAlpha}) {
        const double opaque = white_of(type_of_band_format(format));
        const ImagePointer straight = made_of(image, path, [&](VipsImage *in, VipsImage **out) {
            return vips_unpremultiply(in, out, "max_alpha", opaque, nullptr);
        });
        const ImagePointer rounded =
            made_of(straight.get(), path,
                    [](VipsImage *in, VipsImage **out) { return vips_rint(in, out, nullptr); });
        return made_of(rounded.get(), path, [&](VipsImage *in, VipsImage **out) {
            return vips_cast(in, out, format, nullptr);
        });
    }
    return made_of(image, path, [&](VipsImage *in, VipsImage **out) {
        if (in->Type != VIPS_INTERPRETATION_CMYK && in->Type != VIPS_INTERPRETATION_HSV)
            return vips_copy(in, out, nullptr);
        // Avoids that libvips turns inks into 16 bits, and these into 8 by truncation.
        const auto colours =
            format == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
        return vips_colourspace(in, out, colours, nullptr);
    });
}

}  // namespace sepflow::command
