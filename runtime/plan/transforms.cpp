#include "runtime/plan/transforms.h"

#include <algorithm>
#include <limits>

namespace sepflow {

namespace {

// Nanoseconds, fitted as those of method.cpp: of a result, of a sample that is transformed, and what a sample costs more in a block
// of 2^16 than in a small one, which the caches hold.
constexpr double kResult = 4.3, kSample = 3.9, kSampleOfLarge = 1.5;

}  // namespace

double block_cost(const Kernel &kernel, const BlockSize &block) {
    const double samples = static_cast<double>(block.nx) * block.ny;
    const double results = (block.nx - static_cast<double>(kernel.columns) + 1) *
                           (block.ny - static_cast<double>(kernel.rows) + 1);
    return kResult + samples / results * (kSample + kSampleOfLarge * samples / 65536);
}

BlockSize best_block(const Kernel &kernel) {
    BlockSize best = {0, 0};
    // Of larger kernels, a quarter of the largest block would be results, or less.
    constexpr size_t kLongest = kLargestBlock * 3 / 4;
    if (kernel.columns > kLongest || kernel.rows > kLongest) return best;
    double least = std::numeric_limits<double>::infinity();
    for (int nx = kLeastBlock; nx <= kLargestBlock; nx *= 2) {
        for (int ny = kLeastBlock; ny <= kLargestBlock; ny *= 2) {
            if (static_cast<size_t>(nx) < kernel.columns || static_cast<size_t>(ny) < kernel.rows)
                continue;
            const double cost = block_cost(kernel, {nx, ny});
            if (cost < least) {
                least = cost;
                best = {nx, ny};
            }
        }
    }
    return best;
}

Transforms make_transforms(const Kernel &kernel, const PassSet &passes) {
    const BlockSize size = best_block(kernel);
    std::vector<double> block(static_cast<size_t>(size.nx) * static_cast<size_t>(size.ny));
    for (size_t y = 0; y < kernel.rows; ++y) {
        std::copy_n(kernel.taps.data() + y * kernel.columns, kernel.columns,
                    block.data() + y * static_cast<size_t>(size.nx));
    }
    return {size.nx, size.ny, size.nx - static_cast<int64_t>(kernel.columns) + 1,
            size.ny - static_cast<int64_t>(kernel.rows) + 1,
            std::make_shared<const BlockConvolver>(passes.name, size.nx, size.ny, block.data())};
}

}  // namespace sepflow
