#include "runtime/plan/plan.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/plan/budget.h"

namespace sepflow {

namespace {

// Everything that the choice of a way is made from, and the choice.
struct Draft {
    Request request;
    Factoring factoring;
    PassPairs pairs;
    Bounds pair_bounds;
    Costs costs = {};
    Method method = Method::kSeparable;
    Bounds bounds;  // of the method

    double allowed() const { return allowed_error(request.options, factoring.kernel_norm_1); }
    bool keeps(const Bounds &of_a_way) const {
        return keeps_budget(request, factoring.kernel_norm_1, of_a_way);
    }
    double cost(Method of) const { return costs[static_cast<size_t>(of)]; }
};

// Factors that keep `part` of the budget, as pairs of passes.
void factor(double part, Draft &draft) {
    const Request &request = draft.request;
    draft.factoring = factor_within_budget(request.kernel, request.options, part);
    check_sum(request, draft.factoring.kernel_norm_1);
    draft.pairs = make_pass_pairs(request, draft.factoring);
    draft.pair_bounds = bounds_of(draft.pairs, request, draft.factoring);
}

// Sums that are rescaled, or divided, are further off than the factors alone, so a few more factors
// may be needed.
void factor_within_tolerance(Draft &draft) {
    factor(1, draft);
    const Options &options = draft.request.options;
    const double allowed = draft.allowed();
    double part = 1;
    for (int i = 0; i < 3 && options.rank == 0 && !draft.keeps(draft.pair_bounds); ++i) {
        const double error = draft.pair_bounds.output;
        if (!(options.truncates() || options.weighs()) || !std::isfinite(error)) break;
        part *= 0.9 * allowed / error;
        factor(part, draft);
    }
}

Bounds bounds_by(Method method, const Draft &draft) {
    const double norm = draft.factoring.kernel_norm_1;
    switch (method) {
        case Method::kDirect:
            return direct_sum_bounds(draft.request, draft.request.options.precision, norm);
        case Method::kFft:
            return transforms_bounds(draft.request, norm);
        default:
            return draft.pair_bounds;
    }
}

void take(Method method, const Bounds &bounds, Draft &draft) {
    draft.method = method;
    draft.bounds = bounds;
}

// Takes the cheapest way that keeps the budget. Where none does, or the arithmetic decides, one
// that is bound no worse than the passes; plain sums in the arithmetic's own precision always will
// do.
void choose_cheapest(Draft &draft) {
    const Options &options = draft.request.options;
    // The direct sum reads the image into tiles first, which counts for more where it is in no
    // cache; and blocks of transforms are computed whole, though images and regions end within
    // them.
    constexpr double kHandicap = 1.125;
    std::vector<std::pair<double, Method>> candidates = {
        {draft.cost(Method::kSeparable), Method::kSeparable},
        {kHandicap * draft.cost(Method::kDirect), Method::kDirect}};
    if (std::isfinite(draft.cost(Method::kFft)) && !options.has_missing())
        candidates.emplace_back(kHandicap * draft.cost(Method::kFft), Method::kFft);
    std::sort(candidates.begin(), candidates.end());
    const double allowed = draft.allowed();
    const double enough = allowed != 0 ? allowed : draft.pair_bounds.output;
    for (const auto &[cost, method] : candidates) {
        if (method == Method::kSeparable && !draft.keeps(draft.pair_bounds)) continue;
        const Bounds bounds = bounds_by(method, draft);
        const bool always_will_do = method == Method::kDirect && allowed == 0;
        if (method == Method::kSeparable || always_will_do || bounds.output <= enough)
            return take(method, bounds, draft);
    }
    take(Method::kSeparable, draft.pair_bounds, draft);
}

void choose(Draft &draft) {
    const Options &options = draft.request.options;
    if (options.method == SEPFLOW_METHOD_AUTO) {
        if (options.rank == 0 && options.schedule == SEPFLOW_SCHEDULE_AUTO)
            return choose_cheapest(draft);
        return take(Method::kSeparable, draft.pair_bounds, draft);
    }
    const auto method = static_cast<Method>(options.method - SEPFLOW_METHOD_SEPARABLE);
    if (method == Method::kFft && !std::isfinite(draft.cost(Method::kFft)))
        throw Error(SEPFLOW_E_PARAM, "method 'fft' takes kernels of up to 384 x 384 taps");
    take(method, bounds_by(method, draft), draft);
}

// The best in the options' precision.
Draft draft_of(Request request) {
    Draft draft;
    draft.request = std::move(request);
    factor_within_tolerance(draft);
    const Kernel &kernel = draft.request.kernel;
    draft.costs = {cost_of(draft.pairs), direct_sum_cost(kernel, draft.request.options.precision),
                   transforms_cost(kernel)};
    choose(draft);
    return draft;
}

// Tells whether double precision may be worth it: where single does not keep the budget, or
// transforms are taken just because they do.
bool may_need_double(const Draft &draft) {
    const Options &options = draft.request.options;
    if (options.precision == Precision::kDouble || options.rank != 0) return false;
    if (draft.method != Method::kFft) return !draft.keeps(draft.bounds);
    return options.method == SEPFLOW_METHOD_AUTO &&
           2 * std::min(draft.cost(Method::kSeparable), draft.cost(Method::kDirect)) <
               draft.cost(Method::kFft);
}

Draft best_draft(Kernel kernel, const Options &options) {
    Draft draft = draft_of(make_request(std::move(kernel), options));
    if (!may_need_double(draft)) return draft;
    Request finer = draft.request;
    finer.options.precision = Precision::kDouble;
    Draft other = draft_of(std::move(finer));
    const bool is_better =
        other.keeps(other.bounds) &&
        (!draft.keeps(draft.bounds) || other.cost(other.method) < draft.cost(draft.method));
    return is_better ? std::move(other) : std::move(draft);
}

Way way_of(Draft &draft) {
    switch (draft.method) {
        case Method::kDirect:
            return make_direct_sum(draft.request, draft.request.options.precision);
        case Method::kFft:
            return make_transforms(draft.request);
        default:
            return std::move(draft.pairs);
    }
}

// Sums of taps of one sign are zero only where all weights are.
double least_support(const Plan &plan) {
    const auto &taps = plan.request.kernel.taps;
    const bool direct = std::holds_alternative<DirectSum>(plan.way);
    const bool cancels = (!direct && plan.factoring.rank() > 1) ||
                         std::any_of(taps.begin(), taps.end(), [](double tap) { return tap < 0; });
    return cancels ? plan.bounds.error : 0;
}

bool is_identity(const Request &request) {
    const Options &options = request.options;
    if (options.in_type != options.out_type || options.extent != SEPFLOW_EXTENT_SAME) return false;
    if (options.delta != 0 || options.has_missing()) return false;
    const Kernel &kernel = request.kernel;
    for (size_t row = 0; row < kernel.rows; ++row) {
        for (size_t column = 0; column < kernel.columns; ++column) {
            const bool at_anchor = static_cast<int64_t>(row) == request.anchor_y &&
                                   static_cast<int64_t>(column) == request.anchor_x;
            if (kernel.tap(row, column) != (at_anchor ? 1 : 0)) return false;
        }
    }
    return true;
}

std::string explain_rank(const Plan &plan) {
    const Factoring &factoring = plan.factoring;
    const Kernel &kernel = plan.request.kernel;
    const std::string rank = std::to_string(factoring.rank());
    if (!kernel.factors.empty() && factoring.rank() == kernel.factors.size())
        return "the 1-D filters come with the kernel, so nothing had to be found";
    if (plan.request.options.rank != 0) return "rank " + rank + " was asked for";
    if (!keeps_budget(plan.request, factoring.kernel_norm_1, plan.bounds)) {
        return std::string("the arithmetic rounds by more than the tolerance") +
               (std::holds_alternative<PassPairs>(plan.way)
                    ? ", so every term that exceeds this rounding is taken"
                    : "");
    }
    if (factoring.rank() == 1)
        return "one pair of 1-D filters stays within the tolerance: separable";
    return "rank " + rank + " is the smallest that was found to stay within the tolerance";
}

std::string explain_method(const Plan &plan) {
    const Options &options = plan.request.options;
    if (options.method != SEPFLOW_METHOD_AUTO) return "the method was asked for";
    switch (method_of(plan.way)) {
        case Method::kDirect:
            return "one product for every tap that is not zero is cheaper";
        case Method::kFft:
            return "Fourier transforms are cheaper";
        default:
            if (options.rank != 0 || options.schedule != SEPFLOW_SCHEDULE_AUTO)
                return "a rank or a schedule means 1-D passes";
            return "1-D passes are the cheapest that keep the tolerance";
    }
}

// Sets what follows from the way and its bounds.
void settle(Plan &plan) {
    plan.least_support = least_support(plan);
    plan.exactness = exactness(plan.request, plan.factoring, plan.way, plan.bounds);
    if (plan.exactness.is_exact) plan.bounds = without_rounding(plan.request, plan.bounds);
}

Described describe(const Plan &plan) {
    Described described;
    const auto append = [](const std::vector<double> &filter, std::vector<double> &to) {
        to.insert(to.end(), filter.begin(), filter.end());
    };
    for (const Factor &factor : plan.factoring.factors) {
        append(factor.column, described.column_taps);
        append(factor.row, described.row_taps);
    }
    described.reason = explain_rank(plan) + "; " + explain_method(plan);
    return described;
}

}  // namespace

Plan make_plan(Kernel kernel, const Options &options) {
    Draft draft = best_draft(std::move(kernel), options);
    Plan plan;
    plan.way = way_of(draft);
    plan.request = std::move(draft.request);
    plan.factoring = std::move(draft.factoring);
    plan.costs = draft.costs;
    plan.bounds = draft.bounds;
    plan.identity = is_identity(plan.request);
    settle(plan);
    plan.described = describe(plan);
    return plan;
}

Plan folding(Plan plan) {
    if (!std::holds_alternative<PassPairs>(plan.way)) return plan;
    PassPairs pairs = make_folding_pairs(plan.request, plan.factoring);
    const Bounds bounds = bounds_of(pairs, plan.request, plan.factoring);
    if (!keeps_budget(plan.request, plan.factoring.kernel_norm_1, bounds)) return plan;
    plan.costs[static_cast<size_t>(Method::kSeparable)] = cost_of(pairs);
    plan.way = std::move(pairs);
    plan.bounds = bounds;
    settle(plan);
    return plan;
}

}  // namespace sepflow
