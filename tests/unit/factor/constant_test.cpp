#include <doctest/doctest.h>

#include "tests/unit/factor/kernels.h"

using namespace sepflow;
using namespace sepflow_test;

namespace {

Factoring factored(const Kernel &kernel, Precision precision, size_t rank = 0) {
    Budget budget;
    budget.precision = precision;
    budget.rank = rank;
    return factor_kernel(kernel, budget);
}

double gain_error(const Factoring &factoring, long double wanted) {
    return static_cast<double>(std::fabs(gain(factoring) - wanted));
}

}  // namespace

TEST_CASE("a kernel that sums to one keeps a constant image, whatever its rank") {
    std::vector<Kernel> kernels = {disc(5), disc(10), rotated_gaussian(21, 4, 2, 30),
                                   rotated_gaussian(20, 4, 2, 45)};
    for (const size_t length : {1u, 2u, 3u, 4u, 7u, 8u, 9u, 21u, 63u, 101u}) {
        for (const size_t other : {1u, 5u, 6u, 31u}) {
            kernels.push_back(gaussian(length, other, static_cast<double>(length) / 6 + 0.3));
            kernels.push_back(normalised(outer(Filter(length, 1), Filter(other, 1))));
        }
    }
    for (const Kernel &kernel : kernels) {
        CAPTURE(kernel.rows);
        CAPTURE(kernel.columns);
        // Far below a rounding of the image, 2^-24 or 2^-53. What is left is the grid of the
        // smallest taps.
        CHECK(gain_error(factored(kernel, Precision::kSingle), 1) <= 0x1p-28);
        CHECK(gain_error(factored(as_floats(kernel), Precision::kSingle), 1) <= 0x1p-28);
        CHECK(gain_error(factored(kernel, Precision::kDouble), 1) <= 0x1p-56);
    }
}

TEST_CASE("both filters of a separable kernel that sums to one do so themselves") {
    for (const Precision precision : kPrecisions) {
        const Factoring result = factored(gaussian(13, 9, 2), precision);
        REQUIRE(result.rank() == 1);
        CHECK(std::fabs(static_cast<double>(sum_of(result.factors[0].column)) - 1) <= 0x1p-30);
        CHECK(std::fabs(static_cast<double>(sum_of(result.factors[0].row)) - 1) <= 0x1p-30);
    }
}

TEST_CASE("a kernel that sums to zero takes a constant image to zero") {
    Kernel log = laplacian_of_gaussian(15, 2);
    log.taps[15 * 7 + 7] -= static_cast<double>(sum_of(log.taps));
    Kernel second = outer({1, -2, 1}, {0.1, 0.7, 0.1});
    for (const Kernel &kernel : {log, scaled(log, 1e-9), second, as_floats(second)}) {
        const double norm = static_cast<double>(norm_1(kernel));
        CHECK(gain_error(factored(kernel, Precision::kSingle), 0) <= 0x1p-32 * norm);
        CHECK(gain_error(factored(kernel, Precision::kDouble), 0) <= 0x1p-50 * norm);
    }
}

TEST_CASE("other sums are kept, too") {
    Random random(2);
    for (int trial = 0; trial < 50; ++trial) {
        const Kernel kernel = random_kernel(3 + random.below(8), 3 + random.below(8), 3, random);
        const long double sum = sum_of(kernel.taps);
        const double norm = static_cast<double>(norm_1(kernel));
        CAPTURE(trial);
        CHECK(gain_error(factored(kernel, Precision::kSingle), sum) <= 0x1p-22 * norm);
        CHECK(gain_error(factored(kernel, Precision::kDouble), sum) <= 0x1p-46 * norm);
    }
}

TEST_CASE("terms that are cut off do not take brightness along") {
    for (const Precision precision : kPrecisions) {
        for (size_t rank = 1; rank <= 6; ++rank) {
            CAPTURE(rank);
            CHECK(gain_error(factored(disc(10), precision, rank), 1) <= 0x1p-28);
        }
    }
}

TEST_CASE(
    "factors for single precision hold floats, and the sums cost no more than rounding does") {
    for (const Kernel &kernel : {gaussian(21, 21, 3), gaussian(8, 33, 5), disc(10)}) {
        const Factoring result = factored(kernel, Precision::kSingle);
        for (const Factor &factor : result.factors) {
            for (double tap : factor.column) CHECK(tap == static_cast<float>(tap));
            for (double tap : factor.row) CHECK(tap == static_cast<float>(tap));
        }
        CHECK(distance_1(kernel, result) <=
              4 * 0x1p-24 * norm_1(kernel) * static_cast<long double>(result.rank()));
    }
}

TEST_CASE("given filters keep their sums in single precision") {
    Kernel kernel = outer(Filter(9, 1.0 / 9), {0.1, 0.2, 0.4, 0.2, 0.1});
    kernel.factors = {{Filter(9, 1.0 / 9), {0.1, 0.2, 0.4, 0.2, 0.1}}};
    const Factoring result = factored(kernel, Precision::kSingle);
    REQUIRE(result.rank() == 1);
    CHECK(sum_of(result.factors[0].column) == 1);
    CHECK(gain_error(result, 1) <= 0x1p-30);
    CHECK(mirrored(result.factors[0].column, 1));
    CHECK(mirrored(result.factors[0].row, 1));
}
