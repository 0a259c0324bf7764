#include "runtime/execute/direct_pass.h"

#include <variant>

#include "runtime/execute/pass_buffer.h"

namespace sepflow {

namespace {

constexpr sepflow_type kS32 = 0x220;  // of no image

}  // namespace

void run_direct_pass(const Plan &plan, const Staged &staged, int32_t step, const int32_t *places,
                     int64_t columns, int64_t rows, const Results &results, double delta) {
    const Runs &runs = plan.runs;
    const auto reach_x =
                   static_cast<int32_t>((plan.kernel.columns - 1) * static_cast<size_t>(step)),
               reach_y = static_cast<int32_t>(plan.kernel.rows - 1);
    const void *first = std::visit(
        [](const auto &taps) { return static_cast<const void *>(taps.data()); }, runs.taps);
    PassBuffer in(staged.samples, plan.sample_type(),
                  {{columns + reach_x, 1}, {rows + reach_y, staged.columns}});
    PassBuffer taps(first, plan.sample_type(), {{runs.length, 1}, {runs.count, runs.length}});
    PassBuffer where(places, kS32, {{2, 1}, {runs.count, 2}});
    PassBuffer out(results.samples, results.type, {{columns, 1}, {rows, results.pitch}});
    const DirectPass pass =
        results.type == plan.sample_type() ? plan.sample_direct_pass : plan.direct_pass;
    check_pass(pass(in, taps, where, reach_x, reach_y, delta, out));
}

}  // namespace sepflow
