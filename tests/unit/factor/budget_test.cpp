#include <algorithm>
#include <doctest/doctest.h>
#include <limits>

#include "runtime/base/error.h"
#include "runtime/factor/svd.h"
#include "tests/unit/factor/kernels.h"

using namespace sepflow;
using namespace sepflow_test;

namespace {

Kernel two_gaussians() {
    return centred(21, 21,
                   [](double x, double y) { return 0.7 * bell(x, y, 1.5) + 0.3 * bell(x, y, 4); });
}

void check_rank(const Kernel &kernel, size_t rank) {
    for (const Precision precision : kPrecisions) {
        CAPTURE(static_cast<int>(precision));
        Budget budget;
        budget.precision = precision;
        const Factoring result = factor_kernel(kernel, budget);
        CHECK(result.rank() == rank);
        CHECK(distance_1(kernel, result) <= result.tolerance * norm_1(kernel));
    }
}

void check_refused(const Kernel &kernel, const Budget &budget, const char *word) {
    try {
        factor_kernel(kernel, budget);
        FAIL("not refused");
    } catch (const Error &error) {
        CHECK(error.code() == SEPFLOW_E_PARAM);
        CHECK(std::string(error.what()).find(word) != std::string::npos);
    }
}

}  // namespace

TEST_CASE("kernels that other detectors get wrong have rank one") {
    check_rank(outer({0, 1, 2, 1, 0}, {1, 2, 3, 2, 1}), 1);  // first row all zero
    check_rank(outer({1, 2, 1, 2, 1}, {2, 3, 2, 3, 2}), 1);  // ratios that are no integers
    check_rank(outer({1, 0, 0, 0, 0}, {2, 3, 2, 3, 2}), 1);  // one row only
    check_rank(outer({0, 0, 1e-3, 0}, {0.1, 0.7, -0.3}), 1);
    check_rank(outer({0.3}, {0.1, 0.2, 0.7}), 1);
    check_rank(outer({0.1, -0.2, 0.7}, {0.3}), 1);
    check_rank(outer({-0.3}, {1}), 1);
    check_rank(gaussian(21, 13, 2.5), 1);
}

TEST_CASE("a kernel of zeros has one factor of zeros") {
    const Kernel kernel = outer({0, 0, 0}, {0, 0});
    for (const Precision precision : kPrecisions) {
        Budget budget;
        budget.precision = precision;
        const Factoring result = factor_kernel(kernel, budget);
        REQUIRE(result.rank() == 1);
        CHECK(result.factors[0].column == Filter(3));
        CHECK(result.factors[0].row == Filter(2));
        CHECK(result.singular_values == Filter(2));
        CHECK(result.certificate.error_bound() == 0);
    }
}

TEST_CASE("known kernels have the rank of their formula") {
    check_rank(two_gaussians(), 2);
    check_rank(laplacian_of_gaussian(17, 2), 2);
    check_rank(disc(10), 7);
    check_rank(kernel_of(3, 3,
                         [](size_t y, size_t x) {  // Laplacian, in integers but not separable
                             return y == 1 && x == 1 ? -4.0 : y == 1 || x == 1 ? 1.0 : 0.0;
                         }),
               2);
    check_rank(kernel_of(2, 2, [](size_t y, size_t x) { return y == x ? 1.0 : 0.0; }), 2);
    for (const char *text : {"expsum 1 0.02 -0.5 0.1", "dog 1 1.6", "gabor 3 6 30"}) {
        Kernel kernel = kernel_from_text(text);
        kernel.factors.clear();  // to be found from the taps
        check_rank(kernel, 2);
    }
}

TEST_CASE("rank does not depend on the scale of the kernel") {
    for (const double scale : {1e-30, 1e-9, 1e9, 1e30}) {
        CAPTURE(scale);
        check_rank(scaled(two_gaussians(), scale), 2);
        check_rank(scaled(gaussian(15, 15, 2), scale), 1);
    }
    Budget budget;
    budget.precision = Precision::kDouble;
    for (const double scale : {1e-300, 1e-200, 1e200, 1e300}) {
        CAPTURE(scale);
        const Kernel kernel = scaled(two_gaussians(), scale);
        const Factoring result = factor_kernel(kernel, budget);
        CHECK(result.rank() == 2);
        CHECK(distance_1(kernel, result) <= result.tolerance * norm_1(kernel));
        CHECK(result.certificate.remainder_norm_1 <= result.tolerance * result.kernel_norm_1);
    }
}

TEST_CASE("taps beyond the type that the passes run in are refused") {
    check_refused(scaled(gaussian(3, 3, 1), 1e60), {}, "f64");
    Budget budget;
    budget.precision = Precision::kDouble;
    const double largest = std::numeric_limits<double>::max();
    check_refused(kernel_of(2, 2, [&](size_t, size_t) { return largest; }), budget, "overflow");
}

