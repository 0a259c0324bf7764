#include "runtime/factor/symmetry.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "runtime/factor/canonical.h"
#include "tests/unit/factor/kernels.h"

using namespace sepflow;
using namespace sepflow_test;

namespace {

// Every row (column) filter equals its mirror image times the sign, to the last bit; 0: either
// sign.
void check_mirrored(const Kernel &kernel, int column_sign, int row_sign) {
    for (const Precision precision : kPrecisions) {
        Budget budget;
        budget.precision = precision;
        const Factoring result = factor_kernel(kernel, budget);
        CAPTURE(kernel.rows);
        CAPTURE(kernel.columns);
        CHECK(distance_1(kernel, result) <= result.tolerance * norm_1(kernel));
        for (const Factor &factor : result.factors) {
            CHECK((column_sign != 0 ? mirrored(factor.column, column_sign)
                                    : foldable(factor.column)));
            CHECK((row_sign != 0 ? mirrored(factor.row, row_sign) : foldable(factor.row)));
        }
    }
}

Kernel with_parity(size_t rows, size_t columns, int column_sign, int row_sign, Random &random) {
    const Kernel any = kernel_of(rows, columns, [&](size_t, size_t) { return random(); });
    return kernel_of(rows, columns, [&](size_t y, size_t x) {
        const size_t v = rows - 1 - y, u = columns - 1 - x;
        return (any.tap(y, x) + row_sign * any.tap(y, u)) +
               column_sign * (any.tap(v, x) + row_sign * any.tap(v, u));
    });
}

}  // namespace

TEST_CASE("factors of symmetric and antisymmetric kernels are so to the last bit") {
    Random random(7);
    for (const size_t rows : {2u, 3u, 6u, 9u}) {
        for (const size_t columns : {2u, 5u, 8u}) {
            for (const int column_sign : {1, -1}) {
                for (const int row_sign : {1, -1})
                    check_mirrored(with_parity(rows, columns, column_sign, row_sign, random),
                                   column_sign, row_sign);
            }
        }
    }
    check_mirrored(gaussian(21, 21, 3), 1, 1);
    check_mirrored(gaussian(20, 15, 3), 1, 1);
    check_mirrored(as_floats(gaussian(21, 21, 3)), 1, 1);
    check_mirrored(laplacian_of_gaussian(15, 2), 1, 1);
    for (int radius = 1; radius <= 12; ++radius) check_mirrored(disc(radius), 1, 1);
    check_mirrored(centred(9, 9, [](double x, double y) { return x * bell(x, y, 1.7); }), 1, -1);
}

TEST_CASE("symmetry along one axis is kept there and asks for no more terms") {
    Random random(8);
    const Filter even = {0.3, 0.1, 0.7, 0.1, 0.3}, odd = {0.3, 0.1, 0, -0.1, -0.3};
    for (const Precision precision : kPrecisions) {
        for (const Filter &row : {even, odd}) {
            const Kernel kernel = outer(random_filter(6, random), row);
            Budget budget;
            budget.precision = precision;
            const Factoring result = factor_kernel(kernel, budget);
            CHECK(result.rank() == 1);
            CHECK(foldable(result.factors[0].row));
            const Factoring turned = factor_kernel(transposed(kernel), budget);
            CHECK(turned.rank() == 1);
            CHECK(foldable(turned.factors[0].column));
        }
    }
}

