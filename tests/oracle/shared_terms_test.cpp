// Terms that a bank's outputs have in common: run once, and combined.
#include <cmath>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/oracle/bank.h"

using namespace oracle;

TEST_CASE("kernels with terms in common run them once") {
    const auto terms = [](const std::vector<std::string> &kernels) {
        sepflow_options options = options_of(SEPFLOW_F32);
        options.method = SEPFLOW_METHOD_SEPARABLE;
        return queried(bank_of(members_of(kernels, options))).rank;
    };
    // Four Gaussians for six.
    CHECK(terms({"dog 3 4 20", "dog 4 5 20", "dog 5 6 20"}) == 4);
    // cos(a - b) and cos(a + b): two products for four.
    CHECK(terms({"gabor 4 10 30", "gabor 4 10 -30"}) == 2);
    CHECK(terms({"gaussian 3", "gaussian 3"}) == 1);
    // These kernels share no term.
    CHECK(terms({"gaussian 3", "derivative 3"}) == 2);
    CHECK(terms({"disc 5", "gaussian 3"}) == terms({"disc 5"}) + 1);
}

TEST_CASE("outputs do not depend on what the scratch held") {
    sepflow_options options = options_of(SEPFLOW_F32);
    options.method = SEPFLOW_METHOD_SEPARABLE;
    // The difference's terms lie on both sides of one that only another output reads.
    std::vector<PlanPointer> members;
    for (const double sigma : {2.0, 3.0}) {
        std::vector<double> bell;
        for (int x = -12; x <= 12; ++x) bell.push_back(std::exp(-x * x / (2 * sigma * sigma)));
        sepflow_plan *made = nullptr;
        REQUIRE(sepflow_plan_from_vectors(bell.data(), 25, bell.data(), 25, &options, &made,
                                          nullptr) == SEPFLOW_OK);
        members.emplace_back(made);
    }
    members.push_back(plan_from("dog 2 4 12", options));
    const PlanPointer bank = bank_of(members);
    const sepflow_plan_info info = queried(bank);
    REQUIRE(info.rank < terms_apart(members));
    std::mt19937_64 random(92000);
    Pixels from(SEPFLOW_F32, 64, 48, 1, Layout::kPadded);
    from.write(random_image(64, 48, 1, SEPFLOW_F32, random));
    const std::vector<Pixels> together =
        outputs_for({SEPFLOW_F32, SEPFLOW_F32, SEPFLOW_F32}, 64, 48, 1, Layout::kInterleaved);
    const std::vector<sepflow_image> inputs = {from.image()}, outputs = images_of(together);
    std::vector<unsigned char> scratch(info.scratch_bytes, 0xff);  // of NaN
    REQUIRE(run(bank, inputs, outputs, {0, 0, 64, 48}, 1, nullptr, &scratch) == SEPFLOW_OK);
    for (size_t i = 0; i < members.size(); ++i) {
        Pixels alone(SEPFLOW_F32, 64, 48, 1, Layout::kInterleaved);
        apply(members[i], from.image(), alone.image());
        const std::vector<double> wanted = alone.read().samples, got = together[i].read().samples;
        for (size_t k = 0; k < got.size(); ++k) CHECK(std::fabs(got[k] - wanted[k]) < 1e-4);
    }
}

TEST_CASE("plans whose terms cancel make a bank") {
    for (const sepflow_type type : {SEPFLOW_F32, SEPFLOW_F64}) {
        sepflow_options options = options_of(type);
        options.rank = 2;
        const std::string kernel = "expsum 1 0.05 -0.9999999 0.05";
        CHECK(bank_of(members_of({kernel, kernel}, options)) != nullptr);
    }
}
