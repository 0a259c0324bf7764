#include "runtime/plan/request.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "runtime/base/error.h"
#include "runtime/factor/balance.h"
#include "runtime/factor/norms.h"

namespace sepflow {

namespace {

void flip(Kernel &kernel) {
    std::reverse(kernel.taps.begin(), kernel.taps.end());
    for (Factor &factor : kernel.factors) {
        std::reverse(factor.column.begin(), factor.column.end());
        std::reverse(factor.row.begin(), factor.row.end());
    }
}

// Tells whether any product with the scale is not the double that it becomes.
bool scale_rounds(const Kernel &kernel, double scale) {
    const auto rounds = [scale](double tap) {
        return std::fma(tap, scale, -non_zero_product(tap, scale)) != 0;
    };
    const auto any = [&](const std::vector<double> &taps) {
        return std::any_of(taps.begin(), taps.end(), rounds);
    };
    return any(kernel.taps) || std::any_of(kernel.factors.begin(), kernel.factors.end(),
                                           [&](const Factor &factor) { return any(factor.row); });
}

// Returns a bound on what it rounds off.
double multiply(Kernel &kernel, double by) {
    if (by == 1) return 0;
    const bool rounds = scale_rounds(kernel, by);
    for (double &tap : kernel.taps) tap = non_zero_product(tap, by);
    for (Factor &factor : kernel.factors) scale(factor, by);
    const auto taps = static_cast<double>(kernel.taps.size());
    return rounds
               ? 0x1p-52 * sum_abs(kernel.taps) + taps * std::numeric_limits<double>::denorm_min()
               : 0;
}

int64_t checked_anchor(int64_t anchor, size_t length, const char *name) {
    if (anchor < 0 || anchor >= static_cast<int64_t>(length)) {
        throw Error(SEPFLOW_E_PARAM, std::string(name) + " " + std::to_string(anchor) +
                                         " lies outside the kernel, which has 0 .. " +
                                         std::to_string(length - 1));
    }
    return anchor;
}

// The anchor is given in the kernel as written; flipping moves it to the mirrored tap.
void place_anchor(Request &request) {
    const Options &options = request.options;
    const auto columns = static_cast<int64_t>(request.kernel.columns);
    const auto rows = static_cast<int64_t>(request.kernel.rows);
    int64_t x = columns / 2, y = rows / 2;
    if (options.has_anchor) {
        x = checked_anchor(options.anchor_x, request.kernel.columns, "anchor_x");
        y = checked_anchor(options.anchor_y, request.kernel.rows, "anchor_y");
    }
    request.anchor_x = options.convolve ? columns - 1 - x : x;
    request.anchor_y = options.convolve ? rows - 1 - y : y;
    request.halo = {request.anchor_x, columns - 1 - request.anchor_x, request.anchor_y,
                    rows - 1 - request.anchor_y};
}

std::vector<double> sums_of_taps(const Kernel &kernel) {
    const size_t pitch = kernel.columns + 1;
    std::vector<double> sums((kernel.rows + 1) * pitch);
    for (size_t y = 0; y < kernel.rows; ++y) {
        double row = 0;
        for (size_t x = 0; x < kernel.columns; ++x) {
            row += kernel.tap(y, x);
            sums[(y + 1) * pitch + x + 1] = sums[y * pitch + x + 1] + row;
        }
    }
    return sums;
}

}  // namespace

Request make_request(Kernel kernel, const Options &options) {
    Request request;
    request.options = options;
    request.kernel = std::move(kernel);
    if (options.convolve) flip(request.kernel);
    request.scale_rounding = multiply(request.kernel, options.scale);
    place_anchor(request);
    const std::vector<double> &taps = request.kernel.taps;
    request.kernel_sum = std::accumulate(taps.begin(), taps.end(), 0.0);
    if (options.truncates()) request.tap_sums = sums_of_taps(request.kernel);
    return request;
}

void check_sum(const Request &request, double kernel_norm_1) {
    const Options &options = request.options;
    if (!options.truncates() && !options.weighs()) return;
    if (std::fabs(request.kernel_sum) <= 1e-12 * kernel_norm_1) {
        throw Error(SEPFLOW_E_PARAM,
                    std::string(options.weighs() ? "missing 'ignore'" : "border 'truncate'") +
                        " rescales to the sum of the taps, which is zero for this kernel");
    }
}

}  // namespace sepflow
