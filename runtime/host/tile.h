// One tile of an output, on one thread: which regions it needs, and the nodes that make them.
#pragma once

#include <optional>
#include <vector>

#include "runtime/base/structs.h"
#include "runtime/host/graph.h"

namespace sepflow::host {

// Data that all tiles of one run share.
struct TileJob {
    const sepflow_graph &graph;
    Outlet target;              // whose pixels are wanted
    std::vector<size_t> steps;  // the places that it needs, itself last, each behind what feeds it
    const sepflow_image &out;
    RunContext context;

    size_t readers(const Outlet &outlet) const;  // among the steps
    // Someone reads it, or its node does not do without.
    bool is_computed(const Outlet &outlet) const;
    // Neither pixels that are bound nor the caller's.
    bool has_buffer(const Outlet &outlet) const;
    // Returns the feed that the result of `step` may overwrite: its node works in place, and no
    // later step reads that feed. Or none.
    std::optional<Outlet> in_place_of(size_t step) const;
};

// The region of every place that `tile` of the target needs, by index of place. Throws Error.
void find_regions(const TileJob &job, const sepflow_rect &tile, std::vector<sepflow_rect> &needed);

// Runs tile after tile in memory that it keeps: once the largest tile was seen, it allocates no
// more.
class TileRunner {
  public:
    explicit TileRunner(TileJob &job);
    TileRunner(const TileRunner &) = delete;
    ~TileRunner();

    void run(const sepflow_rect &tile);  // throws Error

  private:
    void share_slots();
    bool is_in_place(size_t step) const;  // for this tile
    void lay_out();
    void reserve(int64_t bytes);
    void read(const Place &place, const sepflow_image &into) const;
    void process(const Place &place, size_t index);

    TileJob &job_;
    // Regions by place.
    std::vector<sepflow_rect> needed_;
    std::vector<std::optional<Outlet>> in_place_of_;
    // Images by place and output: views of bound images, the caller's image for the target, slots
    // of memory_ for the rest.
    std::vector<std::vector<sepflow_image>> images_;
    std::vector<std::vector<size_t>> slots_;
    std::vector<int64_t> slot_sizes_, slot_offsets_;
    // The images of a call, as the node's plugin takes them.
    StructArray<sepflow_image> inputs_, outputs_;
    void *memory_ = nullptr;
    int64_t size_ = 0;
    char *scratch_ = nullptr;
    int64_t scratch_size_ = 0;
};

}  // namespace sepflow::host
