// Whether memory stays flat: what the process holds, looked at between graphs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace soak {

class Memory {
  public:
    Memory();
    // `elapsed` is the part of the run that is over, 0 .. 1.
    void sample(double elapsed);
    // Empty, or by how much it grew: the median of the last tenth of the run over that of the
    // second, the first being the time in which pools and caches fill.
    std::string growth() const;
    std::string summary() const;

  private:
    static constexpr size_t kMost = 20000;
    struct Sample {
        double elapsed;
        int64_t bytes;
    };
    static int64_t median(const std::vector<Sample> &samples, double from, double to);

    std::vector<Sample> live_, resident_;
    double last_ = -1;
};

}  // namespace soak
