// A bank: one read of the image, all outputs tile by tile.
#include <algorithm>
#include <variant>

#include "runtime/execute/work.h"

namespace sepflow {

namespace {

// Members whose tiles are not their own to choose go block by block over the whole region instead.
bool goes_by_tiles(const Plan &plan) {
    return !std::holds_alternative<Transforms>(plan.way);
}

// Calls use(way) if the plan goes by tiles.
template <typename Use>
void with_tiles(const Plan &plan, Use use) {
    if (const auto *pairs = std::get_if<PassPairs>(&plan.way)) use(*pairs);
    if (const auto *sum = std::get_if<DirectSum>(&plan.way)) use(*sum);
}

// The call of an output that is a combination of the terms: the first that is wanted, or NULL.
const Call *wanted_call(const SharedTerms &shared, const std::vector<Call> &calls) {
    for (const Combination &combination : shared.combinations) {
        if (calls[combination.output].is_wanted()) return &calls[combination.output];
    }
    return nullptr;
}

// As large as the largest tile that a part of the bank would take for itself.
TileSize largest_tile(const Bank &bank, const std::vector<Call> &calls) {
    TileSize size = {1, 1};
    const auto grow = [&](const TileSize &tile) {
        size.w = std::max(size.w, tile.w);
        size.h = std::max(size.h, tile.h);
    };
    for (const SharedTerms &shared : bank.shared) {
        if (const Call *call = wanted_call(shared, calls)) grow(tile_size(shared, *call));
    }
    for (const size_t i : bank.alone) {
        if (!calls[i].is_wanted()) continue;
        const Plan &plan = *bank.members[i];
        with_tiles(plan, [&](const auto &way) { grow(tile_size(plan, way, calls[i])); });
    }
    return size;
}

void run_tile(const Bank &bank, const std::vector<Call> &calls, const sepflow_rect &tile,
              void *scratch) {
    for (const SharedTerms &shared : bank.shared) {
        const Call *wanted = wanted_call(shared, calls);
        if (wanted == nullptr) continue;
        Call call = *wanted;
        call.region = tile;
        run_at_once(shared, calls, call, scratch);
    }
    for (const size_t i : bank.alone) {
        if (!calls[i].is_wanted()) continue;
        const Plan &plan = *bank.members[i];
        Call call = calls[i];
        call.region = tile;
        with_tiles(plan, [&](const auto &way) { run_at_once(plan, way, call, scratch); });
    }
}

}  // namespace

uint64_t scratch_bytes_of(const Bank &bank) {
    uint64_t bytes = 0;
    for (const SharedTerms &shared : bank.shared) bytes = std::max(bytes, scratch_bytes_of(shared));
    for (const size_t i : bank.alone) bytes = std::max(bytes, scratch_bytes_of(*bank.members[i]));
    return bytes;
}

Work work_of(const Bank &bank, const std::vector<Call> &calls) {
    const sepflow_rect region = std::find_if(calls.begin(), calls.end(), [](const Call &call) {
                                    return call.is_wanted();
                                })->region;
    const TileSize size = largest_tile(bank, calls);
    const int64_t across = (region.w + size.w - 1) / size.w,
                  down = (region.h + size.h - 1) / size.h;
    const bool any_by_tiles =
        !bank.shared.empty() || std::any_of(bank.alone.begin(), bank.alone.end(), [&](size_t i) {
            return goes_by_tiles(*bank.members[i]);
        });
    const int64_t tiles = any_by_tiles ? across * down : 0;
    std::vector<Work> others;
    Work work;
    work.count = tiles;
    for (const size_t i : bank.alone) {
        if (!calls[i].is_wanted() || goes_by_tiles(*bank.members[i])) continue;
        others.push_back(work_of(*bank.members[i], calls[i]));
        work.count += others.back().count;
    }
    work.scratch_bytes = scratch_bytes_of(bank);
    work.run = [=, &bank, &calls, others = std::move(others)](int64_t i, void *scratch) {
        if (i < tiles) {
            const int64_t x = i % across * size.w, y = i / across * size.h;
            return run_tile(bank, calls,
                            {region.x + x, region.y + y, std::min(size.w, region.w - x),
                             std::min(size.h, region.h - y)},
                            scratch);
        }
        i -= tiles;
        auto other = others.begin();
        while (i >= other->count) i -= (other++)->count;
        other->run(i, scratch);
    };
    return work;
}

}  // namespace sepflow
