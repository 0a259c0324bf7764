#include "runtime/factor/certificate.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sepflow {

namespace {

// gamma_n = n u / (1 - n u) bounds the relative error of n roundings in a row (Higham, Accuracy and Stability
// of Numerical Algorithms, 2nd ed., lemma 3.1).
long double gamma(long double n, long double u) {
    return n * u / (1 - n * u);
}

// The next double above, so that the conversion cannot undo a bound.
double upwards(long double bound) {
    const auto rounded = static_cast<double>(bound);
    return bound > 0 ? std::nextafter(rounded, std::numeric_limits<double>::infinity()) : rounded;
}

bool same(const std::vector<Factor> &a, const std::vector<Factor> &b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Factor &x, const Factor &y) {
        return x.column == y.column && x.row == y.row;
    });
}

// E = K - sum of the factors, where K is the sum of its own 1-D filters if it was given as such.
struct Remainder {
    long double norm_1 = 0, sum = 0, squares = 0;
    long double magnitude = 0;  // sum of the |terms| that E is the sum of
};

Remainder remainder(const Kernel &kernel, const std::vector<Factor> &factors) {
    Remainder result;
    std::vector<long double> e(kernel.columns);
    const auto add = [&](long double sign, const Factor &factor, size_t y) {
        for (size_t x = 0; x < kernel.columns; ++x) {
            const long double product = static_cast<long double>(factor.column[y]) * factor.row[x];
            e[x] += sign * product;
            result.magnitude += std::fabs(product);
        }
    };
    for (size_t y = 0; y < kernel.rows; ++y) {
        std::fill(e.begin(), e.end(), 0.0L);
        if (kernel.factors.empty()) {
            for (size_t x = 0; x < kernel.columns; ++x) {
                e[x] = kernel.tap(y, x);
                result.magnitude += std::fabs(e[x]);
            }
        }
        for (const Factor &factor : kernel.factors) add(1, factor, y);
        for (const Factor &factor : factors) add(-1, factor, y);
        for (const long double entry : e) {
            result.norm_1 += std::fabs(entry);
            result.sum += entry;
            result.squares += entry * entry;
        }
    }
    return result;
}

// What a sum over E may lose: an entry is a sum of at most `terms` products, gamma_(terms + 1) of their magnitudes;
// the sum over the entries, gamma_entries of itself. That of remainder() loses less: u is that of double,
// so that whoever checks the bound in double finds it kept.
long double lost(const Remainder &r, long double terms, long double entries) {
    const long double u = std::numeric_limits<double>::epsilon() / 2;
    const long double of_entries =
        gamma(terms + 1, u) * r.magnitude * (1 + gamma(terms + entries, u));
    return of_entries + gamma(entries + 4, u) * (r.norm_1 + of_entries);
}

// |computed - exact| of the two passes for |image| <= 1, in any order of summation, fused or not: a sum of n
// products is off by gamma_n of its magnitudes (Higham, section 3.1). The column pass sums `rows` products, the
// row pass rank * columns and delta. Taps, pixels, products and sums below the normal range may also be
// flushed to zero, each a loss of at most `smallest`.
long double rounding(const std::vector<Factor> &factors, Precision precision) {
    const bool single = precision == Precision::kSingle;
    const long double u = single ? 0x1p-24L : 0x1p-53L;
    const long double smallest = single ? 0x1p-126L : 0x1p-1022L;
    const auto rows = static_cast<long double>(factors.front().column.size());
    const auto columns = static_cast<long double>(factors.front().row.size());
    long double magnitude = 0, flushes = 2;
    for (const Factor &factor : factors) {
        long double column = 0, row = 0;
        for (const double tap : factor.column) column += std::fabs(tap);
        for (const double tap : factor.row) row += std::fabs(tap);
        magnitude += column * row;
        flushes += row * (3 * rows + column) + columns * (3 + 2 * column);
    }
    if (magnitude == 0) return 0;
    const long double column = gamma(rows, u);
    const long double row = gamma(static_cast<long double>(factors.size()) * columns + 1, u);
    return magnitude * (column + row + column * row) + flushes * smallest;
}

}  // namespace

void certify(const Kernel &kernel, Precision precision, Factoring &factoring) {
    const std::vector<Factor> &factors = factoring.factors;
    const bool exact =
        factoring.exact_integers || factoring.kernel_norm_1 == 0 || same(kernel.factors, factors);
    if (!exact) {
        const Remainder r = remainder(kernel, factors);
        const auto terms =
            static_cast<long double>(std::max<size_t>(kernel.factors.size(), 1) + factors.size());
        const auto entries = static_cast<long double>(kernel.taps.size());
        const long double loss = lost(r, terms, entries);
        factoring.remainder_norm_1 = upwards(r.norm_1 + loss);
        factoring.remainder_sum = upwards(std::fabs(r.sum) + loss);
        factoring.remainder_frobenius = static_cast<double>(std::sqrt(r.squares));
    }
    // The sums of the bound itself are worth far less than this.
    factoring.rounding_bound = upwards(rounding(factors, precision) * (1 + 1e-15L));
}

long double remainder_size(const Kernel &kernel, const std::vector<Factor> &factors,
                           double offset) {
    const Remainder r = remainder(kernel, factors);
    return r.norm_1 + offset * std::fabs(r.sum);
}

}  // namespace sepflow
