#include "runtime/execute/rescaling.h"

#include <doctest/doctest.h>

#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

// S over the sum of the taps that lie in the domain.
double expected(const Request &request, const sepflow_rect &domain, int64_t x, int64_t y) {
    const Options &options = request.options;
    double inside = 0;
    for (int64_t j = 0; j < static_cast<int64_t>(request.kernel.rows); ++j) {
        for (int64_t i = 0; i < static_cast<int64_t>(request.kernel.columns); ++i) {
            const int64_t column = x - domain.x - request.anchor_x + i,
                          row = y - domain.y - request.anchor_y + j;
            const bool is_cut =
                (options.border_x == SEPFLOW_BORDER_TRUNCATE &&
                 (column < 0 || column >= domain.w)) ||
                (options.border_y == SEPFLOW_BORDER_TRUNCATE && (row < 0 || row >= domain.h));
            if (!is_cut)
                inside += request.kernel.tap(static_cast<size_t>(j), static_cast<size_t>(i));
        }
    }
    return request.kernel_sum / inside;
}

}  // namespace

TEST_CASE("a pixel is rescaled by the sum of all taps over that of those within the image") {
    const sepflow_rect domain = {-4, 9, 17, 12};
    for (const int32_t method : {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_METHOD_DIRECT}) {
        for (const bool along_x : {false, true}) {
            for (const char *const kernel :
                 {"gaussian 2", "disc 4", "box 5 8", "2x3 1 2 4 3 9 1"}) {
                CAPTURE(kernel);
                CAPTURE(method);
                sepflow_options options = plans::given(SEPFLOW_F64, SEPFLOW_F64);
                options.method = method;
                options.border_y = SEPFLOW_BORDER_TRUNCATE;
                if (along_x) options.border_x = SEPFLOW_BORDER_TRUNCATE;
                const Plan plan = plans::plan_of(kernel, options);
                const sepflow_rect tile = {0, 10, 13, 11};
                std::vector<double> sums(
                    static_cast<size_t>(Rescaling::bytes(plan, tile.w, tile.h)) / sizeof(double));
                CHECK(sums.empty() == (method == SEPFLOW_METHOD_DIRECT));
                const Rescaling rescaling(plan, domain, tile, sums.data());
                for (int64_t y = 0; y < tile.h; ++y) {
                    for (int64_t x = 0; x < tile.w; ++x) {
                        const double factor =
                            expected(plan.request, domain, tile.x + x, tile.y + y);
                        CHECK(rescaling.factor(x, y) == doctest::Approx(factor).epsilon(1e-10));
                    }
                }
            }
        }
    }
}

TEST_CASE("a sum that cancels within the image is left as it is") {
    sepflow_options options = plans::given(SEPFLOW_F64, SEPFLOW_F64);
    options.border_x = SEPFLOW_BORDER_TRUNCATE;
    options.method = SEPFLOW_METHOD_SEPARABLE;
    const Plan plan = plans::plan_of("row 3 -1 1 col 1 2", options);
    const sepflow_rect domain = {0, 0, 6, 4}, tile = {0, 0, 6, 4};
    std::vector<double> sums(static_cast<size_t>(Rescaling::bytes(plan, 6, 4)) / sizeof(double));
    const Rescaling rescaling(plan, domain, tile, sums.data());
    CHECK(rescaling.factor(0, 1) == 1);                     // -1 and 1 are inside
    CHECK(rescaling.factor(5, 1) == doctest::Approx(1.5));  // 3 and -1
}

TEST_CASE("no memory is wanted where no tap is truncated") {
    const sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    CHECK(Rescaling::bytes(plans::plan_of("gaussian 2", options), 64, 64) == 0);
}
