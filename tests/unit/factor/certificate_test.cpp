#include <algorithm>
#include <doctest/doctest.h>

#include "tests/unit/factor/kernels.h"

using namespace sepflow;
using namespace sepflow_test;

namespace {

// The two passes at one pixel, in the type that they run in; the image holds just what the kernel
// covers.
template <typename T>
long double two_passes(const Factoring &factoring, const Kernel &image, bool fused) {
    const auto add = [&](T sum, T tap, T sample) {
        return fused ? std::fma(tap, sample, sum)
                     : static_cast<T>(sum + static_cast<T>(tap * sample));
    };
    T out = 0;
    for (const Factor &factor : factoring.factors) {
        for (size_t x = 0; x < image.columns; ++x) {
            T mid = 0;
            for (size_t y = 0; y < image.rows; ++y)
                mid = add(mid, static_cast<T>(factor.column[y]), static_cast<T>(image.tap(y, x)));
            out = add(out, static_cast<T>(factor.row[x]), mid);
        }
    }
    return out;
}

long double direct(const Kernel &kernel, const Kernel &image) {
    long double sum = 0;
    for (size_t i = 0; i < kernel.taps.size(); ++i)
        sum += static_cast<long double>(kernel.taps[i]) * image.taps[i];
    return sum;
}

template <typename Pixel>
Kernel image_like(const Kernel &kernel, Pixel pixel) {
    return kernel_of(kernel.rows, kernel.columns, pixel);
}

// The worst over images in [-1, 1] that try hard.
long double worst_error(const Kernel &kernel, const Factoring &factoring, Precision precision,
                        Random &random) {
    const auto sign = [](long double value) { return value < 0 ? -1.0 : 1.0; };
    std::vector<Kernel> images = {
        image_like(
            kernel,
            [&](size_t y, size_t x) { return sign(kernel.tap(y, x) - rebuilt(factoring, y, x)); }),
        image_like(kernel, [&](size_t y, size_t x) { return sign(kernel.tap(y, x)); }),
        image_like(kernel, [](size_t, size_t) { return 1.0; }),
        image_like(kernel, [&](size_t, size_t) { return sign(random()); }),
        image_like(kernel, [&](size_t, size_t) { return static_cast<float>(random()); })};
    const size_t y0 = random.below(kernel.rows), x0 = random.below(kernel.columns);
    images.push_back(
        image_like(kernel, [&](size_t y, size_t x) { return y == y0 && x == x0 ? 1.0 : 0.0; }));
    long double worst = 0;
    for (const Kernel &image : images) {
        for (const bool fused : {false, true}) {
            const long double computed = precision == Precision::kSingle
                                             ? two_passes<float>(factoring, image, fused)
                                             : two_passes<double>(factoring, image, fused);
            worst = std::max(worst, std::fabs(computed - direct(kernel, image)));
        }
    }
    return worst;
}

}  // namespace

TEST_CASE("no image exceeds the bound, and one comes near what the cut terms add to it") {
    Random random(11);
    std::vector<Kernel> kernels = {disc(6), rotated_gaussian(13, 3, 1, 25), gaussian(21, 21, 3),
                                   laplacian_of_gaussian(13, 2), outer({1, 2, 1}, {-1, 0, 1})};
    for (int trial = 0; trial < 200; ++trial) {
        const size_t rows = 1 + random.below(12), columns = 1 + random.below(12);
        Kernel kernel =
            random_kernel(rows, columns, 1 + random.below(std::min(rows, columns)), random);
        kernels.push_back(
            scaled(std::move(kernel), std::ldexp(1.0, static_cast<int>(random() * 20))));
    }
    for (const Kernel &kernel : kernels) {
        for (const Precision precision : kPrecisions) {
            for (const double tolerance : {0.0, 1e-3, 0.05, 0.3}) {
                Budget budget;
                budget.precision = precision;
                budget.tolerance = tolerance;
                const Factoring result = factor_kernel(kernel, budget);
                CAPTURE(kernel.rows);
                CAPTURE(kernel.columns);
                CAPTURE(tolerance);
                const long double worst = worst_error(kernel, result, precision, random);
                CHECK(worst <= result.certificate.error_bound());
                if (result.certificate.remainder_norm_1 > 4 * result.certificate.rounding_bound)
                    CHECK(worst >= result.certificate.remainder_norm_1 / 3);
            }
        }
    }
}

TEST_CASE("the remainder is bounded from above, and closely") {
    Random random(12);
    for (int trial = 0; trial < 100; ++trial) {
        const Kernel kernel = random_kernel(7, 5, 5, random);
        for (size_t rank = 1; rank <= 5; ++rank) {
            Budget budget;
            budget.rank = rank;
            budget.precision = kPrecisions[trial % 2];
            const Factoring result = factor_kernel(kernel, budget);
            const long double distance = distance_1(kernel, result);
            CHECK(result.certificate.remainder_norm_1 >= distance);
            CHECK(result.certificate.remainder_norm_1 <=
                  distance * (1 + 1e-13L) + 4e-15L * norm_1(kernel));
            double in_double = 0;
            long double squares = 0;
            for (size_t y = 0; y < 7; ++y) {
                for (size_t x = 0; x < 5; ++x) {
                    squares += std::pow(kernel.tap(y, x) - rebuilt(result, y, x), 2);
                    double rest = kernel.tap(y, x);
                    for (const Factor &factor : result.factors)
                        rest -= factor.column[y] * factor.row[x];
                    in_double += std::fabs(rest);
                }
            }
            CHECK(result.certificate.remainder_norm_1 >= in_double);
            CHECK(result.certificate.remainder_frobenius ==
                  doctest::Approx(static_cast<double>(std::sqrt(squares))).epsilon(1e-9));
        }
    }
}

TEST_CASE("the rounding bound is the textbook's for the two passes") {
    // One tap by one tap: two products, u each, and a third rounding for delta.
    Kernel kernel = outer({3}, {1});
    const Factoring one = factor_kernel(kernel, {});
    const double u = 0x1p-24;
    CHECK(one.certificate.rounding_bound == doctest::Approx(3 * 3 * u).epsilon(1e-5));
    CHECK(one.certificate.rounding_bound >= 3 * 3 * u);

    // Rank two of 5 x 3: gamma_5 in the column pass, gamma_7 in the row pass.
    Budget budget;
    budget.precision = Precision::kDouble;
    Random random(13);
    const Factoring two = factor_kernel(random_kernel(5, 3, 2, random), budget);
    REQUIRE(two.rank() == 2);
    double magnitude = 0;
    for (const Factor &factor : two.factors) {
        double column = 0, row = 0;
        for (double tap : factor.column) column += std::fabs(tap);
        for (double tap : factor.row) row += std::fabs(tap);
        magnitude += column * row;
    }
    CHECK(two.certificate.rounding_bound ==
          doctest::Approx(12 * 0x1p-53 * magnitude).epsilon(1e-9));
}

TEST_CASE("the bound holds where products fall below the normal range") {
    Random random(14);
    for (const double scale : {1e-36, 1e-38, 1e-40, 1e-42}) {
        for (int trial = 0; trial < 10; ++trial) {
            const Kernel kernel = scaled(random_kernel(5, 5, 2, random), scale);
            const Factoring result = factor_kernel(kernel, {});
            CHECK(worst_error(kernel, result, Precision::kSingle, random) <=
                  result.certificate.error_bound());
        }
    }
}
