// sepflow explain --kernel TEXT: how a kernel is factored, what that costs and how far off it can be.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/command/command.h"
#include "runtime/command/picture.h"
#include "runtime/command/plan_options.h"

namespace sepflow {

namespace {

using Json = nlohmann::ordered_json;

struct Explain {
    PlanOptions plan;
    std::string in_type = "f32", picture;
    bool as_json = false;
};

struct FreePlan {
    void operator()(sepflow_plan *plan) const { sepflow_plan_free(plan); }
};
using PlanPointer = std::unique_ptr<sepflow_plan, FreePlan>;

PlanPointer make_plan(const Explain &explain) {
    const sepflow_options options = explain.plan.direct(type_of_name(explain.in_type), 1);
    CallError error;
    sepflow_plan *plan = nullptr;
    if (const std::optional<Matrix> image = explain.plan.kernel_image()) {
        error.check(sepflow_plan_create(image->taps.data(), image->rows, image->columns,
                                        image->columns, &options, &plan, error));
    } else {
        error.check(sepflow_plan_from_text(explain.plan.kernel.c_str(), &options, &plan, error));
    }
    return PlanPointer(plan);
}

// Multiply-adds per pixel: r (P + Q) against the non-zero taps of the direct sum.
double separable_cost(const sepflow_plan_description &d) {
    return static_cast<double>(d.rank) * static_cast<double>(d.rows + d.columns);
}

Json to_json(const Explain &explain, const sepflow_plan_description &d) {
    Json json = {
        {"kernel", explain.plan.kernel},
        {"rows", d.rows},
        {"columns", d.columns},
        {"non_zero_taps", d.non_zero_taps},
        {"anchor", {d.anchor_x, d.anchor_y}},
        {"rank", d.rank},
        {"method", d.method},
        {"reason", d.reason},
        {"singular_values",
         std::vector<double>(d.singular_values, d.singular_values + d.singular_value_count)},
        {"tolerance", d.tolerance},
        {"kernel_norm_1", d.kernel_norm_1},
        {"remainder_norm_1", d.remainder_norm_1},
        {"remainder_frobenius", d.remainder_frobenius},
        {"rounding_bound", d.rounding_bound},
        {"error_bound", d.error_bound},
        {"cost_separable", separable_cost(d)},
        {"cost_direct", d.non_zero_taps},
        {"predicted_gain", static_cast<double>(d.non_zero_taps) / separable_cost(d)},
        {"variant", d.variant},
        {"schedule", d.schedule},
        {"arithmetic", d.arithmetic}};
    for (int32_t t = 0; t < d.rank; ++t) {
        const double *column = d.column_taps + t * d.rows, *row = d.row_taps + t * d.columns;
        json["factors"].push_back({{"column", std::vector<double>(column, column + d.rows)},
                                   {"row", std::vector<double>(row, row + d.columns)}});
    }
    return json;
}

void print_filter(const char *name, const double *taps, int64_t count) {
    constexpr int64_t kShown = 9;
    std::printf("    %-6s", name);
    for (int64_t i = 0; i < std::min(count, kShown); ++i) std::printf(" %9.5g", taps[i]);
    std::printf(count > kShown ? " ... (%lld)\n" : "\n", static_cast<long long>(count));
}

void print_text(const Explain &explain, const sepflow_plan_description &d) {
    std::printf("kernel           %s, %lld x %lld, %lld taps that are not zero\n",
                explain.plan.kernel.c_str(), static_cast<long long>(d.columns),
                static_cast<long long>(d.rows), static_cast<long long>(d.non_zero_taps));
    std::printf("singular values ");
    constexpr int64_t kShown = 8;
    for (int64_t i = 0; i < std::min(d.singular_value_count, kShown); ++i)
        std::printf(" %.4g", d.singular_values[i]);
    std::printf(d.singular_value_count > kShown ? " ...\n" : "\n");
    std::printf("method           %s, rank %d: %s\n", d.method, d.rank, d.reason);
    std::printf("tolerance        %.3g of the sum of |taps|, which is %.6g\n", d.tolerance,
                d.kernel_norm_1);
    std::printf("remainder        %.3g (sum of |kernel - factors|), %.3g (Frobenius)\n",
                d.remainder_norm_1, d.remainder_frobenius);
    std::printf(
        "error bound      %.3g for images within -1 .. 1: remainder, and %.3g for rounding in %s\n",
        d.error_bound, d.rounding_bound, d.arithmetic);
    std::printf(
        "cost             %.0f multiply-adds a pixel against %lld directly: %.2f times fewer "
        "(predicted)\n",
        separable_cost(d), static_cast<long long>(d.non_zero_taps),
        static_cast<double>(d.non_zero_taps) / separable_cost(d));
    std::printf("runs on          %s, %s schedule\n", d.variant, d.schedule);
    for (int32_t t = 0; t < d.rank; ++t) {
        std::printf("factor %d\n", t + 1);
        print_filter("row", d.row_taps + t * d.columns, d.columns);
        print_filter("column", d.column_taps + t * d.rows, d.rows);
    }
}

void run_explain(const Explain &explain) {
    const PlanPointer plan = make_plan(explain);
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    sepflow_plan_describe(plan.get(), &d);
    if (!explain.picture.empty()) write_kernel_picture(explain.picture, d);
    if (explain.as_json) {
        std::printf("%s\n", to_json(explain, d).dump(2).c_str());
    } else {
        print_text(explain, d);
    }
}

}  // namespace

void add_explain(CLI::App &app) {
    const auto explain = std::make_shared<Explain>();
    CLI::App *verb = app.add_subcommand(
        "explain", "Show how a kernel is factored, at what cost and within what error");
    explain->plan.add_to(*verb);
    verb->add_option("--in-type", explain->in_type,
                     "Pixel type of the input: u8, u16, s16, f16, f32 or f64")
        ->check([](const std::string &text) -> std::string {
            try {
                type_of_name(text);
                return {};
            } catch (const Failure &e) {
                return e.what();
            }
        })
        ->capture_default_str();
    verb->add_flag("--json", explain->as_json, "As JSON");
    verb->add_option("--picture", explain->picture,
                     "Write kernel, approximation and error as a picture");
    verb->callback([explain] { run_explain(*explain); });
}

}  // namespace sepflow