TEST_CASE("a kernel with point symmetry has factors that fold, and keeps its rank") {
    Random random(9);
    check_mirrored(rotated_gaussian(15, 4, 1.5, 30), 0, 0);
    check_mirrored(rotated_gaussian(16, 4, 1.5, 45), 0, 0);
    for (const double sign : {1.0, -1.0}) {
        for (const size_t rows : {4u, 7u}) {
            const Kernel any = kernel_of(rows, 6, [&](size_t, size_t) { return random(); });
            const Kernel kernel = kernel_of(rows, 6, [&](size_t y, size_t x) {
                return any.tap(y, x) + sign * any.tap(rows - 1 - y, 5 - x);
            });
            check_mirrored(kernel, 0, 0);
            CHECK(rank_of(kernel, Precision::kDouble) <= std::min<size_t>(rows, 6));
        }
    }
    // Gabor: rank two at any angle.
    const Kernel gabor = centred(
        17, 17, [](double x, double y) { return bell(x, y, 3) * std::cos(0.9 * x + 0.4 * y); });
    check_mirrored(gabor, 0, 0);
    CHECK(rank_of(gabor, Precision::kSingle) == 2);
    CHECK(rank_of(gabor, Precision::kDouble) == 2);
}

TEST_CASE("tied singular values do not mix symmetric and antisymmetric filters") {
    for (const size_t size : {2u, 3u, 8u, 9u}) {
        for (const bool falling : {true, false}) {
            const Kernel diagonal = kernel_of(size, size, [&](size_t y, size_t x) {
                return x == (falling ? y : size - 1 - y) ? 0.3 : 0.0;
            });
            CAPTURE(size);
            check_mirrored(diagonal, 0, 0);
            CHECK(rank_of(diagonal, Precision::kSingle) == size);
        }
    }
}

TEST_CASE("tied singular values give the filters nearest to single taps") {
    // A reflection: all singular values are one, so any orthonormal row filters would do.
    Random random(10);
    const Filter normal = random_filter(6, random);
    double squares = 0;
    for (double tap : normal) squares += tap * tap;
    const Kernel kernel = kernel_of(6, 6, [&](size_t y, size_t x) {
        return (y == x ? 1 : 0) - 2 * normal[y] * normal[x] / squares;
    });
    Budget budget;
    budget.precision = Precision::kDouble;
    const Factoring result = factor_kernel(kernel, budget);
    CHECK(result.rank() == 6);
    for (const Factor &factor : result.factors) {
        const auto large = [](double tap) { return std::fabs(tap) > 1e-14; };
        CHECK(std::count_if(factor.row.begin(), factor.row.end(), large) == 1);
    }
}

TEST_CASE("a kernel that is symmetric but for rounding has symmetric factors") {
    Kernel kernel = gaussian(15, 15, 2);
    Random random(4);
    for (double &tap : kernel.taps) tap *= 1 + 1e-16 * std::round(2 * random());
    check_mirrored(kernel, 1, 1);
    kernel = as_floats(gaussian(15, 15, 2));
    for (double &tap : kernel.taps) {
        if (random() > 0) tap = std::nextafter(static_cast<float>(tap), 1.0f);
    }
    Budget budget;
    const Factoring result = factor_kernel(kernel, budget);
    REQUIRE(result.rank() == 1);
    CHECK(mirrored(result.factors[0].column, 1));
    CHECK(mirrored(result.factors[0].row, 1));
}

TEST_CASE("a kernel that is visibly not symmetric keeps its asymmetry") {
    Kernel kernel = gaussian(9, 9, 2);
    kernel.taps[3] *= 1.01;
    for (const Precision precision : kPrecisions) {
        Budget budget;
        budget.precision = precision;
        const Factoring result = factor_kernel(kernel, budget);
        CHECK(distance_1(kernel, result) <= result.tolerance * norm_1(kernel));
    }
}

