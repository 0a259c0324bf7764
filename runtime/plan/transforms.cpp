#include "runtime/plan/transforms.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "runtime/factor/certificate.h"
#include "runtime/plan/budget.h"
#include "runtime/plan/cost_model.h"

namespace sepflow {

namespace {

struct BlockSize {
    int nx, ny;
};

double block_cost(const Kernel &kernel, const BlockSize &block) {
    const double samples = static_cast<double>(block.nx) * block.ny;
    const double results = (block.nx - static_cast<double>(kernel.columns) + 1) *
                           (block.ny - static_cast<double>(kernel.rows) + 1);
    return kResult + samples / results * (kSample + kSampleOfLarge * samples / 65536);
}

// The size of the cheapest block, and its cost; nx = 0 if the kernel is too large for any.
std::pair<BlockSize, double> best_block(const Kernel &kernel) {
    BlockSize best = {0, 0};
    double least = std::numeric_limits<double>::infinity();
    // For larger kernels, a quarter of the largest block would be results, or less.
    constexpr size_t kLongest = kLargestBlock * 3 / 4;
    if (kernel.columns > kLongest || kernel.rows > kLongest) return {best, least};
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
    return {best, least};
}

}  // namespace

Transforms make_transforms(const Request &request) {
    const Kernel &kernel = request.kernel;
    const BlockSize size = best_block(kernel).first;
    std::vector<double> block(static_cast<size_t>(size.nx) * static_cast<size_t>(size.ny));
    for (size_t y = 0; y < kernel.rows; ++y) {
        std::copy_n(kernel.taps.data() + y * kernel.columns, kernel.columns,
                    block.data() + y * static_cast<size_t>(size.nx));
    }
    Transforms transforms;
    transforms.direct = make_direct_sum(request, Precision::kDouble);
    transforms.variant = request.options.passes->name;
    transforms.nx = size.nx;
    transforms.ny = size.ny;
    transforms.results_w = size.nx - static_cast<int64_t>(kernel.columns) + 1;
    transforms.results_h = size.ny - static_cast<int64_t>(kernel.rows) + 1;
    transforms.convolver =
        std::make_shared<const BlockConvolver>(transforms.variant, size.nx, size.ny, block.data());
    return transforms;
}

Bounds transforms_bounds(const Request &request, double kernel_norm_1) {
    constexpr auto precision = Precision::kDouble;
    const BlockSize block = best_block(request.kernel).first;
    const Certificate sums = certify_transforms(request.kernel, int64_t{block.nx} * block.ny,
                                                summation_of(request.options, precision).delta);
    return make_bounds(request, precision, kernel_norm_1, sums, std::nullopt, [&] {
        Running running = running_taps(request.kernel, precision);
        // A transform's rounding depends on the whole block.
        running.rounding = std::numeric_limits<long double>::infinity();
        return running;
    });
}

double transforms_cost(const Kernel &kernel) {
    return best_block(kernel).second;
}

}  // namespace sepflow
