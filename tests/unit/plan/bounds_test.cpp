#include "runtime/plan/bounds.h"

#include <doctest/doctest.h>

#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

Plan separable(const std::string &kernel, sepflow_options options) {
    options.method = SEPFLOW_METHOD_SEPARABLE;
    return plans::plan_of(kernel, options);
}

}  // namespace

TEST_CASE("results that are divided are twice as far off as both sums") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.rank = 2;  // the same factors for both
    const Bounds plain = separable("disc 4", options).bounds;
    options.missing = SEPFLOW_MISSING_IGNORE;
    const Bounds divided = separable("disc 4", options).bounds;
    CHECK(plain.certificate.remainder_norm_1 == divided.certificate.remainder_norm_1);
    CHECK(divided.rounding > plain.rounding);  // of weights and their products
    CHECK(divided.error == 2 * (divided.certificate.remainder_norm_1 + divided.rounding));
}

TEST_CASE("rescaled sums are never bound closer than those that are not") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.rank = 3;
    const double plain = separable("gaussian 2", options).bounds.error;
    options.border_y = SEPFLOW_BORDER_TRUNCATE;
    CHECK(separable("gaussian 2", options).bounds.error >= plain);
}

TEST_CASE("the bound in units of the output is that for |image| <= 1, times the largest pixel") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    const Bounds floats = separable("disc 4", options).bounds;
    CHECK(floats.output == doctest::Approx(floats.error).epsilon(1e-12));
    options.border_x = SEPFLOW_BORDER_CONSTANT;
    options.border_value = -8;  // now the largest
    const Bounds far = separable("disc 4", options).bounds;
    CHECK(far.output > 4 * floats.output);
}

TEST_CASE("an exact plan has no error") {
    const sepflow_options options = plans::given(SEPFLOW_U8, SEPFLOW_S16);
    const Plan exact = separable("sobel x", options);
    CHECK(exact.exactness.is_exact);
    CHECK(exact.bounds.rounding == 0);
    CHECK(exact.bounds.error == 0);
    CHECK(exact.bounds.output == 0);
    const Plan rounded = separable("gaussian 2", options);
    CHECK_FALSE(rounded.exactness.is_exact);
    CHECK(rounded.bounds.output > 0);
}
