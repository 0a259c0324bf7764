#include "runtime/factor/rank.h"

#include <algorithm>
#include <cmath>

#include "runtime/factor/canonical.h"
#include "runtime/factor/certificate.h"
#include "runtime/factor/norms.h"
#include "runtime/factor/refine.h"

namespace sepflow {

namespace {

// K less the factors subtracted so far, unrounded.
class Remainder {
  public:
    explicit Remainder(const Kernel &kernel) : taps_(kernel.taps) {}

    void subtract(const Factor &factor) {
        double *tap = taps_.data();
        for (const double c : factor.column) {
            for (const double r : factor.row) *tap++ -= c * r;
        }
    }

    long double norm_1() const {
        long double sum = 0;
        for (const double tap : taps_) sum += std::fabs(tap);
        return sum;
    }

  private:
    std::vector<double> taps_;
};

std::vector<Factor> canonical(std::vector<Factor> factors) {
    for (Factor &factor : factors) {
        const double column = norm_2(factor.column), row = norm_2(factor.row);
        if (column == 0 || row == 0) continue;
        for (double &tap : factor.column) tap /= column;
        for (double &tap : factor.row) tap /= row;
        factor = canonical_factor({column * row, factor});
    }
    return factors;
}

std::vector<Factor> refined_and_rounded(const Kernel &kernel, std::vector<Factor> factors,
                                        const Rounding &rounding) {
    return rounded(canonical(refined(kernel, factors)), rounding);
}

// With so few of the candidates that refining them just keeps what `stored`, one for each, keep; by
// halving, since the more there are the nearer they come.
std::vector<Factor> with_fewer(const Kernel &kernel, const std::vector<Factor> &candidates,
                               const std::vector<long double> &cut_norms, long double allowed,
                               double offset, const Rounding &rounding,
                               std::vector<Factor> stored) {
    size_t too_few = 0;
    // Refining brings a cut to a third at best.
    while (too_few + 1 < candidates.size() && cut_norms[too_few] > 3 * allowed) ++too_few;
    while (stored.size() - too_few > 1) {
        const size_t rank = (too_few + stored.size()) / 2;
        std::vector<Factor> fewer = refined_and_rounded(
            kernel, {candidates.begin(), candidates.begin() + static_cast<ptrdiff_t>(rank)},
            rounding);
        if (remainder_size(kernel, fewer, offset) <= allowed) {
            stored = std::move(fewer);
        } else {
            too_few = rank;
        }
    }
    return stored;
}

}  // namespace

std::vector<Factor> fewest_factors(const Kernel &kernel, const std::vector<Factor> &candidates,
                                   long double allowed, double offset, const Rounding &rounding) {
    const long double unit = rounding.precision == Precision::kSingle ? 0x1p-24L : 0x1p-53L;
    Remainder cut(kernel);
    const long double within_rounding = std::max(allowed, unit * cut.norm_1());
    std::vector<Factor> taken;
    std::vector<long double> cut_norms;  // without the first, the first two, ...
    for (const Factor &candidate : candidates) {
        taken.push_back(candidate);
        cut.subtract(candidate);
        const long double cut_norm = cut.norm_1();
        cut_norms.push_back(cut_norm);
        if (cut_norm > within_rounding) continue;
        std::vector<Factor> stored = rounded(taken, rounding);
        const long double size = remainder_size(kernel, stored, offset);
        if (size <= allowed)
            return with_fewer(kernel, taken, cut_norms, allowed, offset, rounding,
                              std::move(stored));
        // More candidates could add no more than the part that is cut.
        if (size - (1 + offset) * cut_norm > allowed) return stored;
    }
    return rounded(taken, rounding);
}

std::vector<Factor> so_many_factors(const Kernel &kernel, std::vector<Factor> candidates,
                                    size_t rank, const Rounding &rounding) {
    if (rank >= candidates.size()) return rounded(candidates, rounding);
    candidates.resize(rank);
    return refined_and_rounded(kernel, std::move(candidates), rounding);
}

}  // namespace sepflow
