#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string>

#include "runtime/base/error.h"
#include "runtime/factor/balance.h"
#include "runtime/factor/certificate.h"
#include "runtime/factor/norms.h"
#include "runtime/plan/budget.h"
#include "runtime/plan/chosen_passes.h"
#include "runtime/plan/exactness.h"
#include "runtime/plan/transforms.h"
#include "runtime/plan/truncation.h"

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
        for (double &tap : kernel.taps) tap = non_zero_product(tap, options.scale);
        for (Factor &factor : kernel.factors) scale(factor, options.scale);
    }
    return kernel;
}

// Whether any product with the scale is not the double that it becomes.
bool scale_rounds(const Kernel &kernel, double scale) {
    const auto rounds = [scale](double tap) {
        return std::fma(tap, scale, -non_zero_product(tap, scale)) != 0;
    };
    const auto any = [&](const std::vector<double> &taps) {
        return std::any_of(taps.begin(), taps.end(), rounds);
    };
    if (scale == 1) return false;
    return any(kernel.taps) || std::any_of(kernel.factors.begin(), kernel.factors.end(),
                                           [&](const Factor &factor) { return any(factor.row); });
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

Taps join(const std::vector<Factor> &factors, std::vector<double> Factor::*side) {
    Taps taps;
    taps.length = static_cast<int32_t>((factors.front().*side).size());
    taps.terms = static_cast<int32_t>(factors.size());
    for (const Factor &factor : factors) {
        taps.f64.insert(taps.f64.end(), (factor.*side).begin(), (factor.*side).end());
    }
    return taps;
}

// What is rounded, or made of the error, outside the sums of a method.
void certify_the_rest(Plan &plan) {
    const double norm = plan.factoring.kernel_norm_1;
    double &rounding = plan.certificate.rounding_bound;
    rounding += plan.scale_rounding;
    // Weights, their products with pixels and what is filled in: six roundings at most.
    if (plan.has_missing())
        rounding += 8 * norm * (plan.precision == Precision::kSingle ? 0x1p-24 : 0x1p-53);
    if (plan.truncates()) plan.truncated = truncated_error(plan);
}

void certify_passes(Plan &plan) {
    Summation summation = summation_of(plan.options, plan.precision);
    summation.folds_columns = folds(plan.column_form);
    summation.folds_rows = folds(plan.row_form);
    plan.certificate = plan.factoring;
    plan.certificate.rounding_bound = rounding_of_passes(plan.factoring.factors, summation);
    certify_the_rest(plan);
}

void check_sum(const Plan &plan) {
    if (!plan.truncates() && !plan.weighs()) return;
    if (std::fabs(plan.kernel_sum) <= 1e-12 * plan.factoring.kernel_norm_1) {
        throw Error(SEPFLOW_E_PARAM,
                    std::string(plan.weighs() ? "missing 'ignore'" : "border 'truncate'") +
                        " rescales to the sum of the taps, which is zero for this kernel");
    }
}

// Sums of taps of one sign are zero only where all weights are.
double least_support(const Plan &plan) {
    const auto is_negative = [](double tap) { return tap < 0; };
    const auto &taps = plan.kernel.taps;
    const bool direct = plan.method == Method::kDirect;
    const bool cancels =
        direct ? std::any_of(taps.begin(), taps.end(), is_negative)
               : plan.factoring.rank() > 1 || std::any_of(taps.begin(), taps.end(), is_negative);
    return cancels ? plan.error_bound() : 0;
}

bool is_identity(const Plan &plan) {
    const Options &options = plan.options;
    if (options.in_type != options.out_type || options.extent != SEPFLOW_EXTENT_SAME) return false;
    if (options.delta != 0 || plan.has_missing()) return false;
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

std::vector<double> sums_of_taps(const Kernel &kernel) {
    const size_t pitch = kernel.columns + 1;
    std::vector<double> sums((kernel.rows + 1) * pitch);
    for (size_t y = 0; y < kernel.rows; ++y) {
        double row = 0;
        for (size_t x = 0; x < kernel.columns; ++x) {
            row += kernel.tap(y, x);
            sums[(y + 1) * pitch + x + 1] = sums[y * pitch + x + 1] + row;
        }
    }
    return sums;
}

// The plan as it runs by a method.
Plan with_method(const Plan &separable, Method method) {
    Plan plan = separable;
    plan.method = method;
    if (method == Method::kDirect) {
        run_directly(plan, plan.options.precision);
        plan.certificate = certify_direct(plan.kernel, summation_of(plan.options, plan.precision));
    } else if (method == Method::kFft) {
        run_directly(plan, Precision::kDouble);
        plan.transforms = make_transforms(plan.kernel, *plan.options.passes);
        plan.certificate =
            certify_transforms(plan.kernel, int64_t{plan.transforms.nx} * plan.transforms.ny,
                               summation_of(plan.options, plan.precision).delta);
    }
    if (method != Method::kSeparable) certify_the_rest(plan);
    return plan;
}

// The cheapest method that keeps the budget. Where none does, or the arithmetic decides, one that is bound no worse than the
// passes; plain sums in the arithmetic's own precision always will do.
Method choose_method(const Plan &separable) {
    const Options &options = separable.options;
    if (options.method == SEPFLOW_METHOD_FFT && !std::isfinite(separable.costs.fft)) {
        throw Error(SEPFLOW_E_PARAM, "method 'fft' takes kernels of up to 384 x 384 taps");
    }
    if (options.method != SEPFLOW_METHOD_AUTO)
        return static_cast<Method>(options.method - SEPFLOW_METHOD_SEPARABLE);
    if (options.rank != 0 || options.schedule != SEPFLOW_SCHEDULE_AUTO) return Method::kSeparable;
    const Costs &costs = separable.costs;
    // The direct sum reads the image into tiles first, which counts for more where it is in no cache; and blocks of transforms
    // are computed whole, though images and regions end within them.
    constexpr double kHandicap = 1.125;
    std::vector<std::pair<double, Method>> candidates = {
        {costs.separable, Method::kSeparable}, {kHandicap * costs.direct, Method::kDirect}};
    if (std::isfinite(costs.fft) && options.missing == SEPFLOW_MISSING_PROPAGATE)
        candidates.emplace_back(kHandicap * costs.fft, Method::kFft);
    std::sort(candidates.begin(), candidates.end());
    const double allowed = allowed_error(options, separable.factoring.kernel_norm_1);
    const auto error = [&](Method method) { return output_error(with_method(separable, method)); };
    const double enough = std::max(allowed, output_error(separable));
    for (const auto &[cost, method] : candidates) {
        if (method == Method::kSeparable && keeps_budget(separable)) return method;
        if (method == Method::kDirect && allowed == 0) return method;
        if (method != Method::kSeparable && error(method) <= (allowed != 0 ? allowed : enough))
            return method;
    }
    return Method::kSeparable;
}

std::string explain_rank(const Plan &plan) {
    const Factoring &factoring = plan.factoring;
    const std::string rank = std::to_string(factoring.rank());
    if (!plan.kernel.factors.empty() && factoring.rank() == plan.kernel.factors.size())
        return "the 1-D filters come with the kernel, so nothing had to be found";
    if (plan.options.rank != 0) return "rank " + rank + " was asked for";
    if (!keeps_budget(plan))
        return std::string("the arithmetic rounds by more than the tolerance") +
               (plan.method == Method::kSeparable
                    ? ", so all terms that count beside that are taken"
                    : "");
    if (factoring.rank() == 1)
        return "one pair of 1-D filters stays within the tolerance: separable";
    return "rank " + rank + " is the smallest that was found to stay within the tolerance";
}

std::string explain_method(const Plan &plan) {
    if (plan.options.method != SEPFLOW_METHOD_AUTO) return "the method was asked for";
    switch (plan.method) {
        case Method::kDirect:
            return "one product for every tap that is not zero is cheaper";
        case Method::kFft:
            return "Fourier transforms are cheaper";
        default:
            if (plan.options.rank != 0 || plan.options.schedule != SEPFLOW_SCHEDULE_AUTO)
                return "a rank or a schedule means 1-D passes";
            return "1-D passes are the cheapest that keep the tolerance";
    }
}

// In pairs of passes, with factors that keep `part` of the budget.
Plan separable_plan(const Kernel &kernel, const Options &options, double part) {
    Plan plan;
    plan.options = options;
    plan.precision = options.precision;
    plan.kernel = oriented(kernel, options);
    if (scale_rounds(kernel, options.scale)) {
        const auto taps = static_cast<double>(plan.kernel.taps.size());
        plan.scale_rounding =
            0x1p-52 * sum_abs(plan.kernel.taps) + taps * std::numeric_limits<double>::denorm_min();
    }
    place_anchor(plan);
    plan.factoring = factor_within_budget(plan.kernel, options, part);
    plan.column_taps = join(plan.factoring.factors, &Factor::column);
    plan.row_taps = join(plan.factoring.factors, &Factor::row);
    plan.kernel_sum = std::accumulate(plan.kernel.taps.begin(), plan.kernel.taps.end(), 0.0);
    check_sum(plan);
    choose_passes(plan);
    pass_taps(plan);
    certify_passes(plan);
    return plan;
}

// The best plan in the options' precision.
Plan plan_of(const Kernel &kernel, const Options &options) {
    Plan plan = separable_plan(kernel, options, 1);
    const double allowed = allowed_error(options, plan.factoring.kernel_norm_1);
    // Sums that are rescaled, or divided, are further off than the factors alone.
    double part = 1;
    for (int i = 0; i < 3 && options.rank == 0 && !keeps_budget(plan); ++i) {
        if (!(plan.truncates() || plan.weighs()) || !std::isfinite(output_error(plan))) break;
        part *= 0.9 * allowed / output_error(plan);
        plan = separable_plan(kernel, options, part);
    }
    plan.costs = predict_costs(plan);
    return with_method(plan, choose_method(plan));
}

double cost(const Plan &plan) {
    const Costs &c = plan.costs;
    return plan.method == Method::kSeparable ? c.separable
           : plan.method == Method::kDirect  ? c.direct
                                             : c.fft;
}

// Whether double precision may be worth it: where single does not keep the budget, or transforms are taken just because they do.
bool may_need_double(const Plan &plan) {
    const Options &options = plan.options;
    if (options.precision == Precision::kDouble || options.rank != 0) return false;
    if (plan.method != Method::kFft) return !keeps_budget(plan);
    return options.method == SEPFLOW_METHOD_AUTO &&
           2 * std::min(plan.costs.separable, plan.costs.direct) < plan.costs.fft;
}

}  // namespace

Plan make_plan(const Kernel &kernel, const Options &options) {
    Plan plan = plan_of(kernel, options);
    if (may_need_double(plan)) {
        Options finer = options;
        finer.precision = Precision::kDouble;
        Plan other = plan_of(kernel, finer);
        if (keeps_budget(other) && (!keeps_budget(plan) || cost(other) < cost(plan)))
            plan = std::move(other);
    }
    if (plan.truncates()) plan.tap_sums = sums_of_taps(plan.kernel);
    plan.least_support = least_support(plan);
    plan.identity = is_identity(plan);
    const Exactness exact = exactness(plan);
    plan.exact = exact.is_exact;
    plan.exactness = exact.reason;
    plan.reason = explain_rank(plan) + "; " + explain_method(plan);
    return plan;
}

}  // namespace sepflow
