#include "runtime/factor/factor.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "runtime/error.h"
#include "runtime/factor/canonical.h"
#include "runtime/factor/certificate.h"
#include "runtime/factor/integers.h"
#include "runtime/factor/svd.h"

namespace sepflow {

namespace {

double norm_2(const std::vector<double> &filter) {
    // Scaled, so that taps near the ends of the range square safely.
    double largest = 0;
    for (double tap : filter) largest = std::max(largest, std::fabs(tap));
    if (largest == 0) return 0;
    double squares = 0;
    for (double tap : filter) squares += (tap / largest) * (tap / largest);
    return largest * std::sqrt(squares);
}

void check_budget(const Kernel &kernel, const Budget &budget) {
    if (!(budget.tolerance >= 0 && budget.tolerance <= 1)) {
        throw Error(SEPFLOW_E_PARAM,
                    "tolerance must lie in 0 .. 1; it is a part of the sum of all |taps|");
    }
    const size_t full = std::min(kernel.rows, kernel.columns);
    if (budget.rank > full) {
        throw Error(SEPFLOW_E_PARAM, "rank " + std::to_string(budget.rank) +
                                         " is above the full rank " + std::to_string(full) +
                                         " of this kernel");
    }
}

void check_range(const std::vector<Factor> &factors) {
    for (const Factor &factor : factors) {
        for (const auto *filter : {&factor.column, &factor.row}) {
            if (!std::all_of(filter->begin(), filter->end(),
                             [](double tap) { return std::isfinite(tap); })) {
                throw Error(SEPFLOW_E_PARAM,
                            "the kernel's taps are too large for 32-bit floats; use f64 images");
            }
        }
    }
}

// The first terms of the decomposition that keep the budget, at least one.
void take_terms(const Kernel &kernel, const Budget &budget, Factoring &result) {
    const std::vector<SingularTerm> terms = singular_terms(kernel);
    // Below this a singular value is rounding noise of the decomposition itself.
    const double noise = 4e-16 * static_cast<double>(std::max(kernel.rows, kernel.columns));
    for (const SingularTerm &term : terms) result.singular_values.push_back(term.value);
    for (const SingularTerm &term : terms) {
        const bool asked = budget.rank != 0 && result.factors.size() < budget.rank;
        const bool significant = term.value > noise * terms.front().value;
        if (!result.factors.empty() && !asked && (budget.rank != 0 || !significant)) break;
        std::vector<Factor> next = {canonical_factor(kernel, term)};
        round_to(budget.precision, next);
        result.factors.push_back(std::move(next.front()));
        if (budget.rank != 0) continue;
        if (remainder_norm_1(kernel, result.factors) <= result.tolerance * result.kernel_norm_1)
            break;
    }
}

void take_given(const Kernel &kernel, const Budget &budget, Factoring &result) {
    result.factors = kernel.factors;
    round_to(budget.precision, result.factors);
    for (const Factor &factor : kernel.factors) {
        result.singular_values.push_back(norm_2(factor.column) * norm_2(factor.row));
    }
    std::sort(result.singular_values.rbegin(), result.singular_values.rend());
}

}  // namespace

double default_tolerance(Precision precision) {
    // Taps that were born as 32-bit floats are off by up to 2^-24 of themselves, and so are the stored
    // factors, once for each side and term: sixteen times that covers both. In double, the SVD's own
    // rounding is all that is forgiven, so float-born taps count as they are.
    return precision == Precision::kSingle ? 0x1p-20 : 0x1p-44;
}

Factoring factor_kernel(const Kernel &kernel, const Budget &budget) {
    check_budget(kernel, budget);
    Factoring result;
    result.tolerance =
        budget.tolerance != 0 ? budget.tolerance : default_tolerance(budget.precision);
    for (const double tap : kernel.taps) result.kernel_norm_1 += std::fabs(tap);

    if (result.kernel_norm_1 == 0) {
        result.factors = {{std::vector<double>(kernel.rows), std::vector<double>(kernel.columns)}};
        result.singular_values.assign(std::min(kernel.rows, kernel.columns), 0);
    } else if (!kernel.factors.empty() && budget.rank <= kernel.factors.size()) {
        take_given(kernel, budget, result);
    } else if (auto factor = budget.rank <= 1 ? integer_factor(kernel) : std::nullopt) {
        result.exact_integers = true;
        result.factors = {*factor};
        result.singular_values.assign(std::min(kernel.rows, kernel.columns), 0);
        result.singular_values[0] = norm_2(factor->column) * norm_2(factor->row);
        round_to(budget.precision, result.factors);
    } else {
        take_terms(kernel, budget, result);
    }
    check_range(result.factors);
    preserve_constant(kernel, budget.precision, result.factors);
    certify(kernel, budget.precision, result);
    return result;
}

}  // namespace sepflow
