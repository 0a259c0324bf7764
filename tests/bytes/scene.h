// A case made ready: its plan, its pictures, and calls that compute a region of all outputs.
#pragma once

#include <string>
#include <vector>

#include "tests/bytes/cases.h"
#include "tests/oracle/plan.h"

namespace bytes {

class Scene {
  public:
    Scene(const Case &c, const char *variant);
    std::string how() const { return how_; }  // "separable plain rank 1 in f32"
    const sepflow_rect &domain() const { return domain_; }
    // Memory for all outputs, which holds no results yet.
    std::vector<oracle::Pixels> blank() const;
    sepflow_status compute(const std::vector<oracle::Pixels> &outs, const sepflow_rect &region,
                           int threads) const;

  private:
    const Case &case_;
    oracle::PlanPointer plan_;
    std::string how_;
    oracle::Pixels in_, mask_;
    sepflow_rect domain_;
};

}  // namespace bytes
