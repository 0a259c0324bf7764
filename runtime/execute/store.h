// Taking the passes' results to images that they cannot write themselves: other layouts, f16, tiles narrower
// than a register tile, and pixels whose truncated taps are to be rescaled.
#pragma once

#include <sepflow/node.h>

#include "runtime/execute/layout.h"
#include "runtime/plan/plan.h"

namespace sepflow {

// Factors that rescale a tile's pixels to the kernel's sum where taps were truncated:
//   S / sum over t of row_sum(t, x) * column_sum(t, y),  or  S / sum of the taps themselves,
// where the sums run over the taps that lie in the domain (along an axis that does not truncate, all).
class Rescaling {
  public:
    // `sums` holds size(plan, tile) doubles.
    Rescaling(const Plan &plan, const sepflow_rect &domain, const sepflow_rect &tile, double *sums);
    static int64_t size(const Plan &plan, int64_t tile_w, int64_t tile_h);

    double factor(int64_t x, int64_t y) const;  // within the tile

  private:
    double sum_of_factors(int64_t x, int64_t y) const;
    double sum_of_taps(int64_t x, int64_t y) const;

    const Plan &plan_;
    sepflow_rect domain_, tile_;
    int64_t terms_;
    double kernel_sum_, negligible_;
    double *row_sums_;     // terms_ for each x
    double *column_sums_;  // terms_ for each y
};

// Rows of results.
struct Results {
    const void *samples;
    int64_t pitch;  // in samples
    sepflow_type type;
};

// Stores results as pixels of `area`, converting them if need be: all channels, or `plane` alone.
void store(const Results &results, const sepflow_image &out, const sepflow_rect &area,
           const Walk &walk, int32_t plane);
// Rescales, adds the plan's delta and converts; `first_row` is the area's first row within the tile.
void store_rescaled(const Plan &plan, const Results &results, const Rescaling &rescaling,
                    const sepflow_image &out, const sepflow_rect &area, int64_t first_row,
                    const Walk &walk, int32_t plane);

}  // namespace sepflow
