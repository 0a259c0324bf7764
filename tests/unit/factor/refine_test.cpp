// Refined factors against the truncated decomposition.
#include "runtime/factor/refine.h"

#include <cmath>
#include <doctest/doctest.h>
#include <string>

#include "runtime/factor/symmetry.h"
#include "tests/unit/factor/kernels.h"

using namespace sepflow;
using namespace sepflow_test;

namespace {

Kernel rotated_gaussian(double along, double across, double degrees) {
    const double angle = degrees * std::acos(-1.0) / 180;
    return centred(33, 35, [=](double x, double y) {
        const double u = x * std::cos(angle) + y * std::sin(angle),
                     v = y * std::cos(angle) - x * std::sin(angle);
        return std::exp(-u * u / (2 * along * along) - v * v / (2 * across * across));
    });
}

// A camera's aperture of six blades.
Kernel hexagon(double radius) {
    return centred(27, 27, [=](double x, double y) {
        const double half = radius * std::sqrt(0.75);
        return std::fabs(y) <= half && std::fabs(x) * std::sqrt(0.75) + std::fabs(y) / 2 <= half
                   ? 1.0
                   : 0.0;
    });
}

std::vector<Factor> decomposed(const Kernel &kernel) {
    std::vector<Factor> factors;
    for (const SingularTerm &term : symmetric_terms(kernel, 1e-9)) {
        factors.push_back(term.vectors);
        for (double &tap : factors.back().column) tap *= term.value;
    }
    return factors;
}

double distance(const Kernel &kernel, const std::vector<Factor> &factors) {
    double sum = 0;
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) {
            double e = kernel.tap(y, x);
            for (const Factor &f : factors) e -= f.column[y] * f.row[x];
            sum += std::fabs(e);
        }
    }
    return sum;
}

// The fewest terms of the plain truncation within the tolerance.
size_t truncated_rank(const Kernel &kernel, double tolerance) {
    const std::vector<Factor> all = decomposed(kernel);
    for (size_t rank = 1; rank < all.size(); ++rank) {
        if (distance(kernel, {all.begin(), all.begin() + static_cast<ptrdiff_t>(rank)}) <=
            tolerance * norm_1(kernel))
            return rank;
    }
    return all.size();
}

int parity(const std::vector<double> &filter) {
    const std::vector<double> mirrored(filter.rbegin(), filter.rend());
    if (filter == mirrored) return 1;
    for (size_t k = 0; k < filter.size(); ++k) {
        if (filter[k] != -mirrored[k]) return 0;
    }
    return -1;
}

const struct {
    std::string name;
    Kernel kernel;
} kKernels[] = {{"disc 10", kernel_from_text("disc 10")},
                {"disc 25", kernel_from_text("disc 25")},
                {"hexagon 12", hexagon(12)},
                {"motion 15 30", kernel_from_text("motion 15 30")},
                {"gaussian 5 x 1.5 at 30 degrees", rotated_gaussian(5, 1.5, 30)}};

}  // namespace

TEST_CASE("refined factors are nearer in the 1-norm and as symmetric") {
    for (const auto &k : kKernels) {
        CAPTURE(k.name);
        const std::vector<Factor> all = decomposed(k.kernel);
        for (const size_t rank : {1, 2, 4}) {
            CAPTURE(rank);
            const std::vector<Factor> cut(all.begin(), all.begin() + static_cast<ptrdiff_t>(rank));
            const std::vector<Factor> better = refined(k.kernel, cut);
            REQUIRE(better.size() == rank);
            CHECK(distance(k.kernel, better) < 0.95 * distance(k.kernel, cut));
            for (size_t t = 0; t < rank; ++t) {
                CHECK(parity(better[t].column) == parity(cut[t].column));
                CHECK(parity(better[t].row) == parity(cut[t].row));
            }
        }
    }
}

TEST_CASE("a kernel that its factors make up already is left alone") {
    const Kernel kernel = kernel_from_text("gabor 2 5 30");
    CHECK(distance(kernel, refined(kernel, kernel.factors)) <= distance(kernel, kernel.factors));
}

TEST_CASE("with a loose tolerance fewer refined factors do than truncated ones") {
    size_t truncated = 0, taken = 0;
    for (const auto &k : kKernels) {
        for (const double tolerance : {0.2, 0.1, 0.05, 0.02, 0.01}) {
            Budget budget;
            budget.tolerance = tolerance;
            const Factoring factoring = factor_kernel(k.kernel, budget);
            const size_t plain = truncated_rank(k.kernel, tolerance);
            CAPTURE(k.name);
            CAPTURE(tolerance);
            CHECK(factoring.rank() <= plain);
            CHECK(factoring.certificate.remainder_norm_1 <= tolerance * factoring.kernel_norm_1);
            // A constant image keeps its value, unless that took more than a tenth.
            if (tolerance <= 0.1)
                CHECK(factoring.certificate.remainder_sum <= 1e-6 * factoring.kernel_norm_1);
            truncated += plain;
            taken += factoring.rank();
            if (tolerance == 0.02)
                MESSAGE(k.name, " within 0.02: rank ", factoring.rank(), ", truncated ", plain);
        }
    }
    CHECK(taken < truncated);
    MESSAGE("ranks in all: ", taken, ", truncated ", truncated);
}
