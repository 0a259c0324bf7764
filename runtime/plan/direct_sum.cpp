#include "runtime/plan/direct_sum.h"

#include <algorithm>

#include "generators/tiles.h"
#include "runtime/factor/certificate.h"
#include "runtime/plan/budget.h"
#include "runtime/plan/cost_model.h"

namespace sepflow {

namespace {

// Calls add(x, first, y) for each run of column x: it begins with row `first` and stands for the
// taps from row y on, the first of which is not zero; further up only if it would not end within
// the column.
template <typename Add>
void each_run(const Kernel &kernel, size_t length, Add add) {
    for (size_t x = 0; x < kernel.columns; ++x) {
        for (size_t y = 0; y < kernel.rows;) {
            if (kernel.tap(y, x) == 0) {
                ++y;
                continue;
            }
            const size_t first = std::min(y, kernel.rows - length);
            add(x, first, y);
            y = first + length;
        }
    }
}

int32_t count_of_length(const Kernel &kernel, size_t length) {
    int32_t count = 0;
    each_run(kernel, length, [&](size_t, size_t, size_t) { ++count; });
    return count;
}

template <typename T>
std::vector<T> taps_of_runs(const Kernel &kernel, size_t length) {
    std::vector<T> taps;
    each_run(kernel, length, [&](size_t x, size_t first, size_t y) {
        for (size_t row = first; row < first + length; ++row)
            taps.push_back(row < y ? T(0) : static_cast<T>(kernel.tap(row, x)));
    });
    return taps;
}

// How many runs of a length cover the taps that are not zero.
struct RunCount {
    int32_t length, count;
};

// Finds the best length.
RunCount count_runs(const Kernel &kernel) {
    RunCount best = {1, count_of_length(kernel, 1)};
    // In halves of a multiply-add of a tile of four rows: a run of n taps loads n + 3 rows and
    // multiplies 4 n.
    const auto cost = [](const RunCount &runs) {
        return int64_t{runs.count} * (8 * runs.length + runs.length + 3);
    };
    const auto longest = std::min<size_t>(kLongestRun, kernel.rows);
    for (size_t length = 2; length <= longest; ++length) {
        const RunCount runs = {static_cast<int32_t>(length), count_of_length(kernel, length)};
        if (cost(runs) < cost(best)) best = runs;
    }
    return best;
}

Runs make_runs(const Kernel &kernel, Precision precision) {
    Runs runs;
    const RunCount counted = count_runs(kernel);
    const auto length = static_cast<size_t>(counted.length);
    runs.length = counted.length;
    runs.count = counted.count;
    each_run(kernel, length, [&](size_t x, size_t first, size_t) {
        runs.places.push_back(static_cast<int32_t>(x));
        runs.places.push_back(static_cast<int32_t>(first));
    });
    if (runs.count == 0) {  // all taps are zero; the pass wants one
        runs.count = 1;
        runs.places = {0, 0};
        runs.taps = std::vector<float>{0};
        if (precision == Precision::kDouble) runs.taps = std::vector<double>{0};
    } else if (precision == Precision::kDouble) {
        runs.taps = taps_of_runs<double>(kernel, length);
    } else {
        runs.taps = taps_of_runs<float>(kernel, length);
    }
    return runs;
}

}  // namespace

DirectSum make_direct_sum(const Request &request, Precision precision) {
    return {float_arithmetic(request.options, precision), make_runs(request.kernel, precision)};
}

Bounds direct_sum_bounds(const Request &request, Precision precision, double kernel_norm_1) {
    const Certificate sums =
        certify_direct(request.kernel, summation_of(request.options, precision));
    return make_bounds(request, precision, kernel_norm_1, sums, std::nullopt,
                       [&] { return running_taps(request.kernel, precision); });
}

double direct_sum_cost(const Kernel &kernel, Precision precision) {
    const RunCount runs = count_runs(kernel);
    const double floats = precision == Precision::kDouble ? 2 : 1;
    return floats * (kDirect.sample + runs.count * (kDirect.term + runs.length * kDirect.tap));
}

}  // namespace sepflow
