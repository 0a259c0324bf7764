#include <algorithm>
#include <doctest/doctest.h>

#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

// The index within 0 .. size-1 that stands for i, or -1.
int64_t fetched(int64_t i, int64_t size, int32_t border) {
    while (i < 0 || i >= size) {
        switch (border) {
            case SEPFLOW_BORDER_REPLICATE:
                i = i < 0 ? 0 : size - 1;
                break;
            case SEPFLOW_BORDER_WRAP:
                i += i < 0 ? size : -size;
                break;
            case SEPFLOW_BORDER_REFLECT:
                i = i < 0 ? -1 - i : 2 * size - 1 - i;
                break;
            case SEPFLOW_BORDER_REFLECT101:
                if (size == 1) return 0;
                i = i < 0 ? -i : 2 * size - 2 - i;
                break;
            default:
                return -1;
        }
    }
    return i;
}

struct Interval {
    int64_t first = INT64_MAX, last = INT64_MIN;
    bool is_empty() const { return first > last; }
};

Interval read(int64_t first, int64_t count, int64_t before, int64_t after, int64_t size,
              int32_t border) {
    Interval all;
    for (int64_t i = first - before; i < first + count + after; ++i) {
        const int64_t source = fetched(i, size, border);
        if (source < 0) continue;
        all.first = std::min(all.first, source);
        all.last = std::max(all.last, source);
    }
    return all;
}

}  // namespace

TEST_CASE("an input region holds every pixel that the border rule fetches") {
    for (int32_t border = 0; border <= SEPFLOW_BORDER_TRUNCATE; ++border) {
        sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
        options.method = SEPFLOW_METHOD_SEPARABLE;
        options.border_x = border;
        options.border_y = (border + 2) % (SEPFLOW_BORDER_TRUNCATE + 1);
        const Plan plan = plans::plan_of("gaussian 1", options);  // reaches 4 pixels
        const Halo &halo = plan.request.halo;
        for (const int64_t w : {1, 2, 7, 23}) {
            for (const int64_t x : {int64_t{0}, w / 2, w - 1}) {
                const sepflow_rect domain = {-3, 5, w, w + 2};
                const sepflow_rect out = {domain.x + x, domain.y + x + 1,
                                          std::min<int64_t>(w - x, 3), 1};
                CAPTURE(border);
                CAPTURE(w);
                CAPTURE(x);
                const sepflow_rect in = input_region(plan, out, domain);
                const Interval across =
                    read(x, out.w, halo.left, halo.right, domain.w, options.border_x);
                const Interval down =
                    read(x + 1, 1, halo.top, halo.bottom, domain.h, options.border_y);
                REQUIRE_FALSE(across.is_empty());
                CHECK(in.x <= domain.x + across.first);
                CHECK(in.x + in.w > domain.x + across.last);
                CHECK(in.y <= domain.y + down.first);
                CHECK(in.y + in.h > domain.y + down.last);
                CHECK(in.x >= domain.x);
                CHECK(in.x + in.w <= domain.x + domain.w);
                CHECK(in.y >= domain.y);
                CHECK(in.y + in.h <= domain.y + domain.h);
            }
        }
    }
}

TEST_CASE("whole blocks lie on a grid that begins with the domain, two rows of them at once") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    options.method = SEPFLOW_METHOD_FFT;
    const Plan plan = plans::plan_of("disc 20", options);
    const auto &transforms = std::get<Transforms>(plan.way);
    const sepflow_rect domain = {-1000, 77, 5000, 4000};
    for (const int64_t x : {-1000, -999, 0, 2345}) {
        const sepflow_rect out = {x, 100, 3, 900};
        const sepflow_rect blocks = whole_blocks(transforms, out, domain);
        CHECK((blocks.x - domain.x) % transforms.results_w == 0);
        CHECK((blocks.y - domain.y) % (2 * transforms.results_h) == 0);
        CHECK(blocks.w % transforms.results_w == 0);
        CHECK(blocks.h % (2 * transforms.results_h) == 0);
        CHECK(blocks.x <= out.x);
        CHECK(blocks.x + transforms.results_w > out.x);
        CHECK(blocks.x + blocks.w >= out.x + out.w);
        CHECK(blocks.y <= out.y);
        CHECK(blocks.y + blocks.h >= out.y + out.h);
    }
    // Pixels before the grid's origin, as in the output of a larger extent, have blocks of their
    // own.
    const sepflow_rect before = whole_blocks(transforms, {-1001, 76, 1, 1}, domain);
    CHECK(before.x == domain.x - transforms.results_w);
    CHECK(before.y == domain.y - 2 * transforms.results_h);
}

TEST_CASE("the output's domain follows the extent") {
    sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    const sepflow_rect domain = {10, 20, 30, 40};
    const auto out = [&](int32_t extent) {
        options.extent = extent;
        return output_domain(plans::plan_of("box 5 4", options), domain);
    };
    CHECK(out(SEPFLOW_EXTENT_SAME).w == 30);
    const sepflow_rect valid = out(SEPFLOW_EXTENT_VALID), full = out(SEPFLOW_EXTENT_FULL);
    CHECK(valid.x == 12);
    CHECK(valid.y == 22);
    CHECK(valid.w == 26);
    CHECK(valid.h == 37);
    CHECK(full.x == 8);
    CHECK(full.y == 19);
    CHECK(full.w == 34);
    CHECK(full.h == 43);
}
