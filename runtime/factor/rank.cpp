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

}  // namespace

std::vector<Factor> fewest_factors(const Kernel &kernel, const std::vector<Factor> &candidates,
                                   long double allowed, double offset, const Rounding &rounding) {
    const long double unit = rounding.precision == Precision::kSingle ? 0x1p-24L : 0x1p-53L;
    Remainder cut(kernel);
    const long double kernel_norm = cut.norm_1();
    const long double within_rounding = std::max(allowed, unit * cut.norm_1());
    std::vector<Factor> taken;
    for (const Factor &candidate : candidates) {
        taken.push_back(candidate);
        cut.subtract(candidate);
        const long double cut_norm = cut.norm_1();
        if (cut_norm > within_rounding) {
            // Refining brings it to a third at best.
            if (allowed < unit * kernel_norm || cut_norm > 3 * allowed) continue;
            const std::vector<Factor> stored = rounded(canonical(refined(kernel, taken)), rounding);
            if (remainder_size(kernel, stored, offset) <= allowed) return stored;
            continue;
        }
        std::vector<Factor> stored = rounded(taken, rounding);
        const long double size = remainder_size(kernel, stored, offset);
        // What is cut is all that more candidates could add.
        if (size <= allowed || size - (1 + offset) * cut_norm > allowed) return stored;
    }
    return rounded(taken, rounding);
}

std::vector<Factor> so_many_factors(const Kernel &kernel, std::vector<Factor> candidates,
                                    size_t rank, const Rounding &rounding) {
    if (rank >= candidates.size()) return rounded(candidates, rounding);
    candidates.resize(rank);
    return rounded(canonical(refined(kernel, candidates)), rounding);
}

}  // namespace sepflow
