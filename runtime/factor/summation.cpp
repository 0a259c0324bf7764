#include "runtime/factor/summation.h"

#include <cmath>
#include <cstddef>

#include "runtime/factor/bounds.h"

namespace sepflow {

namespace {

// Half the distance of 1 from the next number, and the smallest normal number.
struct Arithmetic {
    long double u, smallest;
};

Arithmetic arithmetic_of(Precision precision) {
    return precision == Precision::kSingle ? Arithmetic{0x1p-24L, 0x1p-126L}
                                           : Arithmetic{0x1p-53L, 0x1p-1022L};
}

long double sum_of_magnitudes(const std::vector<double> &taps) {
    long double sum = 0;
    for (const double tap : taps) sum += std::fabs(tap);
    return sum;
}

// A sum taken one product after the other. Each addition rounds by u of what the sum has come to,
// so taps that are met while it is small cost little.
class Chain {
  public:
    explicit Chain(long double begin) : reached_(begin) {}

    void add(long double product) {
        if (product == 0) return;
        reached_ += product;
        products_ += product;
        additions_ += reached_;
    }
    // All taps of a filter, times `weight`; folded, from both ends to the middle.
    void add(const std::vector<double> &taps, long double weight, bool folds) {
        const size_t n = taps.size();
        for (size_t k = 0; k < (folds ? (n + 1) / 2 : n); ++k) {
            const bool is_pair = folds && k != n - 1 - k;
            const long double product = weight * std::fabs(taps[k]) * (is_pair ? 2 : 1);
            if (is_pair) pairs_ += product;
            add(product);
        }
    }
    long double reached() const { return reached_; }
    // In units of u, but for growth: of products, additions and the sums of pairs.
    long double rounded() const { return products_ + additions_ + pairs_; }

  private:
    long double reached_, products_ = 0, additions_ = 0, pairs_ = 0;
};

// Taps that are left over by groups of four come last, after those of all terms.
constexpr long double kLeftOver = 3;

long double passes_in_order(const std::vector<Factor> &factors, const Summation &s, long double u) {
    Chain row(std::fabs(s.delta));
    long double of_columns = 0;
    for (const Factor &factor : factors) {
        Chain column(0);
        column.add(factor.column, 1, s.folds_columns);
        of_columns +=
            (column.rounded() + kLeftOver * column.reached()) * sum_of_magnitudes(factor.row);
        row.add(factor.row, column.reached(), s.folds_rows);
    }
    const auto terms = static_cast<long double>(factors.size());
    const long double first_order = of_columns + row.rounded() + kLeftOver * terms * row.reached();
    // Every magnitude above is that of exact numbers; computed ones are larger by up to gamma.
    const auto roundings = static_cast<long double>(factors.front().column.size()) +
                           terms * static_cast<long double>(factors.front().row.size()) + 8;
    return u * first_order * (1 + 2 * gamma(roundings, u));
}

// A sum of n products in any order, fused or not, is off by gamma_n of its magnitudes (Higham,
// section 3.1). The column pass sums `rows` products, the row pass rank * columns and delta.
long double passes_in_any_order(const std::vector<Factor> &factors, const Summation &s,
                                long double u) {
    long double magnitude = 0;
    for (const Factor &factor : factors)
        magnitude += sum_of_magnitudes(factor.column) * sum_of_magnitudes(factor.row);
    const long double column = gamma(static_cast<long double>(factors.front().column.size()), u);
    const auto row_products = factors.size() * factors.front().row.size();
    const long double row = gamma(static_cast<long double>(row_products) + 1, u);
    return magnitude * (column + row + column * row) + std::fabs(s.delta) * row;
}

}  // namespace

double rounding_of_passes(const std::vector<Factor> &factors, const Summation &s) {
    const auto [u, smallest] = arithmetic_of(s.precision);
    // Taps, pixels, products and sums below the normal range may be flushed to zero, each a loss of
    // at most `smallest`.
    const auto rows = static_cast<long double>(factors.front().column.size());
    const auto columns = static_cast<long double>(factors.front().row.size());
    long double flushes = 2, magnitude = 0;
    for (const Factor &factor : factors) {
        const long double column = sum_of_magnitudes(factor.column),
                          row = sum_of_magnitudes(factor.row);
        magnitude += column * row;
        flushes += row * (3 * rows + column) + columns * (3 + 2 * column);
    }
    if (magnitude == 0) return 0;
    const long double bound =
        (s.in_order ? passes_in_order(factors, s, u) : passes_in_any_order(factors, s, u)) +
        flushes * smallest;
    // The sums of the bound itself are worth far less than this.
    return upwards(bound * (1 + 1e-15L));
}

double rounding_of_taps(const Kernel &kernel, const Summation &s) {
    const auto [u, smallest] = arithmetic_of(s.precision);
    Chain chain(std::fabs(s.delta));
    long double taps = 0;
    for (size_t x = 0; x < kernel.columns; ++x) {
        for (size_t y = 0; y < kernel.rows; ++y) {
            chain.add(std::fabs(kernel.tap(y, x)));
            taps += kernel.tap(y, x) != 0 ? 1 : 0;
        }
    }
    if (taps == 0) return 0;
    const long double bound = s.in_order ? u * chain.rounded() * (1 + 2 * gamma(taps + 2, u))
                                         : chain.reached() * gamma(taps + 1, u);
    return upwards((bound + (3 * taps + chain.reached() + 2) * smallest) * (1 + 1e-15L));
}

}  // namespace sepflow
