#include "runtime/plan/request.h"

#include <doctest/doctest.h>

#include "runtime/base/error.h"
#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

Request request_of(const std::string &kernel, const sepflow_options &options) {
    return make_request(kernel_from_text(kernel), check_options(&options));
}

}  // namespace

TEST_CASE("a convolution flips the taps and mirrors the anchor") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.flags = SEPFLOW_OPTION_ANCHOR;
    options.anchor_x = 3;
    options.anchor_y = 0;
    const char *const kernel = "2x4 1 2 3 4 5 6 7 8";
    const Request correlated = request_of(kernel, options);
    CHECK(correlated.kernel.taps == std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(correlated.anchor_x == 3);
    CHECK(correlated.anchor_y == 0);
    options.flags |= SEPFLOW_OPTION_CONVOLVE;
    const Request convolved = request_of(kernel, options);
    CHECK(convolved.kernel.taps == std::vector<double>{8, 7, 6, 5, 4, 3, 2, 1});
    CHECK(convolved.anchor_x == 0);
    CHECK(convolved.anchor_y == 1);
}

TEST_CASE("the halo is how far the taps reach from the anchor") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    const Request centred = request_of("box 5 4", options);  // 5 columns, 4 rows
    CHECK(centred.halo.left == 2);
    CHECK(centred.halo.right == 2);
    CHECK(centred.halo.top == 2);
    CHECK(centred.halo.bottom == 1);
    options.flags = SEPFLOW_OPTION_ANCHOR;
    options.anchor_x = 4;
    options.anchor_y = 1;
    const Request moved = request_of("box 5 4", options);
    CHECK(moved.halo.left == 4);
    CHECK(moved.halo.right == 0);
    CHECK(moved.halo.top == 1);
    CHECK(moved.halo.bottom == 2);
    options.anchor_x = 5;
    CHECK_THROWS_AS(request_of("box 5 4", options), Error);
}

TEST_CASE("a scale has a bound on what it rounds, which is zero where it rounds nothing") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.scale = 0.5;
    CHECK(request_of("2x3 1 2 3 0.1 0.2 0.3", options).scale_rounding == 0);
    options.scale = 3;  // times an odd number of 53 bits
    CHECK(request_of("2x3 1 2 3 0.1 0.2 0.3", options).scale_rounding > 0);
    CHECK(request_of("2x3 1 2 3 4 5 6", options).scale_rounding == 0);
}

TEST_CASE("sums of taps are kept where taps are truncated, and for no other border") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    const char *const kernel = "2x3 1 2 4 8 16 32";
    CHECK(request_of(kernel, options).tap_sums.empty());
    options.border_y = SEPFLOW_BORDER_TRUNCATE;
    const Request request = request_of(kernel, options);
    CHECK(request.tap_sums == std::vector<double>{0, 0, 0, 0, 0, 1, 3, 7, 0, 9, 27, 63});
    CHECK(request.kernel_sum == 63);
    options.missing = SEPFLOW_MISSING_IGNORE;  // weights see to it
    CHECK(request_of(kernel, options).tap_sums.empty());
}

TEST_CASE("a sum of zero is refused where results are rescaled to it") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    CHECK_NOTHROW(check_sum(request_of("row 1 0 -1 col 1 2", options), 6));
    options.border_x = SEPFLOW_BORDER_TRUNCATE;
    CHECK_THROWS_AS(check_sum(request_of("row 1 0 -1 col 1 2", options), 6), Error);
    CHECK_NOTHROW(check_sum(request_of("row 1 0 -2 col 1 2", options), 9));
}