TEST_CASE("a Gaussian rounded to 32-bit floats is separable in single precision only") {
    const Kernel kernel = as_floats(gaussian(21, 21, 3));
    CHECK(rank_of(kernel, Precision::kSingle) == 1);
    CHECK(rank_of(kernel, Precision::kDouble) > 1);
    CHECK(rank_of(as_floats(scaled(gaussian(21, 21, 3), 1e9)), Precision::kSingle) == 1);
}

TEST_CASE("random kernels of every rank come back with it and within the tolerance") {
    Random random(1);
    for (size_t rows = 1; rows <= 9; ++rows) {
        for (size_t columns = 1; columns <= 9; columns += 2) {
            for (size_t rank = 1; rank <= std::min(rows, columns); ++rank) {
                CAPTURE(rows);
                CAPTURE(columns);
                CAPTURE(rank);
                check_rank(random_kernel(rows, columns, rank, random), rank);
            }
        }
    }
}

TEST_CASE("the rank is the smallest that keeps the tolerance") {
    for (const Kernel &kernel : {disc(8), rotated_gaussian(25, 5, 2, 30)}) {
        for (const double tolerance : {0.3, 0.1, 1e-2, 1e-3}) {
            CAPTURE(tolerance);
            Budget budget;
            budget.tolerance = tolerance;
            const Factoring result = factor_kernel(kernel, budget);
            CHECK(result.tolerance == tolerance);
            CHECK(distance_1(kernel, result) <= tolerance * norm_1(kernel));
            if (result.rank() == 1) continue;
            Budget fewer;
            fewer.rank = result.rank() - 1;
            CHECK(distance_1(kernel, factor_kernel(kernel, fewer)) > tolerance * norm_1(kernel));
        }
    }
}

TEST_CASE("a tolerance that rounding cannot keep does not drive the rank up") {
    Budget budget;
    budget.tolerance = 1e-12;
    CHECK(factor_kernel(gaussian(21, 21, 3), budget).rank() == 1);
    CHECK(factor_kernel(two_gaussians(), budget).rank() == 2);
    // Here a dozen more terms are significant, but lie below the rounding of the first.
    CHECK(factor_kernel(as_floats(gaussian(21, 21, 3)), budget).rank() == 1);
}

// Eckart and Young: in the Frobenius norm none come nearer than the strongest terms.
TEST_CASE("factors of a rank that is asked for stay close to the nearest there are in the 2-norm") {
    for (const Kernel &kernel : {rotated_gaussian(15, 4, 1.5, 30), disc(8)}) {
        const Filter values = factor_kernel(kernel, {}).singular_values;
        for (size_t rank = 1; rank <= 6; ++rank) {
            CAPTURE(rank);
            double tail = 0;
            for (size_t t = rank; t < values.size(); ++t) tail += values[t] * values[t];
            Budget budget;
            budget.rank = rank;
            // Keeping the brightness, and being near in the 1-norm, costs a little.
            const double frobenius = factor_kernel(kernel, budget).certificate.remainder_frobenius;
            CHECK(frobenius >= 0.999 * std::sqrt(tail));
            CHECK(frobenius <= 1.6 * std::sqrt(tail) + 1e-7);
        }
    }
}

TEST_CASE("a rank that is asked for is the rank, up to the full one") {
    Random random(3);
    const Kernel kernels[] = {disc(3), gaussian(7, 7, 1), outer({1, 2, 1}, {-1, 0, 1, 4}),
                              random_kernel(5, 7, 5, random)};
    for (const Kernel &kernel : kernels) {
        for (const Precision precision : kPrecisions) {
            const size_t full = std::min(kernel.rows, kernel.columns);
            long double last = 2 * norm_1(kernel);
            for (size_t rank = 1; rank <= full; ++rank) {
                CAPTURE(rank);
                Budget budget;
                budget.rank = rank;
                budget.precision = precision;
                const Factoring result = factor_kernel(kernel, budget);
                CHECK(result.rank() == rank);
                for (const Factor &factor : result.factors) {
                    CHECK(factor.column.size() == kernel.rows);
                    CHECK(factor.row.size() == kernel.columns);
                    for (double tap : factor.column) CHECK(std::isfinite(tap));
                    for (double tap : factor.row) CHECK(std::isfinite(tap));
                }
                const long double distance = distance_1(kernel, result);
                CHECK(distance <= last * 1.05 + 1e-6 * norm_1(kernel));
                last = distance;
            }
            CHECK(last <= default_tolerance(precision) * norm_1(kernel));
            Budget budget;
            budget.rank = full + 1;
            check_refused(kernel, budget, "rank");
        }
    }
}

