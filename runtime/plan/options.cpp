#include "runtime/plan/options.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/image.h"
#include "runtime/base/structs.h"
#include "runtime/plan/budget.h"

namespace sepflow {

namespace {

void check_types(const Options &options) {
    if (!is_type(options.in_type)) {
        throw Error(SEPFLOW_E_FORMAT, "in_type is none of u8, u16, s16, f16, f32, f64");
    }
    if (!is_type(options.out_type)) {
        throw Error(SEPFLOW_E_FORMAT, "out_type is none of u8, u16, s16, f16, f32, f64");
    }
}

void check_finite(double value, const char *name) {
    if (!std::isfinite(value)) {
        throw Error(SEPFLOW_E_PARAM, std::string(name) + " is not a finite number");
    }
}

double largest_float(sepflow_type type) {
    return type == SEPFLOW_F16 ? 65504 : type == SEPFLOW_F32 ? FLT_MAX : DBL_MAX;
}

// Border pixels are pixels of the input's type, so a value that it cannot hold is a mistake.
void check_border_value(const Options &options) {
    const double value = options.border_value;
    check_finite(value, "border_value");
    const PixelRange range = pixel_range(options.in_type);
    const bool is_pixel =
        is_integer(options.in_type)
            ? value >= range.low && value <= range.high && value == std::floor(value)
            : std::fabs(value) <= largest_float(options.in_type);
    if (!is_pixel)
        throw Error(SEPFLOW_E_PARAM, "border_value is not a pixel value of the input's type");
}

void check_missing(const Options &options) {
    if (options.keeps_missing && options.missing == SEPFLOW_MISSING_PROPAGATE)
        throw Error(SEPFLOW_E_PARAM, "KEEP_MISSING needs missing 'ignore' or 'fill'");
    if (options.missing != SEPFLOW_MISSING_PROPAGATE && options.method == SEPFLOW_METHOD_FFT)
        throw Error(SEPFLOW_E_UNSUPPORTED, "method 'fft' knows no missing pixels");
    const bool fills = options.missing == SEPFLOW_MISSING_FILL;
    if (is_integer(options.out_type) || fills) check_finite(options.missing_value, "missing_value");
    if (fills && options.precision == Precision::kSingle &&
        std::fabs(options.missing_value) > FLT_MAX)
        throw Error(SEPFLOW_E_PARAM, "missing_value of 'fill' is too large for 32-bit floats");
}

const PassSet *named_pass_set(const std::string &name) {
    std::string names;
    for (const PassSet &set : pass_sets()) {
        if (name == set.name) {
            if (set.runs_here()) return &set;
            throw Error(SEPFLOW_E_UNSUPPORTED,
                        "variant '" + name + "' does not run on this processor");
        }
        names += names.empty() ? set.name : std::string(", ") + set.name;
    }
    throw Error(SEPFLOW_E_PARAM, "unknown variant '" + name + "': this build has " + names);
}

const PassSet *choose_pass_set(const char *variant) {
    if (variant != nullptr && *variant != '\0') return named_pass_set(variant);
    const char *environment = secure_getenv("SEPFLOW_VARIANT");
    if (environment != nullptr && *environment != '\0') return named_pass_set(environment);
    const auto &sets = pass_sets();
    return &*std::find_if(sets.begin(), sets.end(),
                          [](const PassSet &set) { return set.runs_here(); });
}

int32_t checked_constant(int32_t value, int32_t last, const char *name) {
    if (value < 0 || value > last) {
        throw Error(SEPFLOW_E_PARAM,
                    std::string(name) + " is an unknown constant, " + std::to_string(value));
    }
    return value;
}

}  // namespace

Options check_options(const sepflow_options *given) {
    const sepflow_options o = known_part(given, "options");
    if (o.flags & ~(SEPFLOW_OPTION_CONVOLVE | SEPFLOW_OPTION_ANCHOR | SEPFLOW_OPTION_KEEP_MISSING |
                    SEPFLOW_OPTION_NO_FILES | SEPFLOW_OPTION_STRICT)) {
        throw Error(SEPFLOW_E_UNSUPPORTED,
                    "options.flags holds a flag that this version does not know");
    }

    Options options;
    options.in_type = o.in_type;
    options.out_type = o.out_type == SEPFLOW_TYPE_NONE ? o.in_type : o.out_type;
    check_types(options);
    options.channels = o.channels == 0 ? 1 : o.channels;
    if (options.channels < 1) throw Error(SEPFLOW_E_FORMAT, "channels is negative");
    options.border_x = checked_constant(o.border_x, SEPFLOW_BORDER_TRUNCATE, "border_x");
    options.border_y = checked_constant(o.border_y, SEPFLOW_BORDER_TRUNCATE, "border_y");
    options.extent = checked_constant(o.extent, SEPFLOW_EXTENT_FULL, "extent");
    options.border_value = o.border_value;
    check_border_value(options);
    options.convolve = o.flags & SEPFLOW_OPTION_CONVOLVE;
    options.has_anchor = o.flags & SEPFLOW_OPTION_ANCHOR;
    options.anchor_x = o.anchor_x;
    options.anchor_y = o.anchor_y;
    options.scale = o.scale == 0 ? 1 : o.scale;
    options.delta = o.delta;
    check_finite(options.scale, "scale");
    check_finite(options.delta, "delta");
    if (o.rank < 0) throw Error(SEPFLOW_E_PARAM, "rank is negative");
    if (!(o.tolerance >= 0 && o.tolerance <= 1))
        throw Error(SEPFLOW_E_PARAM,
                    "tolerance must lie in 0 .. 1; it is a part of the output's full scale");
    options.tolerance = o.tolerance;
    options.rank = static_cast<size_t>(o.rank);
    options.precision = options.in_type == SEPFLOW_F64 || options.out_type == SEPFLOW_F64
                            ? Precision::kDouble
                            : Precision::kSingle;
    options.schedule = checked_constant(o.schedule, SEPFLOW_SCHEDULE_TRANSPOSED, "schedule");
    options.method = checked_constant(o.method, SEPFLOW_METHOD_FFT, "method");
    options.missing = checked_constant(o.missing, SEPFLOW_MISSING_FILL, "missing");
    options.missing_value = o.missing_value;
    options.keeps_missing = o.flags & SEPFLOW_OPTION_KEEP_MISSING;
    options.strict = o.flags & SEPFLOW_OPTION_STRICT;
    check_missing(options);
    if (options.missing == SEPFLOW_MISSING_FILL && options.precision == Precision::kSingle)
        options.missing_value = static_cast<float>(options.missing_value);
    options.passes = choose_pass_set(o.variant);
    return options;
}

}  // namespace sepflow
