#include "runtime/execute/rescaling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sepflow {

namespace {

// The taps k of `length` whose pixel position - anchor + k lies in 0 .. size-1.
struct TapRange {
    int64_t first, last;
};

TapRange taps_inside(int64_t length, int64_t anchor, int64_t position, int64_t size) {
    const int64_t first = std::clamp<int64_t>(anchor - position, 0, length);
    return {first, std::clamp<int64_t>(size + anchor - position, first, length)};
}

double sum_inside(const double *taps, int64_t length, int64_t anchor, int64_t position,
                  int64_t size) {
    const TapRange range = taps_inside(length, anchor, position, size);
    return std::accumulate(taps + range.first, taps + range.last, 0.0);
}

void sums_along(const Taps &taps, int64_t anchor, bool truncates, int64_t first, int64_t count,
                int64_t size, double *sums) {
    for (int64_t i = 0; i < count; ++i) {
        for (int64_t t = 0; t < taps.terms; ++t) {
            const double *filter = taps.f64.data() + t * taps.length;
            *sums++ = truncates ? sum_inside(filter, taps.length, anchor, first + i, size)
                                : std::accumulate(filter, filter + taps.length, 0.0);
        }
    }
}

}  // namespace

int64_t Rescaling::bytes(const Plan &plan, int64_t tile_w, int64_t tile_h) {
    const auto *pairs = std::get_if<PassPairs>(&plan.way);
    if (pairs == nullptr || !plan.request.options.truncates()) return 0;
    return pairs->row_taps.terms * (tile_w + tile_h) * static_cast<int64_t>(sizeof(double));
}

Rescaling::Rescaling(const Plan &plan, const sepflow_rect &domain, const sepflow_rect &tile,
                     double *sums)
    : request_(plan.request),
      pairs_(std::get_if<PassPairs>(&plan.way)),
      domain_(domain),
      tile_(tile),
      negligible_(1e-12 * plan.factoring.kernel_norm_1),
      row_sums_(sums),
      column_sums_(pairs_ == nullptr ? nullptr : sums + pairs_->row_taps.terms * tile.w) {
    if (pairs_ == nullptr) return;
    const Options &options = request_.options;
    sums_along(pairs_->row_taps, request_.anchor_x, options.border_x == SEPFLOW_BORDER_TRUNCATE,
               tile.x - domain.x, tile.w, domain.w, row_sums_);
    sums_along(pairs_->column_taps, request_.anchor_y, options.border_y == SEPFLOW_BORDER_TRUNCATE,
               tile.y - domain.y, tile.h, domain.h, column_sums_);
}

double Rescaling::factor(int64_t x, int64_t y) const {
    const auto is_zero = [this](double sum) { return std::fabs(sum) <= negligible_; };
    double used = sum_of_taps(x, y);
    // Factors, which are rounded, would leave something of a sum of zero.
    if (!is_zero(used) && pairs_ != nullptr) used = sum_of_factors(x, y);
    return is_zero(used) ? 1 : request_.kernel_sum / used;
}

double Rescaling::sum_of_factors(int64_t x, int64_t y) const {
    const int64_t terms = pairs_->row_taps.terms;
    return std::inner_product(row_sums_ + x * terms, row_sums_ + (x + 1) * terms,
                              column_sums_ + y * terms, 0.0);
}

double Rescaling::sum_of_taps(int64_t x, int64_t y) const {
    const Options &options = request_.options;
    const auto columns = static_cast<int64_t>(request_.kernel.columns),
               rows = static_cast<int64_t>(request_.kernel.rows);
    const auto inside = [](bool truncates, int64_t length, int64_t anchor, int64_t position,
                           int64_t size) {
        return truncates ? taps_inside(length, anchor, position, size) : TapRange{0, length};
    };
    const TapRange across = inside(options.border_x == SEPFLOW_BORDER_TRUNCATE, columns,
                                   request_.anchor_x, tile_.x - domain_.x + x, domain_.w),
                   down = inside(options.border_y == SEPFLOW_BORDER_TRUNCATE, rows,
                                 request_.anchor_y, tile_.y - domain_.y + y, domain_.h);
    const auto above_left = [&](int64_t row, int64_t column) {
        return request_.tap_sums[static_cast<size_t>(row * (columns + 1) + column)];
    };
    return above_left(down.last, across.last) - above_left(down.first, across.last) -
           above_left(down.last, across.first) + above_left(down.first, across.first);
}

}  // namespace sepflow
