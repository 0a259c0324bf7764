// Which pixels a plan's output has and which its input must bring.
#include <algorithm>

#include "runtime/base/image.h"
#include "runtime/plan/plan.h"

namespace sepflow {

namespace {

struct Interval {
    int64_t first, last;  // last is included
};

// Returns the indices within 0 .. size-1 that a border rule fetches for `needed`.
Interval fetched(Interval needed, int64_t size, int32_t border) {
    const Interval inside = {std::max<int64_t>(needed.first, 0), std::min(needed.last, size - 1)};
    const bool leaves = needed.first < 0 || needed.last >= size;
    if (!leaves) return inside;
    switch (border) {
        case SEPFLOW_BORDER_WRAP:
            return {0, size - 1};
        case SEPFLOW_BORDER_REPLICATE:
            return {std::clamp<int64_t>(needed.first, 0, size - 1),
                    std::clamp<int64_t>(needed.last, 0, size - 1)};
        case SEPFLOW_BORDER_REFLECT:
        case SEPFLOW_BORDER_REFLECT101: {
            // Beyond the first edge -1 -> 0 or 1, beyond the last size -> size-1 or size-2.
            const int64_t repeated = border == SEPFLOW_BORDER_REFLECT ? 1 : 0;
            Interval result = inside;
            if (needed.first < 0) {
                result.last = std::max(result.last, -needed.first - repeated);
                result.first =
                    std::min<int64_t>(result.first, needed.last < 0 ? -needed.last - repeated : 0);
            }
            if (needed.last >= size) {
                const int64_t mirror = 2 * (size - 1) + repeated;
                result.first = std::min(result.first, mirror - needed.last);
                result.last =
                    std::max(result.last, needed.first >= size ? mirror - needed.first : size - 1);
            }
            // Reflected more than once: take all.
            if (result.first < 0 || result.last >= size) return {0, size - 1};
            return result;
        }
        default:  // constant, truncate: nothing is fetched
            return inside;
    }
}

void clip(int64_t first, int64_t count, int64_t domain_first, int64_t domain_count, int32_t border,
          int64_t *result_first, int64_t *result_count) {
    const Interval got =
        fetched({first - domain_first, first - domain_first + count - 1}, domain_count, border);
    *result_first = domain_first + got.first;
    *result_count = std::max<int64_t>(got.last - got.first + 1, 0);
}

}  // namespace

sepflow_rect output_domain(const Plan &plan, const sepflow_rect &in) {
    check_sane(in, "domain");
    const Halo &halo = plan.request.halo;
    sepflow_rect out = in;
    if (plan.request.options.extent == SEPFLOW_EXTENT_VALID) {
        out = {in.x + halo.left, in.y + halo.top, in.w - halo.left - halo.right,
               in.h - halo.top - halo.bottom};
    } else if (plan.request.options.extent == SEPFLOW_EXTENT_FULL && in.w > 0 && in.h > 0) {
        out = {in.x - halo.right, in.y - halo.bottom, in.w + halo.left + halo.right,
               in.h + halo.top + halo.bottom};
    }
    out.w = std::max<int64_t>(out.w, 0);
    out.h = std::max<int64_t>(out.h, 0);
    return out;
}

sepflow_rect whole_blocks(const Transforms &transforms, const sepflow_rect &out,
                          const sepflow_rect &domain) {
    const auto grow = [](int64_t origin, int64_t size, int64_t &first, int64_t &count) {
        const auto below = [&](int64_t i) { return i >= 0 ? i / size : -((size - 1 - i) / size); };
        const int64_t begin = below(first - origin), end = -below(origin - first - count);
        first = origin + begin * size;
        count = (end - begin) * size;
    };
    sepflow_rect blocks = out;
    grow(domain.x, transforms.results_w, blocks.x, blocks.w);
    grow(domain.y, 2 * transforms.results_h, blocks.y, blocks.h);
    return blocks;
}

sepflow_rect input_region(const Plan &plan, const sepflow_rect &region,
                          const sepflow_rect &domain) {
    check_sane(region, "region");
    check_sane(domain, "domain");
    sepflow_rect in = {domain.x, domain.y, 0, 0};
    if (is_empty(region) || is_empty(domain)) return in;
    const auto *transforms = std::get_if<Transforms>(&plan.way);
    const sepflow_rect out =
        transforms != nullptr ? whole_blocks(*transforms, region, domain) : region;
    const Halo &halo = plan.request.halo;
    clip(out.x - halo.left, out.w + halo.left + halo.right, domain.x, domain.w,
         plan.request.options.border_x, &in.x, &in.w);
    clip(out.y - halo.top, out.h + halo.top + halo.bottom, domain.y, domain.h,
         plan.request.options.border_y, &in.y, &in.h);
    if (is_empty(in)) in.w = in.h = 0;
    return in;
}

}  // namespace sepflow
