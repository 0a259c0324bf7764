#include "runtime/plan/chosen_passes.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "runtime/factor/symmetry.h"
#include "runtime/plan/budget.h"
#include "runtime/plan/direct.h"

namespace sepflow {

namespace {

// What is unfused stays so up to the end.
OutputPixel output_pixel(sepflow_type type, bool unfused) {
    switch (type) {
        case SEPFLOW_U8:
            return OutputPixel::kU8;
        case SEPFLOW_U16:
            return OutputPixel::kU16;
        case SEPFLOW_S16:
            return OutputPixel::kS16;
        case SEPFLOW_F32:
            return unfused ? OutputPixel::kF32FromIntegers : OutputPixel::kF32;
        default:
            return OutputPixel::kF64;
    }
}

Samples samples_of(const Plan &plan) {
    if (plan.precision == Precision::kDouble) return Samples::kF64;
    return plan.options.is_unfused() ? Samples::kF32FromIntegers : Samples::kF32;
}

InputPixel input_pixel(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return InputPixel::kU8;
        case SEPFLOW_U16:
            return InputPixel::kU16;
        case SEPFLOW_S16:
            return InputPixel::kS16;
        default:
            return InputPixel::kF32;
    }
}

// Into f32; none for f16.
LoadPass load_pass(const Plan &plan) {
    const sepflow_type type = plan.options.in_type;
    if (plan.precision == Precision::kDouble || type == SEPFLOW_F16) return nullptr;
    return plan.passes().load[static_cast<int>(input_pixel(type))];
}

Fold fold_of(const std::vector<Factor> &factors, std::vector<double> Factor::*side) {
    const auto all = [&](bool (*is_so)(const std::vector<double> &)) {
        return std::all_of(factors.begin(), factors.end(),
                           [&](const Factor &factor) { return is_so(factor.*side); });
    };
    if ((factors.front().*side).size() < 2) return Fold::kNone;
    return all(is_even) ? Fold::kEven : all(is_odd) ? Fold::kOdd : Fold::kNone;
}

void choose_arithmetic(Plan &plan) {
    const Options &options = plan.options;
    const bool fits = options.in_type == SEPFLOW_U8 && options.out_type == SEPFLOW_U8 &&
                      plan.row_taps.terms == 1 && !plan.truncates() && !plan.has_missing() &&
                      options.schedule != SEPFLOW_SCHEDULE_TRANSPOSED;
    if (!fits) return;
    const auto filter = [](const Taps &taps) { return FixedFilter{taps.f64.data(), taps.length}; };
    plan.fixed = fixed_point(filter(plan.column_taps), filter(plan.row_taps), options.delta);
    const double allowed = allowed_error(options, plan.factoring.kernel_norm_1) -
                           remainder_error(plan.factoring, options);
    if (plan.fixed && plan.fixed->error > allowed) plan.fixed.reset();
}

// The row taps from which on transposing a block costs less than it saves: where the plain column pass reads the image
// itself, and where not. Measured as in generators/tiles.h; the same for every instruction set, so that integer
// images come out the same.
struct Threshold {
    int32_t folded, not_folded;
};
constexpr Threshold kFromImage = {15, 19}, kFromStaged = {11, 15};

void choose_forms(Plan &plan) {
    const int32_t schedule = plan.options.schedule;
    if (plan.fixed || schedule == SEPFLOW_SCHEDULE_PLAIN) return;
    const Fold column_fold = fold_of(plan.factoring.factors, &Factor::column),
               row_fold = fold_of(plan.factoring.factors, &Factor::row);
    const Threshold &threshold =
        plan.options.in_type == plan.sample_type() ? kFromImage : kFromStaged;
    const int32_t from = row_fold == Fold::kNone ? threshold.not_folded : threshold.folded;
    if (schedule == SEPFLOW_SCHEDULE_AUTO && plan.row_taps.length < from) return;
    const Form forms[] = {Form::kTransposed, Form::kTransposedEven, Form::kTransposedOdd};
    plan.column_form = forms[static_cast<int>(column_fold)];
    plan.row_form = forms[static_cast<int>(row_fold)];
}

bool reads_image(const Plan &plan) {
    return !plan.transposed() && !plan.has_missing();
}

template <typename T>
std::vector<T> passed(const Taps &taps, bool folded) {
    std::vector<T> result(taps.f64.begin(), taps.f64.end());
    if (!folded || taps.length % 2 == 0) return result;
    for (int32_t t = 0; t < taps.terms; ++t)
        result[static_cast<size_t>(t * taps.length + taps.length / 2)] /= 2;
    return result;
}

}  // namespace

void choose_passes(Plan &plan) {
    choose_arithmetic(plan);
    choose_forms(plan);
    const PassSet &set = plan.passes();
    if (plan.fixed) {
        plan.load_pass = set.fixed_load;
        plan.column_pass = set.fixed_column;
        plan.row_pass = set.fixed_row;
        return;
    }
    plan.column_pass =
        set.column[static_cast<int>(plan.column_form)][static_cast<int>(samples_of(plan))];
    plan.row_pass = row_pass_to(plan, plan.row_form, plan.result_type());
    plan.sample_row_pass = row_pass_to(plan, plan.row_form, plan.sample_type());
    const sepflow_type in_type = plan.options.in_type;
    if (plan.precision == Precision::kDouble) {
        if (in_type == SEPFLOW_F64 && reads_image(plan)) plan.direct_column_pass = plan.column_pass;
    } else if (in_type != SEPFLOW_F16) {
        plan.load_pass = load_pass(plan);
        if (reads_image(plan)) {
            plan.direct_column_pass =
                in_type == SEPFLOW_F32 ? plan.column_pass
                                       : set.direct_column[static_cast<int>(input_pixel(in_type))];
        }
    }
}

void pass_taps(Plan &plan) {
    if (plan.fixed) {
        plan.column_taps.passed = plan.fixed->column_taps;
        plan.row_taps.passed = plan.fixed->row_taps;
        return;
    }
    const auto pass = [&](Taps &taps, Form form) {
        if (plan.precision == Precision::kDouble) {
            taps.passed = passed<double>(taps, folds(form));
        } else {
            taps.passed = passed<float>(taps, folds(form));
        }
    };
    pass(plan.column_taps, plan.column_form);
    pass(plan.row_taps, plan.row_form);
}

bool folds(Form form) {
    return form == Form::kTransposedEven || form == Form::kTransposedOdd;
}

RowPass row_pass_to(const Plan &plan, Form form, sepflow_type type) {
    const OutputPixel pixel = output_pixel(type, plan.options.is_unfused());
    return plan.passes().row[static_cast<int>(form)][static_cast<int>(pixel)];
}

void run_directly(Plan &plan, Precision precision) {
    plan.fixed.reset();
    plan.direct_column_pass = nullptr;
    plan.column_form = plan.row_form = Form::kPlain;
    plan.precision = precision;
    plan.load_pass = load_pass(plan);
    plan.runs = make_runs(plan.kernel, precision);
    const auto pass = [&](sepflow_type type) {
        return plan.passes()
            .direct[static_cast<int>(output_pixel(type, plan.options.is_unfused()))];
    };
    plan.direct_pass = pass(plan.result_type());
    plan.sample_direct_pass = pass(plan.sample_type());
}

}  // namespace sepflow
