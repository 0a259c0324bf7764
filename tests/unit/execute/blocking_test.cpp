#include "runtime/execute/pass_pairs/blocking.h"

#include <doctest/doctest.h>

#include "runtime/execute/pass_pairs/tile.h"
#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

Plan separable(const std::string &kernel, sepflow_type type, int32_t channels) {
    sepflow_options options = plans::given(type, type);
    options.method = SEPFLOW_METHOD_SEPARABLE;
    options.channels = channels;
    return plans::plan_of(kernel, options);
}

template <typename Use>
void each_blocking(Use use) {
    for (const char *const kernel : {"box 3", "gaussian 3", "disc 12", "box 200 3", "box 3 200"}) {
        for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_F32, SEPFLOW_F64}) {
            for (const int32_t channels : {1, 3, 64}) {
                CAPTURE(kernel);
                CAPTURE(type);
                CAPTURE(channels);
                const Plan plan = separable(kernel, type, channels);
                const Job job = {plan, std::get<PassPairs>(plan.way)};
                use(job, channels, make_blocking(job, channels, true));
                if (job.pairs.image_column_pass != nullptr)
                    use(job, channels, make_blocking(job, channels, false));
            }
        }
    }
}

}  // namespace

TEST_CASE("bands are whole strips, and chunks and tiles hold pixels") {
    each_blocking([](const Job &, int32_t, const Blocking &b) {
        CHECK(b.band_rows % b.strip_rows == 0);
        CHECK(b.strip_rows % b.block_rows == 0);
        CHECK(b.chunk >= 1);
        CHECK(b.tile_w >= 1);
        CHECK(b.tile_h >= 1);
        CHECK(b.tile_h <= (b.staged ? b.band_rows : kMostPassRows));
    });
}

TEST_CASE("a tile that reads the image is no smaller than a register tile") {
    each_blocking([](const Job &, int32_t step, const Blocking &b) {
        if (b.staged) return;
        const Least least = least_tile(b, step);
        CHECK(least.w * step >= b.block_columns);
        CHECK(b.tile_w >= least.w);
        CHECK(b.tile_h >= least.h);
    });
}

TEST_CASE("a small area has tiles no larger than itself") {
    each_blocking([](const Job &, int32_t, const Blocking &b) {
        const Blocking small = fitted(b, 5, 3);
        CHECK(small.tile_w <= 5);
        CHECK(small.tile_h <= 3);
        CHECK(small.band_rows <= b.band_rows);
        CHECK(small.band_rows % small.strip_rows == 0);
    });
}

// 1 MiB is a second-level cache; a chunk and a band are smaller, unless the kernel alone is not.
TEST_CASE("the memory of a tile of a short filter stays within a second-level cache") {
    for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_F32}) {
        const Plan plan = separable("gaussian 2", type, 1);
        const Job job = {plan, std::get<PassPairs>(plan.way)};
        CHECK(tile_scratch_bytes(job, 1, make_blocking(job, 1, true)) < (1 << 20));
        CHECK(tile_scratch_bytes(job, 1, make_blocking(job, 1, false)) < (1 << 19));
    }
}
