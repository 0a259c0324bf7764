#include "runtime/plan/method.h"

#include <limits>

#include "runtime/plan/direct.h"
#include "runtime/plan/plan.h"
#include "runtime/plan/transforms.h"

namespace sepflow {

namespace {

// Nanoseconds a sample, on one thread: fixed ones, a term's, a tap's (a run's, of the direct method).
struct Coefficients {
    double sample, term, tap;
};
// Fitted by `sepflow bench --fit` on an AMD Zen 4 with AVX-512; the same for all instruction sets, so that integer images come out
// the same.
constexpr Coefficients kPlain = {0.26, 0.0, 0.033}, kTransposed = {0.42, 0.0, 0.023},
                       kFolded = {0.58, 0.083, 0.016}, kFixed = {0.15, 0.0, 0.014},
                       kDirect = {0.24, 0.0167, 0.0147};

double separable_cost(const Plan &plan) {
    const auto cost = [&](const Coefficients &c) {
        const double terms = plan.row_taps.terms;
        const double taps = terms * (plan.row_taps.length + plan.column_taps.length);
        return c.sample + terms * c.term + taps * c.tap;
    };
    if (plan.fixed) return cost(kFixed);
    const double floats = plan.sample_bytes() / 4;  // in f64, a vector holds half as many
    if (!plan.transposed()) return floats * cost(kPlain);
    const bool folds = plan.row_form != Form::kTransposed && plan.column_form != Form::kTransposed;
    return floats * cost(folds ? kFolded : kTransposed);
}

double direct_cost(const Plan &plan) {
    const RunCount runs = count_runs(plan.kernel);
    const double floats = plan.options.precision == Precision::kDouble ? 2 : 1;
    return floats * (kDirect.sample + runs.count * (kDirect.term + runs.length * kDirect.tap));
}

}  // namespace

Costs predict_costs(const Plan &plan) {
    const BlockSize block = best_block(plan.kernel);
    return {
        separable_cost(plan), direct_cost(plan),
        block.nx == 0 ? std::numeric_limits<double>::infinity() : block_cost(plan.kernel, block)};
}

}  // namespace sepflow
