// From an empty registry to the pixels of a graph: all that a host program does.
#pragma once

#include <cstdint>
#include <vector>

#include <sepflow/host.h>

namespace faults {

class WholeGraph {
  public:
    enum class Size { kWhole, kOneNode };
    explicit WholeGraph(Size size = Size::kWhole);
    WholeGraph(const WholeGraph &) = delete;

    // Stops at the first call that fails and frees everything.
    sepflow_status run(int32_t threads, sepflow_error *error);
    // Whether the pixels are what the first verified run made of them.
    bool is_right();
    // Plugins that the last run's scan reported.
    int skipped() const { return skipped_; }

  private:
    static constexpr int64_t kWidth = 150, kHeight = 90;

    sepflow_status run_with(const sepflow_registry *registry, int32_t threads,
                            sepflow_error *error);

    const char *const json_;
    std::vector<float> in_;
    std::vector<uint16_t> out_, wanted_;
    int skipped_ = 0;
};

}  // namespace faults
