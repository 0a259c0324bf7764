#include "runtime/factor/factor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "runtime/base/error.h"
#include "runtime/factor/balance.h"
#include "runtime/factor/canonical.h"
#include "runtime/factor/certificate.h"
#include "runtime/factor/constant.h"
#include "runtime/factor/integers.h"
#include "runtime/factor/norms.h"
#include "runtime/factor/rank.h"
#include "runtime/factor/symmetry.h"

namespace sepflow {

namespace {

void check_budget(const Kernel &kernel, const Budget &budget) {
    if (!(budget.tolerance >= 0 && budget.tolerance <= 1)) {
        throw Error(SEPFLOW_E_PARAM,
                    "tolerance must lie in 0 .. 1; it is a part of the output's full scale");
    }
    const size_t full = std::min(kernel.rows, kernel.columns);
    if (budget.rank > full) {
        throw Error(SEPFLOW_E_PARAM, "rank " + std::to_string(budget.rank) +
                                         " is above the full rank " + std::to_string(full) +
                                         " of this kernel");
    }
}

double checked_norm_1(const Kernel &kernel) {
    const double norm = sum_abs(kernel.taps);
    if (!std::isfinite(norm))
        throw Error(SEPFLOW_E_PARAM, "the kernel's taps are too large: their sum overflows");
    return norm;
}

void check_range(const std::vector<double> &taps, Precision precision) {
    const double largest = precision == Precision::kSingle ? std::numeric_limits<float>::max()
                                                           : std::numeric_limits<double>::max();
    if (std::all_of(taps.begin(), taps.end(),
                    [=](double tap) { return std::fabs(tap) <= largest; }))
        return;
    throw Error(SEPFLOW_E_PARAM,
                precision == Precision::kSingle
                    ? "the kernel's taps are too large for 32-bit floats; use f64 images"
                    : "the kernel's taps are too large");
}

Factor zero_factor(const Kernel &kernel) {
    return {std::vector<double>(kernel.rows), std::vector<double>(kernel.columns)};
}

// All the factors there are, strongest first, not yet rounded.
struct Found {
    std::vector<Factor> factors;
    std::vector<double> singular_values;
    bool given = false, integers = false;
};

Found found_by_svd(const Kernel &kernel, double allowance) {
    Found found;
    for (const SingularTerm &term : symmetric_terms(kernel, allowance)) {
        found.factors.push_back(canonical_factor(term));
        found.singular_values.push_back(term.value);
    }
    return found;
}

Found found_directly(std::vector<Factor> factors) {
    Found found;
    found.factors = std::move(factors);
    for (const Factor &factor : found.factors)
        found.singular_values.push_back(norm_2(factor.column) * norm_2(factor.row));
    return found;
}

// `forgiven`, a part of the kernel's 1-norm, is what taps may be off by their own rounding.
Found find_factors(const Kernel &kernel, const Budget &budget, double norm_1, double forgiven) {
    if (!kernel.factors.empty() && (budget.rank == 0 || budget.rank >= kernel.factors.size())) {
        std::vector<Factor> factors = kernel.factors;
        std::for_each(factors.begin(), factors.end(), balance);
        Found found = found_directly(std::move(factors));
        found.given = true;
        return found;
    }
    // Integers are exact, which is no virtue where the taps' sum asks for a correction.
    if (intended_sum(kernel.taps, forgiven) == exact_sum(kernel.taps)) {
        if (const auto factor = integer_factor(kernel)) {
            Found found = found_directly({*factor});
            found.integers = true;
            return found;
        }
    }
    return found_by_svd(kernel, forgiven / 4 * norm_1);
}

long double intended_gain(const Kernel &kernel, bool given, double forgiven) {
    if (!given) return intended_sum(kernel.taps, forgiven);
    long double gain = 0;
    for (const Factor &factor : kernel.factors)
        gain += intended_sum(factor.column, forgiven) * intended_sum(factor.row, forgiven);
    return gain;
}

std::vector<Factor> chosen(const Kernel &kernel, const Budget &budget, const Factoring &result,
                           Found found, const Rounding &rounding) {
    if (found.given && budget.precision == Precision::kDouble) return found.factors;  // to the bit
    if (found.given || found.integers) return rounded(found.factors, rounding);
    if (budget.rank == 0) {
        const long double allowed =
            static_cast<long double>(result.tolerance) * result.kernel_norm_1;
        return fewest_factors(kernel, found.factors, allowed, budget.offset, rounding);
    }
    return so_many_factors(kernel, std::move(found.factors), budget.rank, rounding);
}

bool equal(const Factor &a, const Factor &b) {
    return a.column == b.column && a.row == b.row;
}

// The terms of a formula are exact, but need be neither orthogonal, as singular values are, nor as
// few as the tolerance asks for.
void compare_with_svd(const Kernel &kernel, const Budget &budget, const Rounding &rounding,
                      double forgiven, Factoring &result) {
    Kernel matrix = kernel;
    matrix.factors.clear();
    const Found found = found_by_svd(matrix, forgiven / 4 * result.kernel_norm_1);
    result.singular_values = found.singular_values;
    if (budget.rank != 0) return;
    std::vector<Factor> fewest = chosen(matrix, budget, result, found, rounding);
    if (fewest.size() < result.factors.size()) result.factors = std::move(fewest);
}

void factor_non_zero(const Kernel &kernel, const Budget &budget, Factoring &result) {
    const double forgiven = std::min(result.tolerance, default_tolerance(budget.precision)) / 4;
    check_range(kernel.taps, budget.precision);  // the direct sum's
    const Found found = find_factors(kernel, budget, result.kernel_norm_1, forgiven);
    for (const Factor &factor : found.factors) {
        check_range(factor.column, budget.precision);
        check_range(factor.row, budget.precision);
    }
    const Rounding rounding = {budget.precision, intended_gain(kernel, found.given, forgiven),
                               forgiven};
    result.factors = chosen(kernel, budget, result, found, rounding);
    result.exact_integers = found.integers && equal(result.factors.front(), found.factors.front());
    result.singular_values = found.singular_values;
    if (found.given && found.factors.size() > 1)
        compare_with_svd(kernel, budget, rounding, forgiven, result);
    std::sort(result.singular_values.rbegin(), result.singular_values.rend());
    if (!found.given) result.singular_values.resize(std::min(kernel.rows, kernel.columns));
}

}  // namespace

double default_tolerance(Precision precision) {
    // Taps that were born as 32-bit floats are off by up to 2^-24 of themselves, and so are the
    // stored factors, once for each side and term: sixteen times that covers both. In double, the
    // SVD's own rounding is all that is forgiven, so float-born taps count as they are.
    return precision == Precision::kSingle ? 0x1p-20 : 0x1p-44;
}

Factoring factor_kernel(const Kernel &kernel, const Budget &budget) {
    check_budget(kernel, budget);
    Factoring result;
    result.tolerance =
        budget.tolerance != 0 ? budget.tolerance : default_tolerance(budget.precision);
    result.kernel_norm_1 = checked_norm_1(kernel);
    if (result.kernel_norm_1 == 0) {
        result.singular_values.assign(std::min(kernel.rows, kernel.columns), 0);
        result.factors = {zero_factor(kernel)};
    } else {
        factor_non_zero(kernel, budget, result);
    }
    // A rank above the kernel's own is kept to with factors that add nothing.
    if (budget.rank > result.rank()) result.factors.resize(budget.rank, zero_factor(kernel));
    certify(kernel, {budget.precision, budget.in_order, false, false, budget.delta}, result);
    return result;
}

}  // namespace sepflow
