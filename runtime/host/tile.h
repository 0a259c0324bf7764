// One tile of an output, on one thread: which regions it needs, and the nodes that make them.
#pragma once

#include <optional>
#include <vector>

#include "runtime/host/graph.h"

namespace sepflow {

// What all tiles of one run share.
struct TileJob {
    const sepflow_graph &graph;
    size_t target;              // the place whose pixels are wanted
    std::vector<size_t> steps;  // the places that it needs, itself last, each behind what feeds it
    const sepflow_image &out;
    RunContext context;

    // Neither pixels that are bound nor the caller's.
    bool has_buffer(size_t place) const;
    // A place whose buffer the results of `step` may overwrite: its node works in place, and nothing else comes to
    // read that. Or none.
    std::optional<size_t> in_place_of(size_t step) const;
};

// The region of every place that `tile` of the target needs, by index of place. Throws Error.
void find_regions(const TileJob &job, const sepflow_rect &tile, std::vector<sepflow_rect> &needed);

// Runs tile after tile in memory that it keeps: once the largest tile was seen, it allocates no more.
class TileRunner {
  public:
    explicit TileRunner(TileJob &job);
    TileRunner(const TileRunner &) = delete;
    ~TileRunner();

    void run(const sepflow_rect &tile);  // throws Error

  private:
    void lay_out();
    void reserve(int64_t bytes);
    void read(const Place &place, const sepflow_image &into) const;
    void process(const Place &place, size_t index);

    TileJob &job_;
    std::vector<sepflow_rect> needed_;
    std::vector<sepflow_image> images_, inputs_;
    std::vector<std::optional<size_t>> in_place_of_;
    std::vector<int64_t> offsets_;  // of the places' buffers in memory_; -1: none
    void *memory_ = nullptr;
    int64_t size_ = 0;
    char *scratch_ = nullptr;
    int64_t scratch_size_ = 0;
};

}  // namespace sepflow
