// Demand-driven: for each tile of an output, regions are asked for from the output back to the
// inputs, then the chain of nodes runs forward in buffers that stay in the cache. Tiles are spread
// over threads by oneTBB.
#include <algorithm>
#include <mutex>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "runtime/base/error.h"
#include "runtime/base/image.h"
#include "runtime/base/structs.h"
#include "runtime/host/arena.h"
#include "runtime/host/graph.h"
#include "runtime/host/tile.h"

using sepflow::Error;
using sepflow::host::Place;

namespace {

sepflow_run checked_run(const sepflow_run *given) {
    if (given == nullptr) return {};
    const sepflow_run run = sepflow::known_part(given, "run");
    if (run.max_threads < 0 || run.tile_w < 0 || run.tile_h < 0) {
        throw Error(SEPFLOW_E_INVALID, "run: max_threads, tile_w and tile_h must be 0 or more");
    }
    return run;
}

sepflow_image checked_out(const Place &place, const sepflow_image &given) {
    sepflow_image out = sepflow::checked_image(&given, "out", place.type, place.channels);
    out.domain = place.domain;
    if (sepflow::is_empty(out.bounds)) return out;
    if (!sepflow::contains(place.domain, out.bounds)) {
        throw Error(SEPFLOW_E_INVALID, "out: its bounds leave the domain of the output");
    }
    sepflow::check_memory(out, "out");
    sepflow::check_distinct_pixels(out, "out");
    return out;
}

// The places that the target needs, itself included, in the order of the data.
std::vector<size_t> steps_to(const sepflow_graph &graph, size_t target) {
    std::vector<char> is_needed(graph.places.size(), 0);
    is_needed[target] = 1;
    std::vector<size_t> steps;
    for (auto i = graph.order.rbegin(); i != graph.order.rend(); ++i) {
        if (!is_needed[*i]) continue;
        steps.push_back(*i);
        for (const sepflow::host::Outlet &feed : graph.places[*i].feeds) {
            if (feed.is_connected()) is_needed[feed.place] = 1;
        }
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
}

// Tiles are written while others still read their inputs.
void check_apart(const sepflow::host::TileJob &job) {
    for (const size_t step : job.steps) {
        const Place &place = job.graph.places[step];
        if (place.is_input() && place.source.read == nullptr &&
            sepflow::overlap(place.image, job.out)) {
            throw Error(SEPFLOW_E_INVALID, "out: shares memory with input '" + place.name +
                                               "'; a graph does not run in place");
        }
    }
}

class Tiles {
  public:
    Tiles(const sepflow_rect &region, int64_t w, int64_t h)
        : region_(region),
          w_(std::min(w, region.w)),
          h_(std::min(h, region.h)),
          columns_((region.w + w_ - 1) / w_) {
        if (__builtin_mul_overflow(columns_, (region.h + h_ - 1) / h_, &count_))
            throw Error(SEPFLOW_E_INVALID, "run: too many tiles; use a larger tile_w and tile_h");
    }
    int64_t count() const { return count_; }
    sepflow_rect operator[](int64_t i) const {
        const int64_t x = i % columns_ * w_, y = i / columns_ * h_;
        return {region_.x + x, region_.y + y, std::min(w_, region_.w - x),
                std::min(h_, region_.h - y)};
    }

  private:
    sepflow_rect region_;
    int64_t w_, h_, columns_, count_ = 0;
};

// Rows beyond its own that a tile of the output makes its nodes compute or read.
int64_t halo_rows(const sepflow::host::TileJob &job) {
    const sepflow_rect &region = job.out.bounds;
    std::vector<sepflow_rect> needed;
    find_regions(job, {region.x + region.w / 2, region.y + region.h / 2, 1, 1}, needed);
    int64_t rows = 1;
    for (const sepflow_rect &rect : needed) rows = std::max(rows, rect.h);
    return rows - 1;
}

// Long rows suit the passes. A tile lower than its halo would compute the halo more often than
// itself: an unsharp mask with 161 x 161 taps took 194 ms in tiles of 32 rows, 166 in 128, 152 in
// 256 (3000 x 3000 u8, EPYC with 1 MiB of second-level cache, one thread, best of 9).
Tiles choose_tiles(const sepflow::host::TileJob &job, const sepflow_run &run) {
    constexpr int64_t kCachedBytes = 1 << 20;  // of a tile's pixels, where the halo is low
    constexpr int64_t kMostBytes = 16 << 20;   // where it is not
    constexpr int64_t kLeastWidth = 1024, kMostWidth = 4096;
    constexpr int64_t kLowRows = 32, kTallRows = 256;
    const sepflow_rect &region = job.out.bounds;
    int64_t bytes = 0;  // of a pixel, in all buffers
    for (const size_t step : job.steps) {
        const Place &place = job.graph.places[step];
        for (size_t output = 0; output < place.output_count(); ++output) {
            if (job.has_buffer({step, output}) && !job.in_place_of(step))
                bytes += int64_t{place.channels} * sepflow::type_bytes(place.type);
        }
    }
    bytes = std::max<int64_t>(bytes, 1);
    const int64_t halo = halo_rows(job);
    const int64_t rows = std::max(kLowRows, std::min(halo, kTallRows));
    const int64_t width = std::clamp(kMostBytes / bytes / (rows + halo), kLeastWidth, kMostWidth);
    const int64_t w = std::min(run.tile_w > 0 ? run.tile_w : width, region.w);
    const int64_t h =
        run.tile_h > 0 ? run.tile_h : std::max(rows, std::min(kCachedBytes / bytes / w, kTallRows));
    return Tiles(region, w, h);
}

class Progress {
  public:
    Progress(const sepflow_run &run, int64_t total) : run_(run), total_(total) {}
    void tile_done() {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++done_;
        if (run_.progress != nullptr) run_.progress(run_.ctx, done_, total_);
    }
    bool is_complete() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return done_ == total_;
    }

  private:
    const sepflow_run &run_;
    int64_t total_, done_ = 0;
    std::mutex mutex_;
};

}  // namespace

