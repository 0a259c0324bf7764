#include "runtime/plan/bank.h"

#include <doctest/doctest.h>

#include "runtime/base/error.h"
#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

Bank bank_of(const std::vector<std::string> &kernels, sepflow_options options) {
    std::vector<std::shared_ptr<const Plan>> members;
    for (const std::string &kernel : kernels)
        members.push_back(std::make_shared<const Plan>(plans::plan_of(kernel, options)));
    return make_bank(std::move(members));
}

// Returns the matrix that an output sums.
std::vector<double> sum_of(const SharedTerms &shared, const Combination &combination) {
    const Taps &columns = shared.pairs.column_taps, &rows = shared.pairs.row_taps;
    std::vector<double> sum(static_cast<size_t>(columns.length * rows.length));
    for (int32_t i = 0; i < combination.weights.terms; ++i) {
        const int32_t term = combination.first + i;
        const int32_t column = shared.column_of[static_cast<size_t>(term)];
        for (int32_t y = 0; y < columns.length; ++y) {
            for (int32_t x = 0; x < rows.length; ++x) {
                sum[static_cast<size_t>(y * rows.length + x)] +=
                    combination.weights.f64[static_cast<size_t>(i)] *
                    columns.f64[static_cast<size_t>(column * columns.length + y)] *
                    rows.f64[static_cast<size_t>(term * rows.length + x)];
            }
        }
    }
    return sum;
}

}  // namespace

TEST_CASE("shared terms sum to the kernel of each output") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.method = SEPFLOW_METHOD_SEPARABLE;
    const std::vector<std::string> kernels = {"dog 1 2 12", "dog 2 3 12", "dog 3 4 12"};
    const Bank bank = bank_of(kernels, options);
    REQUIRE(bank.shared.size() == 1);
    const SharedTerms &shared = bank.shared.front();
    CHECK(shared.pairs.row_taps.terms == 4);  // Gaussians, not six
    CHECK(shared.combinations.size() == 3);
    for (const Combination &combination : shared.combinations) {
        const std::vector<double> sum = sum_of(shared, combination);
        const std::vector<double> &taps = combination.member->request.kernel.taps;
        double off = 0, norm = 0;
        for (size_t i = 0; i < taps.size(); ++i) {
            off += std::abs(sum[i] - taps[i]);
            norm += std::abs(taps[i]);
        }
        CHECK(off <= 1e-6 * norm);
    }
}

TEST_CASE("members that differ in arithmetic, form or anchor share nothing") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.method = SEPFLOW_METHOD_SEPARABLE;
    std::vector<std::shared_ptr<const Plan>> members;
    for (const int64_t anchor : {0, 1}) {
        options.flags = SEPFLOW_OPTION_ANCHOR;
        options.anchor_x = anchor;
        members.push_back(std::make_shared<const Plan>(plans::plan_of("gaussian 2", options)));
    }
    const Bank bank = make_bank(members);
    CHECK(bank.shared.empty());
    CHECK(bank.alone.size() == 2);
}

TEST_CASE("a bank refuses members of other types, borders and extents") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    const auto first = std::make_shared<const Plan>(plans::plan_of("box 3", options));
    const auto refused = [&](sepflow_options other) {
        const auto second = std::make_shared<const Plan>(plans::plan_of("box 3", other));
        CHECK_THROWS_AS(make_bank({first, second}), Error);
    };
    sepflow_options other = options;
    other.in_type = SEPFLOW_U16;
    refused(other);
    other = options;
    other.border_y = SEPFLOW_BORDER_WRAP;
    refused(other);
    other = options;
    other.extent = SEPFLOW_EXTENT_VALID;
    refused(other);
}
