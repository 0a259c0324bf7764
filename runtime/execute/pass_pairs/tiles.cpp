// Pass pairs on a region: it is cut into tiles, those whose footprint leaves the domain apart from
// the others.
#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "runtime/execute/pass_pairs/shared_tile.h"
#include "runtime/execute/pass_pairs/tile.h"
#include "runtime/execute/scratch.h"
#include "runtime/execute/work.h"

namespace sepflow {

namespace {

// Where tile i of a row of tiles begins, the first having lost `lost`; the last takes in what would
// be less than `least`.
struct Split {
    int64_t first, count, size, lost, least;

    int64_t tiles() const {
        return count < size - lost + least ? 1 : 1 + (count + lost - least) / size;
    }
    int64_t begin(int64_t i) const { return i == 0 ? first : first - lost + i * size; }
    int64_t end(int64_t i) const { return i + 1 == tiles() ? first + count : begin(i + 1); }
};

// A part of the region whose tiles are all of one kind.
struct Part {
    Split x, y;
    bool inside;  // no tap is truncated
    Blocking blocking;

    int64_t count() const { return x.tiles() * y.tiles(); }
    Tile at(int64_t i) const {
        const int64_t column = i % x.tiles(), row = i / x.tiles();
        const int64_t left = x.begin(column), top = y.begin(row);
        return {{left, top, x.end(column) - left, y.end(row) - top}, inside};
    }
};

// Cuts `first .. first+count` where the footprint begins and ends to lie inside the domain.
struct Cuts {
    std::array<int64_t, 4> at;  // part i is at[i] .. at[i+1]; the middle one lies inside
};

Cuts cut(int64_t first, int64_t count, int64_t inside_first, int64_t inside_last) {
    const int64_t last = first + count;
    if (inside_last <= inside_first) return {{first, last, last, last}};
    const int64_t a = std::clamp(inside_first, first, last);
    return {{first, a, std::clamp(inside_last, a, last), last}};
}

// Pixels from the last place where the output's row of pixels crosses a cache line.
int64_t pixels_into_line(const sepflow_image &out, int64_t x, int64_t y) {
    const auto address = reinterpret_cast<uintptr_t>(pixel_address(out, x, y, 0));
    const auto into = static_cast<int64_t>(address % kScratchAlignment);
    return out.stride_x > 0 && into % out.stride_x == 0 ? into / out.stride_x : 0;
}

Part make_part(const Job &job, const Call &call, const Walk &walk, const sepflow_rect &area,
               bool inside, bool from_image) {
    Part part;
    part.inside = inside;
    part.blocking = make_blocking(job, walk.step, !from_image);
    const Least least = least_tile(part.blocking, walk.step);
    // Staged samples can be laid so that the row pass writes whole cache lines. Where the image is
    // read, its own lines count.
    int64_t lost = from_image ? 0 : pixels_into_line(call.out, area.x, area.y);
    if (lost >= part.blocking.tile_w || lost + area.w <= part.blocking.tile_w) lost = 0;
    part.blocking = fitted(part.blocking, area.w + lost, area.h);
    part.x = {area.x, area.w, part.blocking.tile_w, lost, least.w};
    part.y = {area.y, area.h, part.blocking.tile_h, 0, least.h};
    return part;
}

Walk walk_of(const Job &job, const Call &call) {
    return choose_walk(job.plan.request.kernel, job.pairs.arithmetic,
                       job.pairs.image_column_pass != nullptr, call.in, call.out);
}

// Tells whether the column pass reads the image where it can. In small images, staging all costs
// less than parts of their own for the borders.
bool reads_image(const Walk &walk, const Call &call) {
    constexpr int64_t kLeastPixels = 512 * 512;
    return walk.reads_image && call.pixels >= kLeastPixels;
}

// The tiles of a region, in at most nine parts.
class Tiles {
  public:
    Tiles(const Job &job, const Call &call) : walk_(walk_of(job, call)) { add_parts(job, call); }

    int64_t count() const {
        return std::accumulate(begin(), end(), int64_t{0},
                               [](int64_t sum, const Part &part) { return sum + part.count(); });
    }
    uint64_t scratch_bytes(const Job &job) const {
        uint64_t bytes = 0;
        for (const Part &part : *this)
            bytes = std::max(bytes, tile_scratch_bytes(job, walk_.step, part.blocking));
        return bytes;
    }
    // Calls run(walk, blocking, tile) for tile i.
    template <typename Run>
    void run(int64_t i, Run run) const {
        const Part *part = begin();
        while (i >= part->count()) i -= (part++)->count();
        run(walk_, part->blocking, part->at(i));
    }
    template <typename Run>
    void run_all(Run run) const {
        for (const Part &part : *this) {
            for (int64_t i = 0; i < part.count(); ++i) run(walk_, part.blocking, part.at(i));
        }
    }