void sepflow_graph::compute(const std::string &name, const sepflow_image &given,
                            const sepflow_run *given_run) const {
    if (order.empty()) throw Error(SEPFLOW_E_NOT_READY, "the graph is not prepared");
    const sepflow::host::Outlet target = output(name);
    const sepflow_run run = checked_run(given_run);
    const sepflow_image out = checked_out(places[target.place], given);
    if (sepflow::is_empty(out.bounds)) return;

    sepflow::host::TileJob job = {*this, target, steps_to(*this, target.place), out, {&run}};
    check_apart(job);
    const Tiles tiles = choose_tiles(job, run);
    Progress progress(run, tiles.count());
    const auto run_tile = [&](sepflow::host::TileRunner &runner, int64_t i) {
        if (run.is_cancelled != nullptr && run.is_cancelled(run.ctx) != 0) {
            throw Error(SEPFLOW_E_CANCELLED, "cancelled");
        }
        runner.run(tiles[i]);
        progress.tile_done();
    };
    if (run.max_threads == 1) {
        sepflow::host::TileRunner runner(job);
        for (int64_t i = 0; i < tiles.count(); ++i) run_tile(runner, i);
    } else {
        tbb::enumerable_thread_specific<sepflow::host::TileRunner> runners(
            [&] { return sepflow::host::TileRunner(job); });
        // More threads than processors would not help, and oneTBB warns of them.
        const int most = tbb::this_task_arena::max_concurrency();
        sepflow::host::LentArena arena(run.max_threads > 0 ? std::min(run.max_threads, most)
                                                           : most);
        arena.execute([&] {
            tbb::parallel_for(int64_t{0}, tiles.count(), [&](int64_t i) {
                // A source or a node may wait for tasks of its own: meanwhile its thread must not
                // begin another tile in the buffers of this one.
                tbb::this_task_arena::isolate([&] { run_tile(runners.local(), i); });
            });
        });
        // While the runners are there: its lock shows the thread sanitizer, which does not see into
        // oneTBB, that every tile came before their end.
        if (!progress.is_complete()) throw Error(SEPFLOW_E_INTERNAL, "not every tile was computed");
    }
}
