// Structs that the functions of sepflow.h read.
#include "tests/abi/sizes/scene.h"

namespace abi_test {

namespace {

// Makes a plan from options of `size` bytes, and applies it.
template <typename Make>
Outcome made_plan(uint32_t size, Make make) {
    Records<sepflow_options> options(options_of(), size);
    Error error;
    sepflow_plan *made = nullptr;
    Outcome result = outcome(make(options.get(), &made, error), error);
    const Plan plan(made, sepflow_plan_free);
    Images images;
    if (made != nullptr)
        REQUIRE(sepflow_apply(made, &images.inputs[0], &images.outputs[0], nullptr, 1, nullptr) ==
                SEPFLOW_OK);
    result.result = images.out;
    return result;
}

std::vector<Row> plan_rows() {
    static const double taps[] = {1, 2, 3, 4, 5, -6};
    return {
        row<sepflow_options>(
            "sepflow_plan_from_text",
            [](uint32_t size) {
                return made_plan(size, [](auto *options, auto **plan, sepflow_error *e) {
                    return sepflow_plan_from_text("2x3 1 2 3 4 5 -6", options, plan, e);
                });
            }),
        row<sepflow_options>("sepflow_plan_create",
                             [](uint32_t size) {
                                 return made_plan(size, [](auto *options, auto **plan,
                                                           sepflow_error *e) {
                                     return sepflow_plan_create(taps, 2, 3, 3, options, plan, e);
                                 });
                             }),
        row<sepflow_options>(
            "sepflow_plan_from_vectors",
            [](uint32_t size) {
                return made_plan(size, [](auto *options, auto **plan, sepflow_error *e) {
                    return sepflow_plan_from_vectors(taps, 2, taps + 2, 4, options, plan, e);
                });
            }),
    };
}

std::vector<Row> function_rows() {
    const std::shared_ptr<sepflow_plan> plan = plan_of("2x3 1 2 3 4 5 -6");
    const Plan first = plan_of("box 3"), second = plan_of("gaussian 1");
    const sepflow_plan *members[] = {first.get(), second.get()};
    sepflow_plan *made = nullptr;
    REQUIRE(sepflow_plan_bank(members, 2, &made, nullptr) == SEPFLOW_OK);
    const std::shared_ptr<sepflow_plan> bank(made, sepflow_plan_free);
    std::vector<Row> rows = call_rows(
        "sepflow_process_plan",
        [plan](auto *call, sepflow_error *e) { return sepflow_process_plan(plan.get(), call, e); },
        [bank](auto *call, auto *e) { return sepflow_process_plan(bank.get(), call, e); });
    rows.push_back(row<sepflow_image>("sepflow_apply, in", [plan](uint32_t size) {
        Images i;
        Records<sepflow_image> in(i.inputs[0], size);
        Error error;
        return outcome(sepflow_apply(plan.get(), in.get(), &i.outputs[0], nullptr, 1, error), error,
                       i.out);
    }));
    rows.push_back(row<sepflow_image>("sepflow_apply, out", [plan](uint32_t size) {
        Images i;
        Records<sepflow_image> out(i.outputs[0], size);
        Error error;
        return outcome(sepflow_apply(plan.get(), &i.inputs[0], out.get(), nullptr, 1, error), error,
                       i.out);
    }));
    return rows;
}

}  // namespace

TEST_CASE(
    "functions of sepflow.h take every struct from its first size on, and refuse smaller ones") {
    check_rows(plan_rows());
    check_rows(function_rows());
}

}  // namespace abi_test
