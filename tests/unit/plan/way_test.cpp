#include "runtime/plan/way.h"

#include <cmath>
#include <doctest/doctest.h>

#include "runtime/plan/budget.h"
#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

const char *const kKernels[] = {"gaussian 3",      "box 9 31", "sobel x",          "disc 2.5",
                                "disc 20",         "log 2",    "gabor 4 9 30",     "motion 31 10",
                                "3x2 1 2 3 4 5 7", "disc 60",  "row 1 5 2 col 3 1"};

double cost(const Plan &plan, Method method) {
    return plan.costs[static_cast<size_t>(method)];
}

}  // namespace

TEST_CASE("a method that is asked for is the way that a plan goes") {
    for (const char *const kernel : kKernels) {
        CAPTURE(kernel);
        sepflow_options options = plans::given(SEPFLOW_U16, SEPFLOW_F32);
        options.method = SEPFLOW_METHOD_SEPARABLE;
        CHECK(std::holds_alternative<PassPairs>(plans::plan_of(kernel, options).way));
        options.method = SEPFLOW_METHOD_DIRECT;
        const Plan direct = plans::plan_of(kernel, options);
        CHECK(std::holds_alternative<DirectSum>(direct.way));
        CHECK(plan_info(direct, 0).method == std::string("direct"));
        options.method = SEPFLOW_METHOD_FFT;
        const Plan transformed = plans::plan_of(kernel, options);
        CHECK(std::holds_alternative<Transforms>(transformed.way));
        CHECK(plan_info(transformed, 0).method == std::string("fft"));
        CHECK(arithmetic_of(transformed.way).precision == Precision::kDouble);
    }
}

// The direct sum and transforms count for an eighth more.
TEST_CASE("of the ways that keep the tolerance, the one that is predicted to cost least is taken") {
    int taken[kMethods] = {};
    for (const char *const kernel : kKernels) {
        for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_F32}) {
            CAPTURE(kernel);
            CAPTURE(type);
            sepflow_options options = plans::given(type, type);
            const Plan plan = plans::plan_of(kernel, options);
            const Method method = method_of(plan.way);
            ++taken[static_cast<size_t>(method)];
            const auto weighed = [&](Method of) {
                return cost(plan, of) * (of == Method::kSeparable ? 1 : 1.125);
            };
            for (const Method other : {Method::kSeparable, Method::kDirect, Method::kFft}) {
                if (weighed(other) >= weighed(method)) continue;
                options.method = SEPFLOW_METHOD_SEPARABLE + static_cast<int32_t>(other);
                const Plan cheaper = plans::plan_of(kernel, options);
                CHECK(cheaper.bounds.output >
                      allowed_error(plan.request.options, plan.factoring.kernel_norm_1));
            }
        }
    }
    for (const int count : taken) CHECK(count > 0);  // the kernels show all three
}

TEST_CASE("a rank or a schedule that is asked for means pairs of passes") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    CHECK_FALSE(std::holds_alternative<PassPairs>(plans::plan_of("disc 60", options).way));
    options.rank = 2;
    const Plan ranked = plans::plan_of("disc 60", options);
    CHECK(std::get<PassPairs>(ranked.way).row_taps.terms == 2);
    options.rank = 0;
    options.schedule = SEPFLOW_SCHEDULE_TRANSPOSED;
    const Plan transposed = plans::plan_of("disc 60", options);
    CHECK(std::get<PassPairs>(transposed.way).transposed());
}

TEST_CASE("kernels too large for a block have no transforms") {
    CHECK(std::isfinite(transforms_cost(kernel_from_text("box 384"))));
    CHECK(std::isinf(transforms_cost(kernel_from_text("box 385 3"))));
}

TEST_CASE("a tolerance finer than f32 is kept in f64") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.tolerance = 1e-12;
    for (const char *const kernel : kKernels) {
        CAPTURE(kernel);
        const Plan plan = plans::plan_of(kernel, options);
        CHECK(arithmetic_of(plan.way).precision == Precision::kDouble);
        CHECK(keeps_budget(plan.request, plan.factoring.kernel_norm_1, plan.bounds));
    }
}
