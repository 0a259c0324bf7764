// Which rank is found, and what the certificate says.
#include <cmath>
#include <doctest/doctest.h>
#include <random>

#include "runtime/error.h"
#include "runtime/factor/factor.h"

using namespace sepflow;

namespace {

Kernel matrix(size_t rows, size_t columns, const std::vector<double> &taps) {
    return kernel_from_matrix(taps.data(), rows, columns, static_cast<std::ptrdiff_t>(columns));
}

// A product whose factors are not told.
Kernel outer(const std::vector<double> &a, const std::vector<double> &b, double scale = 1) {
    Kernel kernel = kernel_from_vectors(a, b);
    kernel.factors.clear();
    for (double &tap : kernel.taps) tap *= scale;
    return kernel;
}

size_t rank_of(const Kernel &kernel, Precision precision = Precision::kDouble) {
    Budget budget;
    budget.precision = precision;
    return factor_kernel(kernel, budget).rank();
}

Kernel untold(const char *text) {
    Kernel kernel = kernel_from_text(text);
    kernel.factors.clear();
    return kernel;
}

long double reconstruction_error(const Kernel &kernel, const Factoring &factoring) {
    long double total = 0;
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) {
            long double sum = 0;
            for (const Factor &factor : factoring.factors) {
                sum += static_cast<long double>(factor.column[y]) * factor.row[x];
            }
            total += std::fabs(kernel.tap(y, x) - sum);
        }
    }
    return total;
}

}  // namespace

TEST_CASE("kernels that other systems misjudge") {
    CHECK(rank_of(outer({0, 1, 2, 1, 0}, {1, 2, 3, 2, 1})) == 1);
    CHECK(rank_of(outer({1, 2, 1, 2, 1}, {2, 3, 2, 3, 2})) == 1);
    CHECK(rank_of(outer({1, 0, 0, 0, 0}, {2, 3, 2, 3, 2})) == 1);
    CHECK(rank_of(outer({0.1, 0.7, 0.3}, {0.2, -0.9})) == 1);
    CHECK(rank_of(matrix(1, 5, {1, 2, 3, 4, 5})) == 1);
    CHECK(rank_of(matrix(5, 1, {1, 2, 3, 4, 5})) == 1);
    CHECK(rank_of(matrix(1, 1, {-3})) == 1);
    CHECK(rank_of(matrix(3, 3, {0, 0, 0, 1.1, 2.2, 3.3, 0, 0, 0})) == 1);
    CHECK(rank_of(matrix(2, 2, {1, 0, 0, 1})) == 2);
    CHECK(rank_of(matrix(2, 3, {0, 0, 0, 0, 0, 0})) == 1);
}

TEST_CASE("the rank does not depend on the scale") {
    Kernel two = outer({0.3, 0.5, 0.2}, {0.1, 0.8, 0.1});
    two.taps[4] += 0.25;
    for (const double scale : {1e-300, 1e-30, 1e-9, 1.0, 1e9, 1e30, 1e290}) {
        CAPTURE(scale);
        Kernel scaled = two;
        for (double &tap : scaled.taps) tap *= scale;
        CHECK(rank_of(scaled) == 2);
        CHECK(rank_of(outer({0.3, 0.5, 0.2}, {0.1, 0.8, 0.1}, scale)) == 1);
    }
    for (const double scale : {1e-9, 1e9}) {
        Kernel scaled = two;
        for (double &tap : scaled.taps) tap *= scale;
        CHECK(rank_of(scaled, Precision::kSingle) == 2);
    }
}

TEST_CASE(
    "taps that were born as 32-bit floats are rank one in single precision and more in double") {
    Kernel kernel = untold("gaussian 2");
    for (double &tap : kernel.taps) tap = static_cast<float>(tap * 1e9);
    CHECK(rank_of(kernel, Precision::kSingle) == 1);
    CHECK(rank_of(kernel, Precision::kDouble) > 1);
}

TEST_CASE("known ranks") {
    for (const Precision precision : {Precision::kSingle, Precision::kDouble}) {
        CHECK(rank_of(untold("disc 10"), precision) == 7);
        CHECK(rank_of(untold("expsum 1 0.02 -0.5 0.1"), precision) == 2);
        CHECK(rank_of(untold("log 2"), precision) == 2);
        CHECK(rank_of(untold("dog 1 1.6"), precision) == 2);
        CHECK(rank_of(untold("gabor 3 6 30"), precision) == 2);
        CHECK(rank_of(untold("gaussian 3"), precision) == 1);
        CHECK(rank_of(untold("sobel x"), precision) == 1);
    }
}

TEST_CASE("random kernels of every rank are found and reconstructed") {
    std::mt19937_64 random(11);
    std::uniform_real_distribution<double> range(-1, 1);
    for (size_t rank = 1; rank <= 7; ++rank) {
        Kernel kernel = matrix(7, 9, std::vector<double>(63));
        for (size_t t = 0; t < rank; ++t) {
            std::vector<double> a(7), b(9);
            for (double &tap : a) tap = range(random);
            for (double &tap : b) tap = range(random);
            for (size_t i = 0; i < 63; ++i) kernel.taps[i] += a[i / 9] * b[i % 9];
        }
        Budget budget;
        budget.precision = Precision::kDouble;
        const Factoring factoring = factor_kernel(kernel, budget);
        CHECK(factoring.rank() == rank);
        CHECK(factoring.singular_values.size() == 7);
        CHECK(reconstruction_error(kernel, factoring) <= factoring.remainder_norm_1);
        CHECK(factoring.remainder_norm_1 <= factoring.tolerance * factoring.kernel_norm_1 * 1.01);
    }
}

TEST_CASE("a tolerance is kept with as few terms as it allows, and a rank is taken as told") {
    const Kernel disc = untold("disc 10");
    size_t last = 8;
    for (const double tolerance : {1e-12, 0.01, 0.05, 0.1, 0.3, 0.9}) {
        Budget budget;
        budget.precision = Precision::kDouble;
        budget.tolerance = tolerance;
        const Factoring factoring = factor_kernel(disc, budget);
        CHECK(factoring.rank() <= last);
        CHECK(factoring.remainder_norm_1 <= tolerance * factoring.kernel_norm_1 * 1.0001);
        last = factoring.rank();
    }
    CHECK(last == 1);
    for (const size_t rank : {size_t{1}, size_t{3}, size_t{21}}) {
        Budget budget;
        budget.rank = rank;
        CHECK(factor_kernel(disc, budget).rank() == rank);
    }
    Budget budget;
    budget.rank = 22;
    CHECK_THROWS_AS(factor_kernel(disc, budget), Error);
    budget.rank = 0;
    for (const double bad : {-1.0, 1.5, std::nan("")}) {
        budget.tolerance = bad;
        CHECK_THROWS_AS(factor_kernel(disc, budget), Error);
    }
}
