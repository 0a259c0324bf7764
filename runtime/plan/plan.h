// A plan: the immutable result of set-up. All that a call needs to know to filter a region.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <sepflow/sepflow.h>

#include "generators/passes.h"
#include "runtime/factor/factor.h"
#include "runtime/fourier/block_convolver.h"
#include "runtime/kernel/kernel.h"
#include "runtime/plan/fixed_point.h"
#include "runtime/plan/method.h"

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
    int32_t method = SEPFLOW_METHOD_AUTO;
    int32_t missing = SEPFLOW_MISSING_PROPAGATE;
    double missing_value = 0;
    bool keeps_missing = false;
    bool strict = false;
    const PassSet *passes = nullptr;

    // No multiply-add is fused and sums have one order, on every instruction set: the same bytes everywhere.
    bool is_unfused() const { return strict || is_integer(in_type); }
};

// Throws Error for a NULL, a wrong struct_size, an unknown constant or flag, an impossible value.
Options check_options(const sepflow_options *options);

// How far a region of output reaches beyond itself; negative where the anchor lies outside the
// middle.
struct Halo {
    int64_t left = 0, right = 0, top = 0, bottom = 0;
};

// Taps of one of several types. Copied by assignment: a std::variant of vectors that is constructed as a copy is destroyed without
// one if there is no memory for it (GCC 12).
template <typename... Types>
struct TapsOf : std::variant<std::vector<Types>...> {
    using Variant = std::variant<std::vector<Types>...>;
    using Variant::operator=;
    TapsOf() = default;
    TapsOf(const TapsOf &other) : Variant() { Variant::operator=(other); }
    TapsOf(TapsOf &&) = default;
    TapsOf &operator=(const TapsOf &) = default;
    TapsOf &operator=(TapsOf &&) = default;
};

// The 1-D filters of all terms, one after the other.
struct Taps {
    int32_t length = 0;
    int32_t terms = 0;
    std::vector<double> f64;
    // As the passes take them: of samples' type; if they fold, the middle one is halved, as it meets its pixel twice.
    TapsOf<double, float, int16_t> passed;
};

// The taps of the direct pass that are not zero, in vertical runs (generators/direct_pass.cpp).
struct Runs {
    int32_t length = 0, count = 0;
    std::vector<int32_t> places;  // column and row of the first tap of each
    TapsOf<double, float> taps;
};

// Overlap-save: blocks of nx x ny samples, of which nx - columns + 1 by ny - rows + 1 are results.
struct Transforms {
    int nx = 0, ny = 0;
    int64_t results_w = 0, results_h = 0;  // of a block
    std::shared_ptr<const BlockConvolver> convolver;
};

struct Plan {
    Options options;
    Method method = Method::kSeparable;
    Costs costs;
    Precision precision = Precision::kSingle;
    Kernel kernel;  // as correlated: flipped for convolution, times the scale
    int64_t anchor_x = 0, anchor_y = 0;
    Halo halo;
    Factoring factoring;
    Certificate certificate;  // of the method, in floats
    Taps column_taps, row_taps;
    // Of a bank's shared terms, whose results stay apart: the column filter of each.
    std::vector<int32_t> column_of;
    ColumnPass column_pass = nullptr;
    RowPass row_pass = nullptr;
    std::optional<FixedPoint> fixed;          // then the passes run in it
    LoadPass load_pass = nullptr;             // dense pixels to samples, if there is such a one
    ColumnPass direct_column_pass = nullptr;  // reads the image's pixels, if there is such a one
    RowPass sample_row_pass = nullptr;        // writes samples, for what is converted afterwards
    Form column_form = Form::kPlain, row_form = Form::kPlain;  // both plain, or neither
    // Of the direct method, and of transforms where a block holds what is not finite.
    Runs runs;
    DirectPass direct_pass = nullptr, sample_direct_pass = nullptr;
    Transforms transforms;
    bool identity = false;
    bool exact = false;     // no sum is rounded before the end; see exactness.h
    std::string exactness;  // why, or why not
    std::string reason;     // why this rank and method, a sentence
    // If taps are truncated: entry (y, x) is the sum of the taps above and left of tap (y, x).
    std::vector<double> tap_sums;
    double kernel_sum = 0;
    double scale_rounding = 0;  // bound on what it rounds off the taps, for |image| <= 1
    double truncated = 0;       // if taps are truncated: truncated_error()
    // A sum of weighted taps that is no larger is no support: of taps that may cancel, what the arithmetic may leave of zero.
    double least_support = 0;

    // Samples are what the passes work on: s16 in fixed point, else f32 or f64.
    sepflow_type sample_type() const {
        if (fixed) return SEPFLOW_S16;
        return precision == Precision::kDouble ? SEPFLOW_F64 : SEPFLOW_F32;
    }
    int sample_bytes() const { return (sample_type() & 0xff) / 8; }
    // Of passes in f64, only those of the plainest instruction set are compiled without fused operations
    // (generators/variants.cmake).
    const PassSet &passes() const {
        const bool plainest = precision == Precision::kDouble && options.is_unfused();
        return plainest ? pass_sets().back() : *options.passes;
    }
    // Results are divided by the sum of the taps that a pixel stands behind.
    bool weighs() const { return options.missing == SEPFLOW_MISSING_IGNORE; }
    bool has_missing() const { return options.missing != SEPFLOW_MISSING_PROPAGATE; }
    bool truncates() const {
        return !weighs() && (options.border_x == SEPFLOW_BORDER_TRUNCATE ||
                             options.border_y == SEPFLOW_BORDER_TRUNCATE);
    }
    bool shares_terms() const { return !column_of.empty(); }
    // Sums that a pixel takes: of weighted samples, and of the weights.
    int64_t layers() const { return weighs() ? 2 : 1; }
    // Bounds for |image| <= 1, before the conversion to the output's type: what both passes round, and all there is.
    double rounding_bound() const {
        if (exact) return 0;
        return fixed ? fixed->error / 255 + scale_rounding : certificate.rounding_bound;
    }
    double error_bound() const {
        const double sum = certificate.remainder_norm_1 + rounding_bound();
        return truncates() ? truncated : weighs() ? 2 * sum : sum;  // both that are divided are off
    }
    bool transposed() const { return row_form != Form::kPlain; }
    // What the last pass writes: the output's pixels, or samples that are converted afterwards: f16, which the
    // passes do not know, and everything that is filtered in f64.
    sepflow_type result_type() const {
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
// The blocks of transforms that hold `out`, two of them, one above the other, at once: so that the bytes of a pixel do not depend
// on the region, they lie on a grid that begins with the input's domain.
sepflow_rect whole_blocks(const Plan &plan, const sepflow_rect &out, const sepflow_rect &domain);
// The pixels within `domain` that `out` reads, with those that the border rule fetches.
sepflow_rect input_region(const Plan &plan, const sepflow_rect &out, const sepflow_rect &domain);

}  // namespace sepflow
