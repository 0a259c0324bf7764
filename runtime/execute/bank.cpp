// A bank: one read of the image, all outputs tile by tile.
#include <algorithm>

#include "runtime/execute/work.h"

namespace sepflow {

namespace {

// Members whose tiles are not their own to choose go block by block over the whole region instead.
bool goes_by_tiles(const Plan &plan) {
    return plan.method != Method::kFft;
}

// As large as the largest tile that a part of the bank would take for itself.
TileSize tile_size(const Bank &bank, const std::vector<Call> &calls) {
    TileSize size = {1, 1};
    const auto grow = [&](const TileSize &tile) {
        size.w = std::max(size.w, tile.w);
        size.h = std::max(size.h, tile.h);
    };
    for (const SharedTerms &shared : bank.shared) {
        if (const Call *call = wanted_call(shared, calls)) grow(separable_tile(shared.plan, *call));
    }
    for (const size_t i : bank.alone) {
        if (!calls[i].is_wanted()) continue;
        const Plan &plan = *bank.members[i];
        if (plan.method == Method::kSeparable) grow(separable_tile(plan, calls[i]));
        if (plan.method == Method::kDirect) grow(direct_tile(plan, calls[i]));
    }
    return size;
}

void run_tile(const Bank &bank, const std::vector<Call> &calls, const sepflow_rect &tile,
              void *scratch) {
    for (const SharedTerms &shared : bank.shared) {
        if (wanted_call(shared, calls) != nullptr) run_shared(shared, calls, tile, scratch);
    }
    for (const size_t i : bank.alone) {
        const Plan &plan = *bank.members[i];
        if (!calls[i].is_wanted() || !goes_by_tiles(plan)) continue;
        Call call = calls[i];
        call.region = tile;
        const auto run = plan.method == Method::kDirect ? run_direct : run_separable;
        run(plan, call, scratch);
    }
}

}  // namespace

const Call *wanted_call(const SharedTerms &shared, const std::vector<Call> &calls) {
    for (const Combination &combination : shared.combinations) {
        if (calls[combination.output].is_wanted()) return &calls[combination.output];
    }
    return nullptr;
}

uint64_t bank_scratch_bytes(const Bank &bank) {
    uint64_t bytes = 0;
    for (const SharedTerms &shared : bank.shared)
        bytes = std::max(bytes, separable_scratch_bytes(shared.plan));
    for (const size_t i : bank.alone) bytes = std::max(bytes, task_scratch_bytes(*bank.members[i]));
    return bytes;
}

Work bank_work(const Bank &bank, const std::vector<Call> &calls) {
    const sepflow_rect region = std::find_if(calls.begin(), calls.end(), [](const Call &call) {
                                    return call.is_wanted();
                                })->region;
    const TileSize size = tile_size(bank, calls);
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
    work.scratch_bytes = bank_scratch_bytes(bank);
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
