#include "runtime/factor/canonical.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sepflow {

namespace {

enum class Symmetry { kNone, kEven, kOdd };

// K(y, x) against K(y, columns-1-x), or along y; exact, so that rounding noise in the taps is no symmetry.
template <typename Mirrored>
Symmetry symmetry_of(const Kernel &kernel, Mirrored mirrored) {
    bool even = true, odd = true;
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) {
            even = even && kernel.tap(y, x) == mirrored(y, x);
            odd = odd && kernel.tap(y, x) == -mirrored(y, x);
        }
    }
    return even ? Symmetry::kEven : odd ? Symmetry::kOdd : Symmetry::kNone;
}

// Singular vectors of a mirror-symmetric kernel are mirror-symmetric (or antisymmetric, as it is), but an
// SVD delivers them so only to an ulp or so.
void impose(Symmetry symmetry, std::vector<double> &filter) {
    if (symmetry == Symmetry::kNone) return;
    const double sign = symmetry == Symmetry::kEven ? 1 : -1;
    for (size_t i = 0, j = filter.size() - 1; i <= j && j < filter.size(); ++i, --j) {
        const double half = (filter[i] + sign * filter[j]) / 2;
        filter[i] = half;
        filter[j] = sign * half;
        if (i == j && sign < 0) filter[i] = 0;
    }
}

// The same of vectors that turn out so although the kernel is not: those of kernels with point symmetry.
void impose_if_close(std::vector<double> &filter) {
    double even = 0, odd = 0;
    for (size_t i = 0, j = filter.size() - 1; i < filter.size(); ++i, --j) {
        even = std::max(even, std::fabs(filter[i] - filter[j]));
        odd = std::max(odd, std::fabs(filter[i] + filter[j]));
    }
    constexpr double kClose = 1e-12;  // of unit vectors
    if (even <= kClose) impose(Symmetry::kEven, filter);
    if (odd <= kClose) impose(Symmetry::kOdd, filter);
}

double sum(const std::vector<double> &filter) {
    return std::accumulate(filter.begin(), filter.end(), 0.0);
}

double sum_abs(const std::vector<double> &filter) {
    return std::accumulate(filter.begin(), filter.end(), 0.0,
                           [](double total, double tap) { return total + std::fabs(tap); });
}

void scale(std::vector<double> &filter, double factor) {
    for (double &tap : filter) tap = tap * factor + 0.0;  // no negative zeros
}

// The first tap of nearly the largest magnitude is positive: "nearly", since mirrored taps are equal but
// for an ulp that differs between LAPACKs.
bool is_negative(const std::vector<double> &filter) {
    double largest = 0;
    for (double tap : filter) largest = std::max(largest, std::fabs(tap));
    const auto first = std::find_if(filter.begin(), filter.end(), [&](double tap) {
        return std::fabs(tap) >= largest * (1 - 1e-6);
    });
    return *first < 0;
}

}  // namespace

Factor canonical_factor(const Kernel &kernel, const SingularTerm &term) {
    Factor factor = term.vectors;
    const size_t last_row = kernel.rows - 1, last_column = kernel.columns - 1;
    const Symmetry in_x =
        symmetry_of(kernel, [&](size_t y, size_t x) { return kernel.tap(y, last_column - x); });
    const Symmetry in_y =
        symmetry_of(kernel, [&](size_t y, size_t x) { return kernel.tap(last_row - y, x); });
    if (in_x == Symmetry::kNone) impose_if_close(factor.row);
    if (in_y == Symmetry::kNone) impose_if_close(factor.column);
    impose(in_x, factor.row);
    impose(in_y, factor.column);

    if (is_negative(factor.row)) {
        scale(factor.row, -1);
        scale(factor.column, -1);
    }
    // A row filter that does not cancel sums to one, so that both do if the kernel does; others share.
    const double row_sum = sum(factor.row);
    if (std::fabs(row_sum) >= 0.01 * sum_abs(factor.row)) {
        scale(factor.row, 1 / row_sum);
        scale(factor.column, term.value * row_sum);
    } else {
        scale(factor.row, std::sqrt(term.value));
        scale(factor.column, std::sqrt(term.value));
    }
    return factor;
}

void round_to(Precision precision, std::vector<Factor> &factors) {
    if (precision == Precision::kDouble) return;
    for (Factor &factor : factors) {
        for (double &tap : factor.column) tap = static_cast<float>(tap);
        for (double &tap : factor.row) tap = static_cast<float>(tap);
    }
}

void preserve_constant(const Kernel &kernel, Precision precision, std::vector<Factor> &factors) {
    const auto exact_sum = [](const std::vector<double> &taps) {
        return std::accumulate(taps.begin(), taps.end(), 0.0L);
    };
    const long double wanted = exact_sum(kernel.taps);
    const long double row_sum = exact_sum(factors.front().row);
    if (std::fabs(static_cast<double>(row_sum)) < 0.01 * sum_abs(factors.front().row)) return;

    long double gained = 0;
    for (const Factor &factor : factors) gained += exact_sum(factor.column) * exact_sum(factor.row);
    const auto missing = static_cast<double>((wanted - gained) / row_sum);

    // Middle tap, or both middle taps of an even length, so that the symmetry stays; an odd filter has none.
    std::vector<double> &column = factors.front().column;
    const size_t upper = (column.size() - 1) / 2, lower = column.size() / 2;
    if (upper != lower && column[upper] != column[lower]) return;
    if (upper == lower && column[upper] == 0) return;
    const double share = upper == lower ? missing : missing / 2;
    // A correction beyond rounding would hide a remainder that the caller accepted.
    if (std::fabs(share) > 1e-5 * sum_abs(column)) return;
    const double corrected = column[upper] + share;
    column[upper] = column[lower] = precision == Precision::kSingle
                                        ? static_cast<double>(static_cast<float>(corrected))
                                        : corrected;
}

}  // namespace sepflow
