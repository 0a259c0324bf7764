// Where sums go: into the image as pixels, after rescaling where taps were truncated, or division
// by the weights of pixels that are not missing. All ways share it.
#pragma once

#include <cstdint>
#include <optional>

#include <sepflow/node.h>

#include "runtime/execute/check.h"
#include "runtime/execute/layout.h"
#include "runtime/execute/rescaling.h"
#include "runtime/plan/plan.h"

namespace sepflow {

// Rows of what the last pass writes.
struct Results {
    void *samples;
    int64_t pitch;  // in samples
    sepflow_type type;
    bool is_image = false;  // the rows are the image's own
};

class Sink {
  public:
    // `tile`: the pixels that go through it. `inside`: no tap is truncated there. `sums`: room for
    // what Rescaling keeps.
    Sink(const Plan &plan, const Arithmetic &arithmetic, const Call &call, const Walk &walk,
         const sepflow_rect &tile, bool inside, double *sums);

    // The type that the last pass has to write, and the number that it has to add to its sums.
    sepflow_type type() const { return type_; }
    double delta() const { return is_last_ ? plan_.request.options.delta : 0; }
    // Tells whether it may write pixels of the image itself.
    bool takes_pixels() const { return is_last_ && walk_.writes_image; }
    // The image's rows from (x, y) on.
    Results image_rows(int64_t x, int64_t y, int32_t plane) const;

    // Takes results for `area`, a part of the tile: all channels, or `plane` alone. `support`: sums
    // of weights, laid as the results, if pixels are left out.
    void take(const Results &results, const void *support, const sepflow_rect &area,
              int32_t plane) const;

  private:
    void store(const Results &results, const sepflow_rect &area, int32_t plane) const;
    void store_rescaled(const Results &results, const sepflow_rect &area, int32_t plane) const;

    const Plan &plan_;
    const Call &call_;
    const Walk &walk_;
    const sepflow_rect tile_;
    std::optional<Rescaling> rescaling_;
    bool is_last_;  // sums are results: neither rescaled nor divided
    sepflow_type type_;
};

}  // namespace sepflow
