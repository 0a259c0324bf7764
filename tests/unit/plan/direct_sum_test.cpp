#include "runtime/plan/direct_sum.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "tests/unit/plan/plans.h"

using namespace sepflow;

// Every tap that is not zero lies in one run; a run never leaves the kernel.
TEST_CASE("runs hold each tap of the kernel once, and zeros around it") {
    for (const char *const kernel :
         {"disc 3.5", "motion 15 30", "5x2 1 0 0 2 0 0 3 0 4 5", "sobel y", "1x7 0 0 1 0 2 0 0",
          "7x1 0 3 0 0 0 4 1", "gabor 2 5 45", "2x2 0 0 0 0"}) {
        CAPTURE(kernel);
        sepflow_options options = plans::given(SEPFLOW_F64, SEPFLOW_F64);
        const Request request = make_request(kernel_from_text(kernel), check_options(&options));
        const DirectSum sum = make_direct_sum(request, Precision::kDouble);
        const auto &taps = std::get<std::vector<double>>(sum.runs.taps);
        std::vector<double> sums(request.kernel.taps.size());
        for (int32_t i = 0; i < sum.runs.count; ++i) {
            const auto run = static_cast<size_t>(i), length = static_cast<size_t>(sum.runs.length);
            const auto x = static_cast<size_t>(sum.runs.places[2 * run]),
                       y = static_cast<size_t>(sum.runs.places[2 * run + 1]);
            CHECK(x < request.kernel.columns);
            CHECK(y + length <= request.kernel.rows);
            for (size_t k = 0; k < length; ++k)
                sums[(y + k) * request.kernel.columns + x] += taps[run * length + k];
        }
        CHECK(sums == request.kernel.taps);
    }
}

TEST_CASE("the direct sum of f64 costs twice that of f32, and more taps cost more") {
    const Kernel small = kernel_from_text("disc 2"), large = kernel_from_text("disc 4");
    CHECK(direct_sum_cost(small, Precision::kDouble) ==
          2 * direct_sum_cost(small, Precision::kSingle));
    CHECK(direct_sum_cost(large, Precision::kSingle) > direct_sum_cost(small, Precision::kSingle));
}
