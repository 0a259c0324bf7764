// A plan: the immutable result of set-up. All that a call needs to know to filter a region.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <sepflow/sepflow.h>

#include "generators/passes.h"
#include "runtime/factor/factor.h"
#include "runtime/kernel/kernel.h"
#include "runtime/plan/fixed_point.h"

namespace sepflow {

inline bool is_integer(sepflow_type type) {
    return type >> 8 != 3;
}

// The options with every default filled in and every value checked.
struct Options {
    sepflow_type in_type = SEPFLOW_F32;
    sepflow_type out_type = SEPFLOW_F32;
    int32_t channels = 1;
    int32_t border_x = SEPFLOW_BORDER_REFLECT101;
    int32_t border_y = SEPFLOW_BORDER_REFLECT101;
    int32_t extent = SEPFLOW_EXTENT_SAME;
    double border_value = 0;
    bool convolve = false;
    bool has_anchor = false;
    int64_t anchor_x = 0;  // of the kernel as given
    int64_t anchor_y = 0;
    double tolerance = 0;  // of the output's full scale; 0: the default
    size_t rank = 0;       // 0: by the tolerance
    Precision precision = Precision::kSingle;
    double scale = 1;
    double delta = 0;
    int32_t schedule = SEPFLOW_SCHEDULE_AUTO;
    const PassSet *passes = nullptr;
};

// Throws Error for a NULL, a wrong struct_size, an unknown constant or flag, an impossible value.
Options check_options(const sepflow_options *options);

// How far a region of output reaches beyond itself; negative where the anchor lies outside the
// middle.
struct Halo {
    int64_t left = 0, right = 0, top = 0, bottom = 0;
};

// The 1-D filters of all terms, one after the other.
struct Taps {
    int32_t length = 0;
    int32_t terms = 0;
    std::vector<double> f64;
    // As the passes take them: of samples' type; if they fold, the middle one is halved, as it meets its pixel twice.
    std::variant<std::vector<double>, std::vector<float>, std::vector<int16_t>> passed;
};

struct Plan {
    Options options;
    Precision precision = Precision::kSingle;
    Kernel kernel;  // as correlated: flipped for convolution, times the scale
    int64_t anchor_x = 0, anchor_y = 0;
    Halo halo;
    Factoring factoring;
    Taps column_taps, row_taps;
    ColumnPass column_pass = nullptr;
    RowPass row_pass = nullptr;
    std::optional<FixedPoint> fixed;          // then the passes run in it
    LoadPass load_pass = nullptr;             // dense pixels to samples, if there is such a one
    ColumnPass direct_column_pass = nullptr;  // reads the image's pixels, if there is such a one
    RowPass sample_row_pass = nullptr;        // writes samples, for what is converted afterwards
    Form column_form = Form::kPlain, row_form = Form::kPlain;  // both plain, or neither
    bool identity = false;
    bool exact = false;     // no sum is rounded before the end; see exactness.h
    std::string exactness;  // why, or why not
    std::string reason;     // why this rank and method, a sentence

    // Samples are what the passes work on: s16 in fixed point, else f32 or f64.
    sepflow_type sample_type() const {
        if (fixed) return SEPFLOW_S16;
        return precision == Precision::kDouble ? SEPFLOW_F64 : SEPFLOW_F32;
    }
    int sample_bytes() const { return (sample_type() & 0xff) / 8; }
    bool truncates() const {
        return options.border_x == SEPFLOW_BORDER_TRUNCATE ||
               options.border_y == SEPFLOW_BORDER_TRUNCATE;
    }
    // Bounds for |image| <= 1, before the conversion to the output's type: what both passes round, and all there is.
    double rounding_bound() const {
        if (exact) return 0;
        return fixed ? fixed->error / 255 : factoring.rounding_bound;
    }
    double error_bound() const { return factoring.remainder_norm_1 + rounding_bound(); }
    bool transposed() const { return row_form != Form::kPlain; }
    // What the row pass writes: the output's pixels, or samples that are converted afterwards: f16, which the
    // passes do not know, and everything that is filtered in f64.
    sepflow_type row_pass_type() const {
        const bool converts = precision == Precision::kDouble || options.out_type == SEPFLOW_F16;
        return converts ? sample_type() : options.out_type;
    }
};

Plan make_plan(const Kernel &kernel, const Options &options);

// What hosts and people ask of a plan; the description points into it.
sepflow_plan_info plan_info(const Plan &plan, uint64_t scratch_bytes);
sepflow_plan_description describe_plan(const Plan &plan);

// Where the output lies for an input's domain, by the extent. Throws Error for a rectangle that makes no
// sense, as does input_region.
sepflow_rect output_domain(const Plan &plan, const sepflow_rect &in);
// The pixels within `domain` that `out` reads, with those that the border rule fetches.
sepflow_rect input_region(const Plan &plan, const sepflow_rect &out, const sepflow_rect &domain);

}  // namespace sepflow
