#include "runtime/plan/pass_pairs.h"

#include <doctest/doctest.h>

#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

const PassPairs &pairs_of(const Plan &plan) {
    return std::get<PassPairs>(plan.way);
}

Plan separable(const std::string &kernel, sepflow_options options) {
    options.method = SEPFLOW_METHOD_SEPARABLE;
    return plans::plan_of(kernel, options);
}

}  // namespace

TEST_CASE("filters that are their own mirror images fold, the middle tap halved") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.schedule = SEPFLOW_SCHEDULE_TRANSPOSED;
    const Plan mirrored = separable("row -1 -2 0 2 1 col 1 6 1", options);
    const PassPairs &odd = pairs_of(mirrored);  // antisymmetric, symmetric
    CHECK(odd.row_form == Form::kTransposedOdd);
    CHECK(odd.column_form == Form::kTransposedEven);
    const auto &column = std::get<std::vector<float>>(odd.column_taps.passed);
    CHECK(column[1] == static_cast<float>(odd.column_taps.f64[1]) / 2);
    CHECK(column[0] == static_cast<float>(odd.column_taps.f64[0]));
    const Plan even = separable("row 3 5 5 3 col 1 2 7", options);  // no middle tap; no mirror
    CHECK(pairs_of(even).row_form == Form::kTransposedEven);
    CHECK(pairs_of(even).column_form == Form::kTransposed);
    const auto &row = std::get<std::vector<float>>(pairs_of(even).row_taps.passed);
    CHECK(row[1] == static_cast<float>(pairs_of(even).row_taps.f64[1]));
}

TEST_CASE("a plan that is asked to fold keeps its factors, and its tolerance") {
    for (const double tolerance : {0.0, 1e-3, 1e-6}) {
        for (const char *const kernel : {"gaussian 2", "box 7 4", "sobel x", "dog 2 3.5"}) {
            CAPTURE(kernel);
            CAPTURE(tolerance);
            sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
            options.tolerance = tolerance;
            const Plan plain = separable(kernel, options);
            const std::vector<double> taps = pairs_of(plain).row_taps.f64;
            const Plan folded = folding(separable(kernel, options));
            CHECK(folds(pairs_of(folded).row_form));
            CHECK(folds(pairs_of(folded).column_form));
            CHECK(pairs_of(folded).row_taps.f64 == taps);
            CHECK(keeps_budget(folded.request, folded.factoring.kernel_norm_1, folded.bounds));
            CHECK(folded.described.reason == plain.described.reason);
        }
    }
}

TEST_CASE("a direct sum that is asked to fold stays a direct sum") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.method = SEPFLOW_METHOD_DIRECT;
    CHECK(std::holds_alternative<DirectSum>(folding(plans::plan_of("disc 2", options)).way));
}

TEST_CASE("fixed point is for u8 of one pair, all of whose pixels are there") {
    sepflow_options options = plans::given(SEPFLOW_U8, SEPFLOW_U8);
    const auto sample_type = [&](const char *kernel) {
        return arithmetic_of(separable(kernel, options).way).sample_type;
    };
    CHECK(sample_type("gaussian 2") == SEPFLOW_S16);
    CHECK(sample_type("disc 5") == SEPFLOW_F32);  // more than one pair
    options.border_x = SEPFLOW_BORDER_TRUNCATE;
    CHECK(sample_type("gaussian 2") == SEPFLOW_F32);
    options.border_x = SEPFLOW_BORDER_WRAP;
    options.missing = SEPFLOW_MISSING_IGNORE;
    CHECK(sample_type("gaussian 2") == SEPFLOW_F32);
    options.missing = SEPFLOW_MISSING_PROPAGATE;
    options.out_type = SEPFLOW_F32;
    CHECK(sample_type("gaussian 2") == SEPFLOW_F32);
}

TEST_CASE("the column pass reads the image where nothing has to be done to its pixels before") {
    const auto reads = [](sepflow_type in, int32_t missing, int32_t schedule) {
        sepflow_options options = plans::given(in, SEPFLOW_F64);
        if (in != SEPFLOW_F64) options.out_type = SEPFLOW_F32;
        options.missing = missing;
        options.schedule = schedule;
        const Plan plan = separable("gaussian 1", options);
        return pairs_of(plan).image_column_pass != nullptr;
    };
    constexpr int32_t kPropagate = SEPFLOW_MISSING_PROPAGATE, kPlain = SEPFLOW_SCHEDULE_PLAIN;
    for (const sepflow_type in : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64})
        CHECK(reads(in, kPropagate, kPlain));
    CHECK_FALSE(reads(SEPFLOW_F16, kPropagate, kPlain));
    CHECK_FALSE(reads(SEPFLOW_F32, SEPFLOW_MISSING_IGNORE, kPlain));
    CHECK_FALSE(reads(SEPFLOW_F32, kPropagate, SEPFLOW_SCHEDULE_TRANSPOSED));
}
