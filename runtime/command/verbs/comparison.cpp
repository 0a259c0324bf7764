#include "runtime/command/verbs/comparison.h"

#include <algorithm>
#include <cmath>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/rows.h"
#include "runtime/command/verbs/describe.h"

namespace sepflow::command {

namespace {

template <typename Step>
ImagePointer made(const std::string &path, Step step) {
    VipsImage *image = nullptr;
    if (step(&image) != 0) throw vips_failure("cannot write " + path);
    return ImagePointer(image);
}

// Returns the type for pixels that the file does not hold: 8 bits, or floats for PFM.
sepflow_type substitute(const std::string &path) {
    return is_writable(path, SEPFLOW_U8) ? SEPFLOW_U8 : SEPFLOW_F32;
}

struct Range {
    double black, white;
};

// Returns the values shown as black and white: of floats and signed integers the least and the
// greatest finite one.
Range range_of(VipsImage *image, const std::string &path) {
    const double full = white_of(type_of_band_format(image->BandFmt));
    if (full > 1) return {0, full};
    const ImagePointer doubles =
        made(path, [&](VipsImage **out) { return vips_cast_double(image, out, nullptr); });
    Range range = {INFINITY, -INFINITY};
    for_each_row(doubles.get(), First::kTop, [&](const VipsPel *row) {
        const auto *values = reinterpret_cast<const double *>(row);
        for (int i = 0; i < doubles->Xsize * doubles->Bands; ++i) {
            if (!std::isfinite(values[i])) continue;
            range.black = std::min(range.black, values[i]);
            range.white = std::max(range.white, values[i]);
        }
    });
    const bool is_within_one = range.black >= 0 && range.white <= 1;
    if (full == 1 && is_within_one) return {0, 1};
    if (!(range.white > range.black)) range = {range.black, range.black + 1};
    return std::isfinite(range.black) ? range : Range{0, 1};
}

}  // namespace

void check_comparable(const std::string &path, int channels) {
    check_writable(path, substitute(path), channels);
}

Comparison compare(VipsImage *input, VipsImage *result, const std::string &path) {
    ImagePointer joined = made(path, [&](VipsImage **out) {
        return vips_join(input, result, out, VIPS_DIRECTION_HORIZONTAL, "expand", TRUE, "shim", 8,
                         nullptr);
    });
    if (is_writable(path, type_of_band_format(joined->BandFmt))) return {std::move(joined), ""};
    if (substitute(path) == SEPFLOW_F32) {
        return {made(path,
                     [&](VipsImage **out) { return vips_cast_float(joined.get(), out, nullptr); }),
                ""};
    }
    const Range range = range_of(input, path);
    const double scale = 255 / (range.white - range.black);
    constexpr double kRounding = 0.5;  // the cast to 8 bits cuts fractions off
    ImagePointer picture = made(path, [&](VipsImage **out) {
        return vips_linear1(joined.get(), out, scale, kRounding - range.black * scale, "uchar",
                            TRUE, nullptr);
    });
    picture->Type = picture->Bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
    const bool is_plain =
        range.black == 0 && range.white == white_of(type_of_band_format(input->BandFmt));
    return {std::move(picture), is_plain ? ""
                                         : path + " shows " + short_number(range.black) +
                                               " as black and " + short_number(range.white) +
                                               " as white"};
}

}  // namespace sepflow::command
