#include "runtime/plan/plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "runtime/error.h"

namespace sepflow {

namespace {

// The kernel as it is correlated: flipped for convolution, times the scale.
Kernel oriented(Kernel kernel, const Options &options) {
    if (options.convolve) {
        std::reverse(kernel.taps.begin(), kernel.taps.end());
        for (Factor &factor : kernel.factors) {
            std::reverse(factor.column.begin(), factor.column.end());
            std::reverse(factor.row.begin(), factor.row.end());
        }
    }
    if (options.scale != 1) {
        for (double &tap : kernel.taps) tap *= options.scale;
        for (Factor &factor : kernel.factors) {
            for (double &tap : factor.row) tap *= options.scale;
        }
    }
    return kernel;
}

int64_t checked_anchor(int64_t anchor, size_t length, const char *name) {
    if (anchor < 0 || anchor >= static_cast<int64_t>(length)) {
        throw Error(SEPFLOW_E_PARAM, std::string(name) + " " + std::to_string(anchor) +
                                         " lies outside the kernel, which has 0 .. " +
                                         std::to_string(length - 1));
    }
    return anchor;
}

// The anchor is given on the kernel as written; flipping moves it to the mirrored tap.
void place_anchor(Plan &plan) {
    const Options &options = plan.options;
    const auto columns = static_cast<int64_t>(plan.kernel.columns);
    const auto rows = static_cast<int64_t>(plan.kernel.rows);
    int64_t x = columns / 2, y = rows / 2;
    if (options.has_anchor) {
        x = checked_anchor(options.anchor_x, plan.kernel.columns, "anchor_x");
        y = checked_anchor(options.anchor_y, plan.kernel.rows, "anchor_y");
    }
    plan.anchor_x = options.convolve ? columns - 1 - x : x;
    plan.anchor_y = options.convolve ? rows - 1 - y : y;
    plan.halo = {plan.anchor_x, columns - 1 - plan.anchor_x, plan.anchor_y,
                 rows - 1 - plan.anchor_y};
}

Taps join(const std::vector<Factor> &factors, std::vector<double> Factor::*side,
          Precision precision) {
    Taps taps;
    taps.length = static_cast<int32_t>((factors.front().*side).size());
    taps.terms = static_cast<int32_t>(factors.size());
    for (const Factor &factor : factors) {
        taps.f64.insert(taps.f64.end(), (factor.*side).begin(), (factor.*side).end());
    }
    if (precision == Precision::kSingle) taps.f32.assign(taps.f64.begin(), taps.f64.end());
    return taps;
}

InputPixel input_pixel(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return InputPixel::kU8;
        case SEPFLOW_U16:
            return InputPixel::kU16;
        case SEPFLOW_S16:
            return InputPixel::kS16;
        case SEPFLOW_F32:
            return InputPixel::kF32;
        default:
            return InputPixel::kF64;
    }
}

// Results of integer images stay free of fused operations up to the end.
OutputPixel output_pixel(sepflow_type type, bool from_integers) {
    switch (type) {
        case SEPFLOW_U8:
            return OutputPixel::kU8;
        case SEPFLOW_U16:
            return OutputPixel::kU16;
        case SEPFLOW_S16:
            return OutputPixel::kS16;
        case SEPFLOW_F32:
            return from_integers ? OutputPixel::kF32FromIntegers : OutputPixel::kF32;
        default:
            return OutputPixel::kF64;
    }
}

void choose_passes(Plan &plan) {
    const PassSet &set = *plan.options.passes;
    const int schedule = static_cast<int>(plan.options.schedule);
    const bool from_integers = is_integer(plan.options.in_type);
    const auto row_pass = [&](sepflow_type type) {
        return set.row[schedule][static_cast<int>(output_pixel(type, from_integers))];
    };
    plan.column_pass = set.column[schedule][static_cast<int>(input_pixel(plan.column_pass_type()))];
    plan.row_pass = row_pass(plan.row_pass_type());
    plan.unrounded_row_pass = row_pass(plan.unrounded_type());
}

void check_truncation(const Plan &plan) {
    const Options &options = plan.options;
    if (options.border_x != SEPFLOW_BORDER_TRUNCATE && options.border_y != SEPFLOW_BORDER_TRUNCATE)
        return;
    const auto &taps = plan.kernel.taps;
    const double sum = std::accumulate(taps.begin(), taps.end(), 0.0);
    if (std::fabs(sum) <= 1e-12 * plan.factoring.kernel_norm_1) {
        throw Error(
            SEPFLOW_E_PARAM,
            "border 'truncate' rescales to the sum of the taps, which is zero for this kernel");
    }
}

bool is_identity(const Plan &plan) {
    const Options &options = plan.options;
    if (options.in_type != options.out_type || options.extent != SEPFLOW_EXTENT_SAME) return false;
    if (options.delta != 0) return false;
    const Kernel &kernel = plan.kernel;
    for (size_t row = 0; row < kernel.rows; ++row) {
        for (size_t column = 0; column < kernel.columns; ++column) {
            const bool at_anchor = static_cast<int64_t>(row) == plan.anchor_y &&
                                   static_cast<int64_t>(column) == plan.anchor_x;
            if (kernel.tap(row, column) != (at_anchor ? 1 : 0)) return false;
        }
    }
    return true;
}

std::string explain_rank(const Plan &plan) {
    const Factoring &factoring = plan.factoring;
    const std::string rank = std::to_string(factoring.rank());
    if (!plan.kernel.factors.empty())
        return "the 1-D filters were given, so nothing had to be found";
    if (plan.options.budget.rank != 0) return "rank " + rank + " was asked for";
    if (factoring.rank() == 1)
        return "one pair of 1-D filters stays within the tolerance: separable";
    return "rank " + rank + " is the smallest whose factors stay within the tolerance";
}

}  // namespace

Plan make_plan(const Kernel &kernel, const Options &options) {
    Plan plan;
    plan.options = options;
    plan.precision = options.budget.precision;
    plan.kernel = oriented(kernel, options);
    place_anchor(plan);
    plan.factoring = factor_kernel(plan.kernel, options.budget);
    plan.column_taps = join(plan.factoring.factors, &Factor::column, plan.precision);
    plan.row_taps = join(plan.factoring.factors, &Factor::row, plan.precision);
    check_truncation(plan);
    choose_passes(plan);
    plan.identity = is_identity(plan);
    plan.reason = explain_rank(plan);
    return plan;
}

}  // namespace sepflow
