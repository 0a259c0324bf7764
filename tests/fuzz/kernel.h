// Properties of every accepted kernel.
#pragma once

#include <algorithm>
#include <cmath>

#include "runtime/kernel/kernel.h"
#include "tests/fuzz/input.h"

namespace fuzz {

inline void check_kernel(const sepflow::Kernel &kernel) {
    using sepflow::Factor;
    require(kernel.rows >= 1 && kernel.rows <= sepflow::kMaxKernelLength, "rows in range");
    require(kernel.columns >= 1 && kernel.columns <= sepflow::kMaxKernelLength, "columns, too");
    require(kernel.taps.size() == kernel.rows * kernel.columns, "as many taps as places");
    require(kernel.taps.size() <= sepflow::kMaxKernelTaps, "not too many taps");
    const auto finite = [](const std::vector<double> &taps) {
        return std::all_of(taps.begin(), taps.end(), [](double tap) { return std::isfinite(tap); });
    };
    require(finite(kernel.taps), "taps are finite");
    for (const Factor &factor : kernel.factors) {
        require(factor.column.size() == kernel.rows, "a column filter as long as the kernel");
        require(factor.row.size() == kernel.columns, "a row filter as wide as the kernel");
        require(finite(factor.column) && finite(factor.row), "filters are finite");
    }
}

}  // namespace fuzz
