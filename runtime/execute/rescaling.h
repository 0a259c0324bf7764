// Rescaling to the kernel's sum where taps were truncated.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

#include "runtime/plan/plan.h"

namespace sepflow {

// Factors for the pixels of a tile:
//   S / sum over t of row_sum(t, x) * column_sum(t, y),  or  S / sum of the taps themselves,
// where the sums run over the taps that lie in the domain (along an axis that does not truncate,
// all).
class Rescaling {
  public:
    // Rescales what a plan's way sums; `sums` has room for bytes(plan, tile.w, tile.h).
    Rescaling(const Plan &plan, const sepflow_rect &domain, const sepflow_rect &tile, double *sums);
    static int64_t bytes(const Plan &plan, int64_t tile_w, int64_t tile_h);

    double factor(int64_t x, int64_t y) const;  // within the tile

  private:
    double sum_of_factors(int64_t x, int64_t y) const;
    double sum_of_taps(int64_t x, int64_t y) const;

    const Request &request_;
    const PassPairs *pairs_;  // NULL: taps are summed as they are
    sepflow_rect domain_, tile_;
    double negligible_;
    double *row_sums_, *column_sums_;  // of each term, for each x and for each y
};

}  // namespace sepflow
