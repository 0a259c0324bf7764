// Kernels whose formula is one in 1-D filters.
#include <cmath>
#include <doctest/doctest.h>
#include <string>

#include "runtime/factor/factor.h"
#include "runtime/kernel/kernel.h"

using namespace sepflow;

TEST_CASE(
    "kernels from a formula in 1-D filters keep them, to full double precision, and agree with the "
    "SVD") {
    const struct {
        const char *text;
        size_t rank;
    } kernels[] = {
        {"gaussian 2 3", 1}, {"derivative 1.5", 1}, {"box 7 4", 1},
        {"binomial 6", 1},   {"log 1.7", 2},        {"dog 1 1.6", 2},
        {"gabor 3 6 30", 2}, {"gabor 2 5 0", 1},    {"expsum 1 0.02 -0.5 0.1 0.2 0.7", 3}};
    for (const auto &k : kernels) {
        const std::string text = k.text;
        CAPTURE(text);
        const Kernel kernel = kernel_from_text(text);
        REQUIRE(!kernel.factors.empty());
        Budget budget;
        budget.precision = Precision::kDouble;
        const Factoring formula = factor_kernel(kernel, budget);
        CHECK(formula.rank() == k.rank);
        Kernel matrix = kernel;
        matrix.factors.clear();
        const Factoring found = factor_kernel(matrix, budget);
        CHECK(found.rank() == k.rank);
        // Both are the kernel to some units in the last place of its largest tap.
        for (const Factoring *factoring : {&formula, &found}) {
            for (size_t y = 0; y < kernel.rows; ++y) {
                for (size_t x = 0; x < kernel.columns; ++x) {
                    double sum = 0;
                    for (const Factor &f : factoring->factors) sum += f.column[y] * f.row[x];
                    REQUIRE(std::fabs(sum - kernel.tap(y, x)) <= 1e-15 * formula.kernel_norm_1);
                }
            }
        }
        for (size_t t = 0; t < k.rank; ++t)
            CHECK(formula.singular_values[t] ==
                  doctest::Approx(found.singular_values[t]).epsilon(1e-12));
    }
}

TEST_CASE("a loose tolerance takes fewer terms than a formula has") {
    const Kernel kernel = kernel_from_text("expsum 1 0.05 0.3 0.06 0.2 0.055 0.1 0.052");
    REQUIRE(kernel.factors.size() == 4);
    Budget budget;
    budget.tolerance = 1e-3;
    const Factoring factoring = factor_kernel(kernel, budget);
    CHECK(factoring.rank() < 4);
    CHECK(factoring.certificate.remainder_norm_1 <= 1e-3 * factoring.kernel_norm_1);
}