  private:
    const Part *begin() const { return parts_.data(); }
    const Part *end() const { return parts_.data() + used_; }

    void add_parts(const Job &job, const Call &call) {
        const sepflow_rect &region = call.region, &domain = call.in.domain;
        const Request &request = job.plan.request;
        const Halo &halo = request.halo;
        // Apart are only what reads the image itself and what is to be rescaled.
        const bool reads = reads_image(walk_, call);
        if (!reads && !request.options.truncates()) {
            parts_[used_++] = make_part(job, call, walk_, region, true, false);
            return;
        }
        const Least whole = least_tile(make_blocking(job, walk_.step, false), walk_.step);
        const Cuts x =
            cut(region.x, region.w, domain.x + halo.left, domain.x + domain.w - halo.right);
        const Cuts y =
            cut(region.y, region.h, domain.y + halo.top, domain.y + domain.h - halo.bottom);
        for (size_t row = 0; row < 3; ++row) {
            for (size_t column = 0; column < 3; ++column) {
                const sepflow_rect area = {x.at[column], y.at[row], x.at[column + 1] - x.at[column],
                                           y.at[row + 1] - y.at[row]};
                if (is_empty(area)) continue;
                const bool inside = row == 1 && column == 1;
                const bool from_image = reads && inside && area.w >= whole.w && area.h >= whole.h;
                parts_[used_++] = make_part(job, call, walk_, area, inside, from_image);
            }
        }
    }

    Walk walk_;
    std::array<Part, 9> parts_ = {};
    size_t used_ = 0;
};

uint64_t scratch_bytes(const Job &job, int32_t step) {
    const auto bytes = [&](bool staged) {
        const Blocking blocking = make_blocking(job, step, staged);
        return job.shared != nullptr ? shared_tile_scratch_bytes(job, step, blocking)
                                     : tile_scratch_bytes(job, step, blocking);
    };
    return std::max(job.pairs.image_column_pass != nullptr ? bytes(false) : 0, bytes(true));
}

uint64_t scratch_bytes(const Job &job) {
    return std::max(scratch_bytes(job, 1), scratch_bytes(job, job.plan.request.options.channels));
}

TileSize tile_size(const Job &job, const Call &call) {
    const Walk walk = walk_of(job, call);
    const Blocking blocking = make_blocking(job, walk.step, !reads_image(walk, call));
    return {blocking.tile_w, blocking.tile_h};
}

Job job_of(const SharedTerms &shared) {
    return {shared.plan(), shared.pairs, &shared};
}

}  // namespace

uint64_t scratch_bytes_of(const Plan &plan, const PassPairs &pairs) {
    return scratch_bytes({plan, pairs});
}

Work work_of(const Plan &plan, const PassPairs &pairs, const Call &call) {
    const Job job = {plan, pairs};
    const Tiles tiles(job, call);
    Work work = {};
    work.scratch_bytes = tiles.scratch_bytes(job);
    work.count = tiles.count();
    work.run = [job, call, tiles](int64_t i, void *scratch) {
        tiles.run(i, [&](const Walk &walk, const Blocking &blocking, const Tile &tile) {
            run_tile(job, call, walk, blocking, tile, scratch);
        });
    };
    return work;
}

TileSize tile_size(const Plan &plan, const PassPairs &pairs, const Call &call) {
    return tile_size(Job{plan, pairs}, call);
}

void run_at_once(const Plan &plan, const PassPairs &pairs, const Call &call, void *scratch) {
    const Job job = {plan, pairs};
    Tiles(job, call).run_all([&](const Walk &walk, const Blocking &blocking, const Tile &tile) {
        run_tile(job, call, walk, blocking, tile, scratch);
    });
}

uint64_t scratch_bytes_of(const SharedTerms &shared) {
    return scratch_bytes(job_of(shared));
}

TileSize tile_size(const SharedTerms &shared, const Call &call) {
    return tile_size(job_of(shared), call);
}

void run_at_once(const SharedTerms &shared, const std::vector<Call> &calls, const Call &call,
                 void *scratch) {
    const Job job = job_of(shared);
    Tiles(job, call).run_all([&](const Walk &walk, const Blocking &blocking, const Tile &tile) {
        run_shared_tile(job, calls, call, walk, blocking, tile, scratch);
    });
}

}  // namespace sepflow