TEST_CASE(
    "singular vectors do not change with a power of two, from the least number to the largest") {
    const Kernel even = kernel_of(
                     3, 4, [](size_t y, size_t x) { return (y == 1) + double(x == 0 || x == 3); }),
                 point{2, 3, {1, 2, -1, 1, -2, -1}, {}},
                 none{2, 5, {-1, -1, -1, 1, -1, 0, -1, 1, 1, 1}, {}};
    for (const Kernel &kernel : {even, point, none}) {
        const std::vector<SingularTerm> wanted = symmetric_terms(kernel, 0);
        for (const double unit : {0x1p-1074, 0x1p-1073, 0x1p-500, 0x1p1018}) {
            const Kernel same = scaled(kernel, unit);
            const std::vector<SingularTerm> terms = symmetric_terms(same, 0);
            REQUIRE(terms.size() == wanted.size());
            for (size_t t = 0; t < terms.size(); ++t) {
                CHECK(terms[t].vectors.column == wanted[t].vectors.column);
                CHECK(terms[t].vectors.row == wanted[t].vectors.row);
            }
            Budget budget;
            budget.precision = Precision::kDouble;
            CHECK(factor_kernel(same, budget).rank() >= 1);
        }
    }
}

TEST_CASE("signs do not depend on how the kernel is presented") {
    Random random(5);
    for (const Precision precision : kPrecisions) {
        for (int trial = 0; trial < 20; ++trial) {
            const Kernel kernel = random_kernel(5, 6, 3, random);
            Budget budget;
            budget.precision = precision;
            const Factoring plain = factor_kernel(kernel, budget);
            const Factoring negative = factor_kernel(scaled(kernel, -1), budget);
            const Factoring flipped = factor_kernel(
                kernel_of(5, 6, [&](size_t y, size_t x) { return kernel.tap(4 - y, x); }), budget);
            REQUIRE(negative.rank() == plain.rank());
            REQUIRE(flipped.rank() == plain.rank());
            for (size_t t = 0; t < plain.rank(); ++t) {
                const Factor &factor = plain.factors[t];
                // Row filters, which carry the sign, stay; columns follow.
                for (size_t x = 0; x < 6; ++x) {
                    CHECK(negative.factors[t].row[x] == doctest::Approx(factor.row[x]));
                    CHECK(flipped.factors[t].row[x] == doctest::Approx(factor.row[x]));
                }
                for (size_t y = 0; y < 5; ++y) {
                    CHECK(negative.factors[t].column[y] == doctest::Approx(-factor.column[y]));
                    CHECK(flipped.factors[t].column[4 - y] == doctest::Approx(factor.column[y]));
                }
            }
        }
    }
}

TEST_CASE("the factors of a transposed kernel are the transposed factors") {
    Random random(6);
    for (int trial = 0; trial < 20; ++trial) {
        const Kernel kernel = random_kernel(4, 7, 3, random);
        Budget budget;
        budget.precision = Precision::kDouble;
        const Factoring plain = factor_kernel(kernel, budget);
        const Factoring turned = factor_kernel(transposed(kernel), budget);
        REQUIRE(turned.rank() == plain.rank());
        for (size_t t = 0; t < plain.rank(); ++t) {
            for (size_t y = 0; y < 4; ++y) {
                for (size_t x = 0; x < 7; ++x) {
                    const double a = plain.factors[t].column[y] * plain.factors[t].row[x];
                    const double b = turned.factors[t].column[x] * turned.factors[t].row[y];
                    CHECK(std::fabs(a - b) < 1e-12);
                }
            }
        }
    }
}

TEST_CASE("the sign of a row filter that cancels is that of its first large tap, within rounding") {
    CHECK(is_negative({-1, 1 + 1e-15, 0}));
    CHECK(is_negative({0, -1 - 1e-15, 1}));
    CHECK_FALSE(is_negative({0.5, -0.6, 0.6, -0.5, 0.1, -0.1, 0.6, -0.6}) ==
                is_negative({0.5, 0.6, -0.6, -0.5, 0.1, -0.1, -0.6, 0.6}));
    CHECK_FALSE(is_negative({-1, 2}));
}

TEST_CASE("filters hold no negative zeros") {
    const Factor factor = canonical_factor({2, {{-0.8, 0, 0.6}, {-1, 0, 0}}});
    CHECK(factor.row[0] == 1);
    for (const Filter *filter : {&factor.column, &factor.row}) {
        for (double tap : *filter) CHECK_FALSE((tap == 0 && std::signbit(tap)));
    }
}
