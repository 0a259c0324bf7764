#include "runtime/factor/canonical.h"

#include <algorithm>
#include <cmath>

#include "runtime/factor/norms.h"

namespace sepflow {

bool is_negative(const std::vector<double> &row) {
    if (!cancels(row)) return exact_sum(row) < 0;
    double largest = 0;
    for (double tap : row) largest = std::max(largest, std::fabs(tap));
    // The first of nearly the largest: taps that should be equal differ by an ulp from LAPACK to
    // LAPACK.
    const auto first = std::find_if(
        row.begin(), row.end(), [&](double tap) { return std::fabs(tap) >= largest * (1 - 1e-6); });
    return *first < 0;
}

Factor canonical_factor(const SingularTerm &term) {
    Factor factor = term.vectors;
    double row_scale = std::sqrt(term.value), column_scale = row_scale;
    if (!cancels(factor.row)) {
        const auto row_sum = std::fabs(static_cast<double>(exact_sum(factor.row)));
        row_scale = 1 / row_sum;
        column_scale = term.value * row_sum;
    }
    const double sign = is_negative(factor.row) ? -1 : 1;
    // Adding zero leaves no negative zeros.
    for (double &tap : factor.row) tap = tap * (sign * row_scale) + 0.0;
    for (double &tap : factor.column) tap = tap * (sign * column_scale) + 0.0;
    return factor;
}

}  // namespace sepflow
