// Factors come out in one form: symmetric as the kernel is, with a fixed sign, keeping constants,
// exact where the taps are integers.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <numeric>

#include "runtime/factor/factor.h"

using namespace sepflow;

namespace {

Factoring factored(Kernel kernel, Precision precision) {
    kernel.factors.clear();
    Budget budget;
    budget.precision = precision;
    return factor_kernel(kernel, budget);
}

bool is_even(const std::vector<double> &filter) {
    return std::equal(filter.begin(), filter.end(), filter.rbegin());
}

bool is_odd(const std::vector<double> &filter) {
    return std::equal(filter.begin(), filter.end(), filter.rbegin(),
                      [](double a, double b) { return a == -b; });
}

long double sum(const std::vector<double> &taps) {
    return std::accumulate(taps.begin(), taps.end(), 0.0L);
}

}  // namespace

TEST_CASE("factors of a mirror-symmetric kernel are exactly symmetric, even and odd lengths") {
    for (const Precision precision : {Precision::kSingle, Precision::kDouble}) {
        for (const char *text :
             {"disc 10", "disc 4.2", "log 3", "gaussian 2", "expsum 1 0.1 0.3 0.5",
              "4x6 1 2 5 5 2 1 3 1 7 7 1 3 3 1 7 7 1 3 1 2 5 5 2 1"}) {
            const Factoring factoring = factored(kernel_from_text(text), precision);
            for (const Factor &factor : factoring.factors) {
                CHECK_MESSAGE(is_even(factor.row), text);
                CHECK_MESSAGE(is_even(factor.column), text);
            }
        }
        const Factoring sobel = factored(kernel_from_text("derivative 1.5"), precision);
        CHECK(is_odd(sobel.factors[0].row));
        CHECK(is_even(sobel.factors[0].column));
    }
}

TEST_CASE("factors of a kernel with point symmetry only are each even or odd") {
    // A rotated Gaussian: K(x, y) = K(-x, -y), but not K(x, y) = K(-x, y).
    Kernel kernel;
    kernel.rows = kernel.columns = 21;
    for (int y = -10; y <= 10; ++y) {
        for (int x = -10; x <= 10; ++x) {
            const double u = 0.8 * x + 0.6 * y, v = 0.8 * y - 0.6 * x;
            kernel.taps.push_back(std::exp(-u * u / 30 - v * v / 6));
        }
    }
    const Factoring factoring = factored(kernel, Precision::kDouble);
    CHECK(factoring.rank() > 4);
    for (size_t t = 0; t < 4; ++t) {
        const Factor &factor = factoring.factors[t];
        CHECK((is_even(factor.row) || is_odd(factor.row)));
        CHECK(is_even(factor.row) == is_even(factor.column));
    }
}

TEST_CASE("the sign does not depend on the kernel's") {
    const Kernel kernel = kernel_from_text("gabor 2 5 20");
    Kernel negative = kernel;
    for (double &tap : negative.taps) tap = -tap;
    const Factoring a = factored(kernel, Precision::kSingle),
                    b = factored(negative, Precision::kSingle);
    REQUIRE(a.rank() == b.rank());
    for (size_t t = 0; t < a.rank(); ++t) {
        CHECK(a.factors[t].row == b.factors[t].row);
        const std::vector<double> &row = a.factors[t].row;
        const double largest =
            std::fabs(*std::max_element(row.begin(), row.end(), [](double p, double q) {
                return std::fabs(p) < std::fabs(q);
            }));
        const auto first = std::find_if(row.begin(), row.end(), [&](double tap) {
            return std::fabs(tap) >= largest * 0.999999;
        });
        CHECK(*first > 0);
    }
}

TEST_CASE("stored factors are floats in single precision and keep the kernel's sum") {
    for (const char *text : {"gaussian 3", "disc 7.5", "box 9 4", "motion 9 30", "binomial 4"}) {
        const Kernel kernel = kernel_from_text(text);
        for (const bool told : {false, true}) {
            Kernel given = kernel;
            if (!told) given.factors.clear();
            const Factoring factoring = factor_kernel(given, Budget());
            long double total = 0;
            for (const Factor &factor : factoring.factors) {
                for (double tap : factor.row) CHECK(tap == static_cast<float>(tap));
                for (double tap : factor.column) CHECK(tap == static_cast<float>(tap));
                total += sum(factor.row) * sum(factor.column);
            }
            CAPTURE(text);
            CHECK(std::fabs(static_cast<double>(total - 1)) < 1.2e-8);
        }
    }
}

TEST_CASE("kernels of integers times a power of two factor exactly") {
    const double taps[] = {-0.5, 0, 0.5, -1, 0, 1, -0.5, 0, 0.5};
    const Factoring sobel = factor_kernel(kernel_from_matrix(taps, 3, 3, 3), Budget());
    CHECK(sobel.exact_integers);
    CHECK(sobel.certificate.remainder_norm_1 == 0);
    CHECK(sobel.factors[0].row == std::vector<double>{1, 0, -1});
    CHECK(sobel.factors[0].column == std::vector<double>{-0.5, -1, -0.5});
    const double cross[] = {0, 1, 0, 1, 4, 1, 0, 1, 0};
    CHECK(!factor_kernel(kernel_from_matrix(cross, 3, 3, 3), Budget()).exact_integers);
}

TEST_CASE("transposing the kernel exchanges the singular values' owners and nothing else") {
    const Kernel kernel = kernel_from_text("2x3 1 2 3 4 5 7");
    Kernel transposed;
    transposed.rows = 3;
    transposed.columns = 2;
    transposed.taps = {1, 4, 2, 5, 3, 7};
    const Factoring a = factored(kernel, Precision::kDouble),
                    b = factored(transposed, Precision::kDouble);
    REQUIRE(a.rank() == 2);
    REQUIRE(b.rank() == 2);
    for (size_t i = 0; i < 2; ++i)
        CHECK(a.singular_values[i] == doctest::Approx(b.singular_values[i]).epsilon(1e-14));
}
