#include "runtime/plan/truncation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/factor/bounds.h"
#include "runtime/factor/summation.h"
#include "runtime/plan/budget.h"

namespace sepflow {

namespace {

// Taps first .. last-1 of a row or a column.
struct Cut {
    size_t first, last;
};

// An image no smaller than the kernel cuts one of its ends at most; pixels of the image itself keep
// the anchor.
std::vector<Cut> cuts(size_t length, int64_t anchor, bool truncates, int32_t extent) {
    std::vector<Cut> all = {{0, length}};
    if (!truncates || extent == SEPFLOW_EXTENT_VALID) return all;
    const bool full = extent == SEPFLOW_EXTENT_FULL;
    const size_t most = full ? length - 1 : static_cast<size_t>(anchor);
    const size_t least = full ? 1 : static_cast<size_t>(anchor) + 1;
    for (size_t first = 1; first <= most; ++first) all.push_back({first, length});
    for (size_t last = least; last < length; ++last) all.push_back({0, last});
    return all;
}

// Sums over rectangles of a matrix.
class Sums {
  public:
    template <typename Entry>
    Sums(size_t rows, size_t columns, Entry entry)
        : pitch_(columns + 1), sums_((rows + 1) * pitch_) {
        for (size_t y = 0; y < rows; ++y) {
            long double row = 0;
            for (size_t x = 0; x < columns; ++x) {
                row += entry(y, x);
                sums_[(y + 1) * pitch_ + x + 1] = sums_[y * pitch_ + x + 1] + row;
            }
        }
    }
    long double over(const Cut &y, const Cut &x) const {
        return at(y.last, x.last) - at(y.first, x.last) - at(y.last, x.first) +
               at(y.first, x.first);
    }

  private:
    long double at(size_t y, size_t x) const { return sums_[y * pitch_ + x]; }
    size_t pitch_;
    std::vector<long double> sums_;
};

}  // namespace

Running running_factors(const Kernel &kernel, const std::vector<Factor> &factors,
                        Precision precision) {
    Running running;
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) {
            long double tap = 0, magnitude = 0;
            for (const Factor &factor : factors) {
                const long double product =
                    static_cast<long double>(factor.column[y]) * factor.row[x];
                tap += product;
                magnitude += std::fabs(product);
            }
            running.taps.push_back(tap);
            running.magnitudes.push_back(magnitude);
        }
    }
    running.rounding = rounding_of_passes(factors, {precision});
    return running;
}

Running running_taps(const Kernel &kernel, Precision precision) {
    Running running;
    for (const double tap : kernel.taps) {
        running.taps.push_back(precision == Precision::kSingle ? static_cast<float>(tap) : tap);
        running.magnitudes.push_back(std::fabs(running.taps.back()));
    }
    running.rounding = rounding_of_taps(kernel, {precision});
    return running;
}

double truncated_error(const Request &request, Precision precision, const Certificate &certificate,
                       const Running &running) {
    const Kernel &kernel = request.kernel;
    const auto over_all = [&](auto entry) { return Sums(kernel.rows, kernel.columns, entry); };
    const auto rest = [&](size_t y, size_t x) {
        return kernel.tap(y, x) - running.taps[y * kernel.columns + x];
    };
    const Sums taps = over_all([&](size_t y, size_t x) { return kernel.tap(y, x); });
    const Sums norms = over_all([&](size_t y, size_t x) { return std::fabs(kernel.tap(y, x)); });
    const Sums rests = over_all(rest);
    const Sums rest_norms = over_all([&](size_t y, size_t x) { return std::fabs(rest(y, x)); });
    const Sums magnitudes =
        over_all([&](size_t y, size_t x) { return running.magnitudes[y * kernel.columns + x]; });

    const Options &options = request.options;
    const std::vector<Cut> down = cuts(kernel.rows, request.anchor_y,
                                       options.border_y == SEPFLOW_BORDER_TRUNCATE, options.extent),
                           across =
                               cuts(kernel.columns, request.anchor_x,
                                    options.border_x == SEPFLOW_BORDER_TRUNCATE, options.extent);
    const Cut &all_down = down.front(), &all_across = across.front();
    const long double sum = taps.over(all_down, all_across),
                      norm = norms.over(all_down, all_across),
                      magnitude = magnitudes.over(all_down, all_across);
    if (magnitude == 0) return certificate.remainder_norm_1;
    const double delta = std::fabs(summation_of(options, precision).delta);
    const long double unit = running.rounding / magnitude;
    // The certificate's margin over the computed remainder, and the error of sums of taps in
    // double.
    const long double unknown =
        std::max(0.0L, certificate.remainder_norm_1 - rest_norms.over(all_down, all_across));
    const long double inexact =
        gamma(static_cast<long double>(kernel.rows + kernel.columns) + 64, 0x1p-53L) * magnitude;
    // Where nothing is cut, sums are as without truncation, delta in them.
    long double worst = certificate.error_bound();
    for (const Cut &y : down) {
        for (const Cut &x : across) {
            const long double used = taps.over(y, x), in_norm = norms.over(y, x);
            const bool rescales = std::fabs(used) > 1e-12L * norm;
            const long double off = std::fabs(rests.over(y, x)) + unknown + inexact;
            const long double left = std::fabs(used) - off;
            if (rescales && left <= 0) return std::numeric_limits<double>::infinity();
            const long double gain = rescales ? std::fabs(sum) / left : 1;
            const long double rounding = std::min(
                static_cast<long double>(certificate.rounding_bound), unit * magnitudes.over(y, x));
            const long double of_gain = rescales ? off * in_norm / std::fabs(used) : 0;
            const long double last = 0x1p-51L * (gain * in_norm + delta);  // in double
            worst = std::max(worst,
                             gain * (rest_norms.over(y, x) + unknown + of_gain + rounding) + last);
        }
    }
    return upwards(worst);
}

}  // namespace sepflow