TEST_CASE("impossible tolerances are refused") {
    for (const double tolerance : {-1e-9, 1.5, std::numeric_limits<double>::quiet_NaN(),
                                   std::numeric_limits<double>::infinity()}) {
        Budget budget;
        budget.tolerance = tolerance;
        check_refused(gaussian(3, 3, 1), budget, "tolerance");
    }
}

TEST_CASE("singular values are all there and descend") {
    CHECK(factor_kernel(gaussian(9, 7, 2), {}).singular_values.size() == 7);
    CHECK(factor_kernel(outer({1, 2, 1}, {1, 2}), {}).singular_values.size() == 2);
    const Factoring result = factor_kernel(rotated_gaussian(9, 3, 1, 20), {});
    REQUIRE(result.singular_values.size() == 9);
    CHECK(std::is_sorted(result.singular_values.rbegin(), result.singular_values.rend()));
    // Their squares add up to those of the taps.
    long double of_values = 0, of_taps = 0;
    for (double value : result.singular_values)
        of_values += static_cast<long double>(value) * value;
    for (double tap : rotated_gaussian(9, 3, 1, 20).taps)
        of_taps += static_cast<long double>(tap) * tap;
    CHECK(static_cast<double>(of_values / of_taps) == doctest::Approx(1).epsilon(1e-12));
}

TEST_CASE("filters that were given skip the decomposition") {
    Kernel kernel = outer({0.1, 0.2, 0.7}, {0.3, 0.3, 0.3, 0.1});
    kernel.factors = {{{0.1, 0.2, 0.7}, {0.3, 0.3, 0.3, 0.1}}};
    Budget budget;
    budget.precision = Precision::kDouble;
    const Factoring exact = factor_kernel(kernel, budget);
    REQUIRE(exact.rank() == 1);
    CHECK(exact.factors[0].column == kernel.factors[0].column);
    CHECK(exact.factors[0].row == kernel.factors[0].row);
    CHECK(exact.certificate.remainder_norm_1 == 0);
    REQUIRE(exact.singular_values.size() == 1);
    CHECK(exact.singular_values[0] == doctest::Approx(std::sqrt(0.54 * 0.28)).epsilon(1e-14));

    const Factoring single = factor_kernel(kernel, {});
    REQUIRE(single.rank() == 1);
    for (double tap : single.factors[0].column) CHECK(tap == static_cast<float>(tap));
    CHECK(single.certificate.remainder_norm_1 > 0);
    CHECK(single.certificate.remainder_norm_1 < 3e-7);
    budget.rank = 2;
    CHECK(factor_kernel(kernel, budget).rank() == 2);

    Kernel two = kernel_of(2, 2, [](size_t y, size_t x) {
        return y != x ? 0 : y == 0 ? 1.5 : 2.5;
    });
    two.factors = {{{1.5, 0}, {1, 0}}, {{0, 2.5}, {0, 1}}};
    CHECK(factor_kernel(two, {}).rank() == 2);
    CHECK(factor_kernel(two, {}).singular_values == Filter{2.5, 1.5});
    budget.rank = 1;
    CHECK(factor_kernel(two, budget).rank() == 1);
}

TEST_CASE("separable kernels of whole numbers are factored in whole numbers") {
    const Factoring sobel = factor_kernel(outer({1, 2, 1}, {-1, 0, 1}), {});
    CHECK(sobel.exact_integers);
    CHECK(sobel.certificate.remainder_norm_1 == 0);
    // The row filter cancels, so its first large tap is positive.
    CHECK(sobel.factors[0].row == Filter{1, 0, -1});
    CHECK(sobel.factors[0].column == Filter{-1, -2, -1});

    const Factoring binomial =
        factor_kernel(outer({0.25, 0.5, 0.25}, {0.0625, 0.25, 0.375, 0.25, 0.0625}), {});
    CHECK(binomial.exact_integers);
    CHECK(binomial.factors[0].column == Filter{0.25, 0.5, 0.25});
    CHECK(binomial.factors[0].row == Filter{0.0625, 0.25, 0.375, 0.25, 0.0625});

    // Too long for the 24 bits of a float.
    const Factoring large = factor_kernel(outer({16777217, 3}, {3, 1}), {});
    CHECK_FALSE(large.exact_integers);
    CHECK(large.certificate.remainder_norm_1 >= distance_1(outer({16777217, 3}, {3, 1}), large));
}

TEST_CASE("a decomposition that LAPACK refuses is an error") {
    const Kernel kernel = kernel_of(3, 3, [](size_t y, size_t x) {
        return y == 1 && x == 2 ? std::numeric_limits<double>::quiet_NaN() : 1.0;
    });
    try {
        singular_terms(kernel);
        FAIL("not refused");
    } catch (const Error &error) {
        CHECK(error.code() == SEPFLOW_E_INTERNAL);
    }
}
