// Demand-driven: for each tile of an output, regions are asked for from the output back to the inputs, then the
// chain of nodes runs forward in buffers that stay in the cache. Tiles are spread over threads by oneTBB.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <new>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "runtime/error.h"
#include "runtime/host/graph.h"

using sepflow::Error;
using sepflow::Place;
using sepflow::RunContext;

namespace {

constexpr int64_t kAlignment = 64;
constexpr int64_t kLiveBytes = 1 << 20;  // of a tile's buffers, to stay in a second-level cache
constexpr int64_t kTileWidth = 4096;     // passes want long rows
constexpr int64_t kTileRows = 32;        // at least, or halos cost more than the tile

int64_t pixel_bytes(const Place &place) {
    return place.channels * ((place.type & 0xff) / 8);
}

int64_t round_up(int64_t value) {
    return (value + kAlignment - 1) / kAlignment * kAlignment;
}

bool is_empty(const sepflow_rect &r) {
    return r.w <= 0 || r.h <= 0;
}

sepflow_rect united(const sepflow_rect &a, const sepflow_rect &b) {
    if (is_empty(a)) return b;
    if (is_empty(b)) return a;
    const int64_t x = std::min(a.x, b.x), y = std::min(a.y, b.y);
    return {x, y, std::max(a.x + a.w, b.x + b.w) - x, std::max(a.y + a.h, b.y + b.h) - y};
}

bool contains(const sepflow_rect &outer, const sepflow_rect &inner) {
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

bool same(const sepflow_rect &a, const sepflow_rect &b) {
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

// Memory of one thread, kept from tile to tile.
class Arena {
  public:
    Arena() = default;
    Arena(const Arena &) = delete;
    ~Arena() { ::operator delete(memory_, std::align_val_t(kAlignment)); }

    char *reserve(int64_t bytes) {
        if (bytes > size_) {
            ::operator delete(memory_, std::align_val_t(kAlignment));
            memory_ = nullptr;
            size_ = 0;
            memory_ = ::operator new(static_cast<size_t>(bytes), std::align_val_t(kAlignment));
            size_ = bytes;
        }
        return static_cast<char *>(memory_);
    }

  private:
    void *memory_ = nullptr;
    int64_t size_ = 0;
};

// A dense image of a place's type over `bounds`.
sepflow_image buffer_image(const Place &place, const sepflow_rect &bounds, char *memory) {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = place.type;
    image.channels = place.channels;
    image.data = memory;
    image.bounds = bounds;
    image.domain = place.domain;
    image.stride_c = (place.type & 0xff) / 8;
    image.stride_x = pixel_bytes(place);
    image.stride_y = round_up(bounds.w * image.stride_x);
    return image;
}

void copy_region(const sepflow_image &from, const sepflow_image &to, const sepflow_rect &region) {
    const auto address = [](const sepflow_image &image, int64_t x, int64_t y, int32_t c) {
        return static_cast<char *>(image.data) + (x - image.bounds.x) * image.stride_x +
               (y - image.bounds.y) * image.stride_y + c * image.stride_c;
    };
    const auto bytes = static_cast<size_t>((from.type & 0xff) / 8);
    for (int64_t y = region.y; y < region.y + region.h; ++y) {
        for (int64_t x = region.x; x < region.x + region.w; ++x) {
            for (int32_t c = 0; c < from.channels; ++c) {
                std::memcpy(address(to, x, y, c), address(from, x, y, c), bytes);
            }
        }
    }
}

// One tile on one thread.
class TileRun {
  public:
    TileRun(const sepflow_graph &graph, size_t target, const sepflow_image &out,
            RunContext &context)
        : graph_(graph), target_(target), out_(out), context_(context) {}

    void run(const sepflow_rect &tile, Arena &arena) {
        find_regions(tile);
        lay_out(tile, arena);
        for (const size_t i : graph_.order) {
            if (is_empty(needed_[i])) continue;
            if (graph_.places[i].is_input()) {
                read(graph_.places[i], images_[i]);
            } else {
                process(graph_.places[i], i);
            }
        }
        if (images_[target_].data != out_.data) copy_region(images_[target_], out_, tile);
    }

  private:
    [[noreturn]] static void fail(const Place &place, sepflow_status status,
                                  const sepflow_error &error) {
        throw Error(status,
                    (place.is_input() ? "input '" : "node '") + place.name + "': " + error.message);
    }

    void find_regions(const sepflow_rect &tile) {
        needed_.assign(graph_.places.size(), {0, 0, 0, 0});
        needed_[target_] = tile;
        for (auto i = graph_.order.rbegin(); i != graph_.order.rend(); ++i) {
            const Place &place = graph_.places[*i];
            if (is_empty(needed_[*i])) continue;
            for (size_t port = 0; port < place.feeds.size(); ++port) {
                const size_t feed = place.feeds[port];
                sepflow_rect in = {};
                const sepflow_status status =
                    place.desc->input_region(place.plan.get(), static_cast<uint32_t>(port),
                                             &needed_[*i], &graph_.places[feed].domain, &in);
                if (status != SEPFLOW_OK ||
                    (!is_empty(in) && !contains(graph_.places[feed].domain, in))) {
                    throw Error(SEPFLOW_E_INTERNAL,
                                "node '" + place.name + "' asks for an impossible region");
                }
                needed_[feed] = united(needed_[feed], in);
            }
        }
    }

    // Views of bound images, the caller's image for the target if it fits exactly, buffers for the rest.
    void lay_out(const sepflow_rect &tile, Arena &arena) {
        images_.assign(graph_.places.size(), {});
        int64_t bytes = 0;
        std::vector<int64_t> &offsets = offsets_;
        offsets.assign(graph_.places.size(), -1);
        for (const size_t i : graph_.order) {
            const Place &place = graph_.places[i];
            if (place.is_input() && place.source.read == nullptr) {
                images_[i] = place.image;
                continue;
            }
            if (i == target_ && same(needed_[i], tile)) {
                images_[i] = out_;
                continue;
            }
            offsets[i] = bytes;
            bytes += round_up(round_up(needed_[i].w * pixel_bytes(place)) *
                              std::max<int64_t>(needed_[i].h, 0));
        }
        scratch_size_ = 0;
        for (const Place &place : graph_.places)
            scratch_size_ = std::max(scratch_size_, place.info.scratch_bytes);
        char *memory = arena.reserve(bytes + static_cast<int64_t>(scratch_size_) + kAlignment);
        scratch_ = memory + bytes;
        for (const size_t i : graph_.order) {
            if (offsets[i] >= 0)
                images_[i] = buffer_image(graph_.places[i], needed_[i], memory + offsets[i]);
        }
    }

    void read(const Place &place, const sepflow_image &into) const {
        if (place.source.read == nullptr) return;
        sepflow_error error = {};
        error.struct_size = sizeof error;
        const sepflow_status status = place.source.read(place.source.ctx, &into, &error);
        if (status != SEPFLOW_OK) fail(place, status, error);
    }

    void process(const Place &place, size_t index) {
        inputs_.clear();
        for (const size_t feed : place.feeds) inputs_.push_back(images_[feed]);
        sepflow_process call = {};
        call.struct_size = sizeof call;
        call.inputs = inputs_.data();
        call.input_count = static_cast<uint32_t>(inputs_.size());
        call.outputs = &images_[index];
        call.output_count = 1;
        call.region = needed_[index];
        call.max_threads = 1;
        call.scratch = scratch_;
        call.scratch_size = scratch_size_;
        call.host = sepflow::host_services();
        call.call_ctx = &context_;
        sepflow_error error = {};
        error.struct_size = sizeof error;
        const sepflow_status status = place.desc->process(place.plan.get(), &call, &error);
        if (status != SEPFLOW_OK) fail(place, status, error);
    }

    const sepflow_graph &graph_;
    size_t target_;
    const sepflow_image &out_;
    RunContext &context_;
    std::vector<sepflow_rect> needed_;
    std::vector<sepflow_image> images_, inputs_;
    std::vector<int64_t> offsets_;
    char *scratch_ = nullptr;
    uint64_t scratch_size_ = 0;
};

struct TileSize {
    int64_t w, h;
};

TileSize choose_tile(const sepflow_graph &graph, const sepflow_rect &region,
                     const sepflow_run &run) {
    int64_t bytes = 1;
    for (const Place &place : graph.places) bytes += pixel_bytes(place);
    TileSize size;
    size.w = run.tile_w > 0 ? run.tile_w : std::min(region.w, kTileWidth);
    size.h = run.tile_h > 0 ? run.tile_h : std::max(kTileRows, kLiveBytes / (size.w * bytes));
    return {std::min(size.w, region.w), std::min(size.h, region.h)};
}

sepflow_run checked_run(const sepflow_run *given) {
    sepflow_run run = {};
    if (given == nullptr) return run;
    if (given->struct_size < sizeof run.struct_size)
        throw Error(SEPFLOW_E_ABI, "run: struct_size is too small");
    std::memcpy(&run, given, std::min<size_t>(given->struct_size, sizeof run));
    if (run.max_threads < 0 || run.tile_w < 0 || run.tile_h < 0) {
        throw Error(SEPFLOW_E_INVALID, "run: a negative count or size");
    }
    return run;
}

void check_out(const Place &place, const sepflow_image &out) {
    if (out.struct_size < sizeof out) throw Error(SEPFLOW_E_ABI, "out: struct_size is too small");
    if (out.type != place.type || out.channels != place.channels) {
        throw Error(SEPFLOW_E_FORMAT, "out: its type or channels are not those of the output");
    }
    if (out.bounds.w < 0 || out.bounds.h < 0)
        throw Error(SEPFLOW_E_INVALID, "out: bounds make no sense");
    if (is_empty(out.bounds)) return;
    if (!contains(place.domain, out.bounds)) {
        throw Error(SEPFLOW_E_INVALID, "out: its bounds leave the domain of the output");
    }
    if (out.data == nullptr) throw Error(SEPFLOW_E_INVALID, "out: data is NULL");
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
    const Place &place = output(name);
    check_out(place, given);
    const sepflow_run run = checked_run(given_run);
    if (is_empty(given.bounds)) return;
    sepflow_image out = given;
    out.domain = place.domain;

    const sepflow_rect region = out.bounds;
    const TileSize tile = choose_tile(*this, region, run);
    const int64_t columns = (region.w + tile.w - 1) / tile.w,
                  rows = (region.h + tile.h - 1) / tile.h;
    Progress progress(run, columns * rows);
    RunContext context = {&run};
    const auto target = static_cast<size_t>(&place - places.data());
    tbb::enumerable_thread_specific<Arena> arenas;

    const auto run_tile = [&](int64_t i) {
        if (run.is_cancelled != nullptr && run.is_cancelled(run.ctx) != 0) {
            throw Error(SEPFLOW_E_CANCELLED, "cancelled");
        }
        const int64_t x = i % columns * tile.w, y = i / columns * tile.h;
        TileRun(*this, target, out, context)
            .run({region.x + x, region.y + y, std::min(tile.w, region.w - x),
                  std::min(tile.h, region.h - y)},
                 arenas.local());
        progress.tile_done();
    };
    // More threads than processors would not help, and oneTBB warns of them.
    const int most = tbb::this_task_arena::max_concurrency();
    tbb::task_arena threads(run.max_threads > 0 ? std::min(run.max_threads, most) : most);
    threads.execute([&] {
        if (run.max_threads == 1) {
            for (int64_t i = 0; i < columns * rows; ++i) run_tile(i);
        } else {
            tbb::parallel_for(int64_t{0}, columns * rows, run_tile);
        }
    });
    if (!progress.is_complete()) throw Error(SEPFLOW_E_INTERNAL, "not every tile was computed");
}
