#include "runtime/plan/pass_pairs.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "runtime/factor/symmetry.h"
#include "runtime/plan/budget.h"
#include "runtime/plan/cost_model.h"

namespace sepflow {

namespace {

Taps join(const std::vector<Factor> &factors, std::vector<double> Factor::*side) {
    Taps taps;
    taps.length = static_cast<int32_t>((factors.front().*side).size());
    taps.terms = static_cast<int32_t>(factors.size());
    for (const Factor &factor : factors)
        taps.f64.insert(taps.f64.end(), (factor.*side).begin(), (factor.*side).end());
    return taps;
}

std::optional<FixedPoint> fixed_point_within_budget(const Request &request,
                                                    const Factoring &factoring) {
    const Options &options = request.options;
    const bool fits = options.in_type == SEPFLOW_U8 && options.out_type == SEPFLOW_U8 &&
                      factoring.rank() == 1 && !options.truncates() && !options.has_missing() &&
                      options.schedule != SEPFLOW_SCHEDULE_TRANSPOSED;
    if (!fits) return std::nullopt;
    const auto filter = [](const std::vector<double> &taps) {
        return FixedFilter{taps.data(), static_cast<int32_t>(taps.size())};
    };
    const Factor &factor = factoring.factors.front();
    const auto fixed = fixed_point(filter(factor.column), filter(factor.row), options.delta);
    const double allowed = allowed_error(options, factoring.kernel_norm_1) -
                           remainder_error(factoring.certificate, options);
    return fixed && fixed->error <= allowed ? fixed : std::nullopt;
}

Fold fold_of(const std::vector<Factor> &factors, std::vector<double> Factor::*side) {
    const auto all = [&](bool (*is_so)(const std::vector<double> &)) {
        return std::all_of(factors.begin(), factors.end(),
                           [&](const Factor &factor) { return is_so(factor.*side); });
    };
    if ((factors.front().*side).size() < 2) return Fold::kNone;
    return all(is_even) ? Fold::kEven : all(is_odd) ? Fold::kOdd : Fold::kNone;
}

Form transposed_form(Fold fold) {
    const Form forms[] = {Form::kTransposed, Form::kTransposedEven, Form::kTransposedOdd};
    return forms[static_cast<int>(fold)];
}

// The row taps from which on transposing a block costs less than it saves: where the plain column
// pass reads the image itself, and where not. Measured as in generators/tiles.h; the same for every
// instruction set, so that integer images come out the same.
struct Threshold {
    int32_t folded, not_folded;
};
constexpr Threshold kFromImage = {15, 19}, kFromStaged = {11, 15};

bool pays_to_transpose(const Request &request, Fold row_fold) {
    const int32_t schedule = request.options.schedule;
    if (schedule != SEPFLOW_SCHEDULE_AUTO) return schedule == SEPFLOW_SCHEDULE_TRANSPOSED;
    const Options &options = request.options;
    const sepflow_type sample_type = float_arithmetic(options, options.precision).sample_type;
    const Threshold &threshold = options.in_type == sample_type ? kFromImage : kFromStaged;
    const int32_t from = row_fold == Fold::kNone ? threshold.not_folded : threshold.folded;
    return static_cast<int64_t>(request.kernel.columns) >= from;
}

template <typename T>
std::vector<T> passed(const Taps &taps, bool folded) {
    std::vector<T> result(taps.f64.begin(), taps.f64.end());
    if (!folded || taps.length % 2 == 0) return result;
    for (int32_t t = 0; t < taps.terms; ++t)
        result[static_cast<size_t>(t * taps.length + taps.length / 2)] /= 2;
    return result;
}

void pass_floats(Taps &taps, Form form, Precision precision) {
    if (precision == Precision::kDouble) {
        taps.passed = passed<double>(taps, folds(form));
    } else {
        taps.passed = passed<float>(taps, folds(form));
    }
}

void take_floats(Taps column_taps, Taps row_taps, PassPairs &pairs) {
    const Precision precision = pairs.arithmetic.precision;
    pairs.column_taps = std::move(column_taps);
    pairs.row_taps = std::move(row_taps);
    pass_floats(pairs.column_taps, pairs.column_form, precision);
    pass_floats(pairs.row_taps, pairs.row_form, precision);
}

PassPairs float_pairs(const Request &request, const Factoring &factoring, Form column_form,
                      Form row_form) {
    const Options &options = request.options;
    PassPairs pairs;
    pairs.arithmetic = float_arithmetic(options, options.precision);
    pairs.column_form = column_form;
    pairs.row_form = row_form;
    if (!pairs.transposed() && !options.has_missing())
        pairs.image_column_pass = pairs.arithmetic.image_column_pass(options.in_type);
    take_floats(join(factoring.factors, &Factor::column), join(factoring.factors, &Factor::row),
                pairs);
    return pairs;
}

PassPairs fixed_pairs(const Request &request, const Factoring &factoring, const FixedPoint &fixed) {
    PassPairs pairs;
    pairs.arithmetic = fixed_arithmetic(request.options);
    pairs.column_taps = join(factoring.factors, &Factor::column);
    pairs.row_taps = join(factoring.factors, &Factor::row);
    pairs.column_taps.passed = fixed.column_taps;
    pairs.row_taps.passed = fixed.row_taps;
    pairs.fixed = fixed;
    return pairs;
}

}  // namespace

PassPairs make_pass_pairs(const Request &request, const Factoring &factoring) {
    if (const auto fixed = fixed_point_within_budget(request, factoring))
        return fixed_pairs(request, factoring, *fixed);
    if (pays_to_transpose(request, fold_of(factoring.factors, &Factor::row)))
        return make_folding_pairs(request, factoring);
    return float_pairs(request, factoring, Form::kPlain, Form::kPlain);
}

PassPairs make_folding_pairs(const Request &request, const Factoring &factoring) {
    return float_pairs(request, factoring,
                       transposed_form(fold_of(factoring.factors, &Factor::column)),
                       transposed_form(fold_of(factoring.factors, &Factor::row)));
}

PassPairs make_pairs_like(const PassPairs &like, Taps column_taps, Taps row_taps) {
    PassPairs pairs;
    pairs.arithmetic = like.arithmetic;
    pairs.column_form = like.column_form;
    pairs.row_form = like.row_form;
    pairs.image_column_pass = like.image_column_pass;
    take_floats(std::move(column_taps), std::move(row_taps), pairs);
    return pairs;
}

Bounds bounds_of(const PassPairs &pairs, const Request &request, const Factoring &factoring) {
    const Precision precision = pairs.arithmetic.precision;
    Summation summation = summation_of(request.options, precision);
    summation.folds_columns = folds(pairs.column_form);
    summation.folds_rows = folds(pairs.row_form);
    Certificate sums = factoring.certificate;
    sums.rounding_bound = rounding_of_passes(factoring.factors, summation);
    return make_bounds(request, precision, factoring.kernel_norm_1, sums, pairs.fixed, [&] {
        return running_factors(request.kernel, factoring.factors, precision);
    });
}

double cost_of(const PassPairs &pairs) {
    const auto cost = [&](const Coefficients &c) {
        const double terms = pairs.row_taps.terms;
        const double taps = terms * (pairs.row_taps.length + pairs.column_taps.length);
        return c.sample + terms * c.term + taps * c.tap;
    };
    if (pairs.fixed) return cost(kFixed);
    // In f64, a vector holds half as many.
    const double floats = pairs.arithmetic.sample_bytes() / 4;
    if (!pairs.transposed()) return floats * cost(kPlain);
    const bool all_fold = folds(pairs.row_form) && folds(pairs.column_form);
    return floats * cost(all_fold ? kFolded : kTransposed);
}

bool folds(Form form) {
    return form == Form::kTransposedEven || form == Form::kTransposedOdd;
}

}  // namespace sepflow
