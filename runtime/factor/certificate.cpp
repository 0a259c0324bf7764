#include "runtime/factor/certificate.h"

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

struct Remainder {
    long double norm_1 = 0, squares = 0, magnitude = 0;
};

Remainder remainder(const Kernel &kernel, const std::vector<Factor> &factors) {
    Remainder result;
    std::vector<long double> row(kernel.columns);
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) row[x] = kernel.tap(y, x);
        for (const Factor &factor : factors) {
            for (size_t x = 0; x < kernel.columns; ++x) {
                const long double product =
                    static_cast<long double>(factor.column[y]) * factor.row[x];
                row[x] -= product;
                result.magnitude += std::fabs(product);
            }
        }
        for (const long double e : row) {
            result.norm_1 += std::fabs(e);
            result.squares += e * e;
        }
    }
    return result;
}

// |computed - exact| of the two passes for |image| <= 1, in any order of summation, fused or not: the column
// pass rounds each product and partial sum of `rows` taps, the row pass those of rank * columns and delta.
long double rounding(const Kernel &kernel, const std::vector<Factor> &factors,
                     Precision precision) {
    const long double u = precision == Precision::kSingle ? 0x1p-24L : 0x1p-53L;
    long double magnitude = 0;
    for (const Factor &factor : factors) {
        long double column = 0, row = 0;
        for (const double tap : factor.column) column += std::fabs(tap);
        for (const double tap : factor.row) row += std::fabs(tap);
        magnitude += column * row;
    }
    const long double column = gamma(static_cast<long double>(kernel.rows), u);
    const long double row = gamma(static_cast<long double>(factors.size() * kernel.columns + 1), u);
    return magnitude * (column + row + column * row);
}

// What the long double sums above may have lost: a rounding for each operation on an entry.
long double slack(const Kernel &kernel, const std::vector<Factor> &factors, const Remainder &r,
                  long double kernel_norm) {
    const long double u = std::numeric_limits<long double>::epsilon() / 2;
    const auto terms = static_cast<long double>(factors.size());
    const auto entries = static_cast<long double>(kernel.taps.size());
    return gamma(terms + 2, u) * (kernel_norm + r.magnitude) + gamma(entries, u) * r.norm_1;
}

}  // namespace

void certify(const Kernel &kernel, Precision precision, Factoring &factoring) {
    long double norm = 0;
    for (const double tap : kernel.taps) norm += std::fabs(tap);
    const Remainder r = remainder(kernel, factoring.factors);
    factoring.kernel_norm_1 = static_cast<double>(norm);
    factoring.remainder_norm_1 =
        r.norm_1 == 0 ? 0 : upwards(r.norm_1 + slack(kernel, factoring.factors, r, norm));
    factoring.remainder_frobenius = std::sqrt(static_cast<double>(r.squares));
    factoring.rounding_bound =
        upwards(rounding(kernel, factoring.factors, precision) * (1 + 1e-15L));
}

double remainder_norm_1(const Kernel &kernel, const std::vector<Factor> &factors) {
    return static_cast<double>(remainder(kernel, factors).norm_1);
}

}  // namespace sepflow
