#include "runtime/factor/certificate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/factor/bounds.h"

namespace sepflow {

namespace {

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

struct NothingElse {
    void operator()(size_t, std::vector<long double> &) const {}
};

// `subtract(y, e)` takes from row y of E what runs in addition to the factors.
template <typename Subtract = NothingElse>
Remainder remainder(const Kernel &kernel, const std::vector<Factor> &factors,
                    Subtract subtract = {}) {
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
        subtract(y, e);
        for (const long double entry : e) {
            result.norm_1 += std::fabs(entry);
            result.sum += entry;
            result.squares += entry * entry;
        }
    }
    return result;
}

// Returns the rounding error of a sum over E. An entry is a sum of at most `terms` products and
// loses gamma_(terms + 1) of their magnitudes. The sum over the entries loses gamma_entries of
// itself. remainder() loses less: u is that of double, so a check of the bound in double holds.
long double lost(const Remainder &r, long double terms, long double entries) {
    const long double u = std::numeric_limits<double>::epsilon() / 2;
    const long double of_entries =
        gamma(terms + 1, u) * r.magnitude * (1 + gamma(terms + entries, u));
    return of_entries + gamma(entries + 4, u) * (r.norm_1 + of_entries);
}

void fill(Certificate &certificate, const Kernel &kernel, const Remainder &r, size_t terms_run) {
    const auto terms =
        static_cast<long double>(std::max<size_t>(kernel.factors.size(), 1) + terms_run);
    const long double loss = lost(r, terms, static_cast<long double>(kernel.taps.size()));
    certificate.remainder_norm_1 = upwards(r.norm_1 + loss);
    certificate.remainder_sum = upwards(std::fabs(r.sum) + loss);
    certificate.remainder_frobenius = static_cast<double>(std::sqrt(r.squares));
}

}  // namespace

void certify(const Kernel &kernel, const Summation &summation, Factoring &factoring) {
    const std::vector<Factor> &factors = factoring.factors;
    const bool exact =
        factoring.exact_integers || factoring.kernel_norm_1 == 0 || same(kernel.factors, factors);
    if (!exact) fill(factoring.certificate, kernel, remainder(kernel, factors), factors.size());
    factoring.certificate.rounding_bound = rounding_of_passes(factors, summation);
}

namespace {

// Whether the taps are the kernel, not the rounded products of its 1-D filters.
bool taps_are_exact(const Kernel &kernel) {
    if (kernel.factors.size() > 1) return false;
    for (const Factor &factor : kernel.factors) {
        for (size_t y = 0; y < kernel.rows; ++y) {
            for (size_t x = 0; x < kernel.columns; ++x) {
                // Zero only if the product is the tap: a fused operation rounds once.
                if (std::fma(factor.column[y], factor.row[x], -kernel.tap(y, x)) != 0) return false;
            }
        }
    }
    return true;
}

}  // namespace

Certificate certify_direct(const Kernel &kernel, const Summation &summation) {
    const bool is_single = summation.precision == Precision::kSingle;
    const auto stored = [&](double tap) -> long double {
        return is_single ? static_cast<float>(tap) : tap;
    };
    Certificate certificate;
    const auto is_stored = [&](double tap) { return stored(tap) == tap; };
    if (!taps_are_exact(kernel) ||
        !std::all_of(kernel.taps.begin(), kernel.taps.end(), is_stored)) {
        const auto subtract = [&](size_t y, std::vector<long double> &e) {
            for (size_t x = 0; x < kernel.columns; ++x) e[x] -= stored(kernel.tap(y, x));
        };
        fill(certificate, kernel, remainder(kernel, {}, subtract), 1);
    }
    certificate.rounding_bound = rounding_of_taps(kernel, summation);
    return certificate;
}

// With relative errors e of a transform in the 2-norm, x the samples of both blocks, k the taps,
// and F of N samples:
//
//     |F(x) computed - F(x)|_2 <= e sqrt(N) |x|_2,  |x|_2 <= sqrt(2 N),
//     |F(k)|_max <= |k|_1,  |F(x)|_max <= N sqrt 2
//
// so, for the product and its transform back,
//
//     |output - exact| <= |.|_2 <= (3 e |k|_1 sqrt(N) + e |k|_2 N) sqrt 2 and terms of e^2.
//
// For e: Higham, theorem 24.2. A radix-4 step counts as two of radix 2. Twiddle factors are off by
// at most 16 u, since their angle is (2 pi / N rounded) times a whole number, rounded.
Certificate certify_transforms(const Kernel &kernel, int64_t samples, double delta) {
    Certificate certificate = certify_direct(kernel, {Precision::kDouble});
    const long double u = 0x1p-53L, n = static_cast<long double>(samples);
    const long double twiddle = 16 * u;
    const long double step = twiddle + gamma(4, u) * (std::sqrt(2.0L) + twiddle);
    const long double levels = std::log2(n);
    const long double e = levels * step / (1 - levels * step);
    long double norm_1 = 0, squares = 0;
    for (const double tap : kernel.taps) {
        norm_1 += std::fabs(tap);
        squares += static_cast<long double>(tap) * tap;
    }
    const long double rounding =
        (3 * e * norm_1 * std::sqrt(n) + e * std::sqrt(squares) * n) * std::sqrt(2.0L);
    // Products and the scale round too, and e^2 counts little: twice is more than enough.
    certificate.rounding_bound = upwards(2 * rounding + 4 * u * (norm_1 + std::fabs(delta)));
    return certificate;
}

long double remainder_size(const Kernel &kernel, const std::vector<Factor> &factors,
                           double offset) {
    const Remainder r = remainder(kernel, factors);
    return r.norm_1 + offset * std::fabs(r.sum);
}

}  // namespace sepflow
