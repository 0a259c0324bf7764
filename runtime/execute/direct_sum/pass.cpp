#include "runtime/execute/direct_sum/pass.h"

#include <variant>

#include "runtime/execute/pass_buffer.h"

namespace sepflow {

namespace {

constexpr sepflow_type kS32 = 0x220;  // of no image

}  // namespace

void run_direct_pass(const DirectSum &sum, const Kernel &kernel, const void *samples, int64_t pitch,
                     int32_t step, const int32_t *places, int64_t columns, int64_t rows,
                     double delta, const Results &results) {
    const Runs &runs = sum.runs;
    const sepflow_type type = sum.arithmetic.sample_type;
    const auto reach_x = static_cast<int32_t>((kernel.columns - 1) * static_cast<size_t>(step)),
               reach_y = static_cast<int32_t>(kernel.rows - 1);
    const void *first = std::visit(
        [](const auto &taps) { return static_cast<const void *>(taps.data()); }, runs.taps);
    PassBuffer in(samples, type, {{columns + reach_x, 1}, {rows + reach_y, pitch}});
    PassBuffer taps(first, type, {{runs.length, 1}, {runs.count, runs.length}});
    PassBuffer where(places, kS32, {{2, 1}, {runs.count, 2}});
    PassBuffer out(results.samples, results.type, {{columns, 1}, {rows, results.pitch}});
    const DirectPass pass = sum.arithmetic.direct_pass(results.type);
    check_pass(pass(in, taps, where, reach_x, reach_y, delta, out));
}

}  // namespace sepflow
