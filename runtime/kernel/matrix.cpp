// Kernels from numbers that the caller has.
#include <cmath>
#include <string>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/kernel/kernel.h"

namespace sepflow {

namespace {

void check_size(size_t rows, size_t columns) {
    if (rows == 0 || columns == 0)
        throw Error(SEPFLOW_E_PARAM, "a kernel needs at least one row and one column");
    if (rows > kMaxKernelLength || columns > kMaxKernelLength) {
        throw Error(SEPFLOW_E_PARAM, "a kernel may have at most " +
                                         std::to_string(kMaxKernelLength) + " taps along an axis");
    }
    if (rows * columns > kMaxKernelTaps) {
        throw Error(SEPFLOW_E_PARAM,
                    "a kernel may have at most " + std::to_string(kMaxKernelTaps) + " taps");
    }
}

void check_tap(double tap, const std::string &place) {
    if (!std::isfinite(tap))
        throw Error(SEPFLOW_E_PARAM, "the tap in " + place + " is not a finite number");
}

}  // namespace

Kernel kernel_from_matrix(const double *taps, size_t rows, size_t columns,
                          std::ptrdiff_t row_stride) {
    if (taps == nullptr) throw Error(SEPFLOW_E_INVALID, "taps is NULL");
    check_size(rows, columns);
    if (rows > 1 && row_stride > -static_cast<std::ptrdiff_t>(columns) &&
        row_stride < static_cast<std::ptrdiff_t>(columns)) {
        throw Error(SEPFLOW_E_INVALID, "row_stride is shorter than a row of the kernel");
    }
    Kernel kernel;
    kernel.rows = rows;
    kernel.columns = columns;
    kernel.taps.reserve(rows * columns);
    for (size_t y = 0; y < rows; ++y) {
        const double *row = taps + static_cast<std::ptrdiff_t>(y) * row_stride;
        for (size_t x = 0; x < columns; ++x) {
            check_tap(row[x], "row " + std::to_string(y + 1) + ", column " + std::to_string(x + 1));
            kernel.taps.push_back(row[x]);
        }
    }
    return kernel;
}

Kernel kernel_from_factors(std::vector<Factor> factors) {
    Kernel kernel;
    kernel.rows = factors.front().column.size();
    kernel.columns = factors.front().row.size();
    check_size(kernel.rows, kernel.columns);
    kernel.taps.assign(kernel.rows * kernel.columns, 0);
    for (const Factor &factor : factors) {
        double *tap = kernel.taps.data();
        for (double c : factor.column) {
            for (double r : factor.row) *tap++ += non_zero_product(c, r);
        }
    }
    for (double tap : kernel.taps) {
        if (!std::isfinite(tap)) throw Error(SEPFLOW_E_PARAM, "the kernel's taps are too large");
    }
    kernel.factors = std::move(factors);
    return kernel;
}

Kernel kernel_from_vectors(std::vector<double> column, std::vector<double> row) {
    for (size_t i = 0; i < column.size(); ++i)
        check_tap(column[i], "the column, place " + std::to_string(i + 1));
    for (size_t i = 0; i < row.size(); ++i)
        check_tap(row[i], "the row, place " + std::to_string(i + 1));
    return kernel_from_factors({{std::move(column), std::move(row)}});
}

}  // namespace sepflow
