// Numbers at the ends of their range: what is not finite, denormals, taps from 1e-300 to 1e300.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <vector>

#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"
#include "tests/oracle/ways.h"

using namespace oracle;

namespace {

constexpr int kBorders[] = {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_REFLECT,
                            SEPFLOW_BORDER_REPLICATE,  SEPFLOW_BORDER_WRAP,
                            SEPFLOW_BORDER_CONSTANT,   SEPFLOW_BORDER_TRUNCATE};

Image filtered(const PlanPointer &plan, const Image &image, sepflow_type type) {
    Pixels in(type, image.w, image.h, image.channels, Layout::kInterleaved),
        out(type, image.w, image.h, image.channels, Layout::kInterleaved);
    in.write(image);
    apply(plan, in.image(), out.image());
    REQUIRE(out.canaries_intact());
    return out.read();
}

}  // namespace

TEST_CASE("a NaN becomes the least of integers, by every method and at every border") {
    Image image(23, 17, 1);
    std::fill(image.samples.begin(), image.samples.end(), std::nan(""));
    for (const sepflow_type in : {SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64}) {
        Pixels from(in, 23, 17, 1, Layout::kInterleaved);
        from.write(image);
        for (const sepflow_type out : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16}) {
            for (const Way &way : kWays) {
                for (const int border : kBorders) {
                    sepflow_options options = options_of(in, way, border);
                    options.out_type = out;
                    Pixels to(out, 23, 17, 1, Layout::kInterleaved);
                    apply(plan_of(uneven_kernel(4, 7), options), from.image(), to.image());
                    const std::vector<double> got = to.read().samples;
                    const double least = out == SEPFLOW_S16 ? -32768 : 0;
                    INFO("types ", in, " ", out, " method ", way.method, " schedule ", way.schedule,
                         " border ", border);
                    CHECK(std::count(got.begin(), got.end(), least) == 23 * 17);
                }
            }
        }
    }
}

TEST_CASE("denormals are kept, on every path") {
    // Their sums with small integers are exact.
    constexpr int64_t kW = 61, kH = 37;
    const Kernel kernel{3, 5, {1, 2, 3, 2, 1, 2, 4, 6, 4, 2, 3, 6, 9, 6, 3}};
    struct Row {
        sepflow_type type;
        int least;
    };
    for (const Row &row :
         {Row{SEPFLOW_F16, -24}, Row{SEPFLOW_F32, -149}, Row{SEPFLOW_F64, -1074}}) {
        Image image(kW, kH, 1);
        for (size_t i = 0; i < image.samples.size(); ++i)
            image.samples[i] = std::ldexp(static_cast<double>(i * 7 % 15) - 7, row.least);
        for (const char *variant : variants()) {
            for (const Way &way : kWays) {
                sepflow_options options = options_of(row.type, way, SEPFLOW_BORDER_REPLICATE);
                options.variant = variant;
                const Image got = filtered(plan_of(kernel, options), image, row.type);
                INFO("type ", row.type, " method ", way.method, " schedule ", way.schedule, " ",
                     std::string(variant));
                // Transforms have roundings of their own, here of some of the least numbers there
                // are.
                const bool rounds = way.method == SEPFLOW_METHOD_FFT && row.type == SEPFLOW_F64;
                const double may = rounds ? std::ldexp(200, row.least) : 0;
                double worst = 0;
                for (int64_t y = 0; y < kH; ++y) {
                    for (int64_t x = 0; x < kW; ++x) {
                        const double exact =
                            convolve(image, kernel, oracle_options(SEPFLOW_BORDER_REPLICATE), x, y,
                                     0)
                                .value;
                        worst = std::max(worst, std::fabs(got.at(x, y, 0) - exact));
                    }
                }
                CHECK(worst <= may);
            }
        }
    }
}

TEST_CASE(
    "taps of any size are factored alike: scaled by a power of two, so are factors and results") {
    std::mt19937_64 random(8);
    const Image image = random_image(17, 13, 1, SEPFLOW_F64, random);
    for (const int64_t rank : {1, 2, 3}) {
        const Kernel kernel = random_kernel(5, 8, rank, random);
        const Way way = {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_SCHEDULE_AUTO};
        const sepflow_options options = options_of(SEPFLOW_F64, way, SEPFLOW_BORDER_WRAP);
        const PlanPointer plain = plan_of(kernel, options);
        const Image expected = filtered(plain, image, SEPFLOW_F64);
        for (const int exponent : {-996, -530, -100, 100, 530, 996}) {  // 1e-300 .. 1e300
            Kernel scaled = kernel;
            for (double &tap : scaled.taps) tap = std::ldexp(tap, exponent);
            const PlanPointer plan = plan_of(scaled, options);
            const sepflow_plan_description d = described(plan);
            INFO("rank ", rank, " exponent ", exponent);
            CHECK(d.rank == described(plain).rank);
            CHECK(d.remainder_norm_1 <= 1e-13 * d.kernel_norm_1);
            const Image got = filtered(plan, image, SEPFLOW_F64);
            double worst = 0, largest = 0;
            for (size_t i = 0; i < got.samples.size(); ++i) {
                const double back = std::ldexp(got.samples[i], -exponent);
                worst = std::max(worst, std::fabs(back - expected.samples[i]));
                largest = std::max(largest, std::fabs(expected.samples[i]));
            }
            CHECK(worst <= 1e-14 * largest);
        }
    }
}

TEST_CASE("filters of which one is tiny and one is huge") {
    const std::vector<double> column = {1e-300, -3e-300, 2e-300}, row = {1e300, 5e299};
    std::mt19937_64 random(9);
    for (const sepflow_type type : {SEPFLOW_F32, SEPFLOW_F64, SEPFLOW_U8}) {
        INFO("type ", type);
        sepflow_options options = oracle::options_of(type);
        options.method = SEPFLOW_METHOD_SEPARABLE;
        sepflow_plan *made = nullptr;
        sepflow_error error = {};
        error.struct_size = sizeof error;
        const sepflow_status status =
            sepflow_plan_from_vectors(column.data(), 3, row.data(), 2, &options, &made, &error);
        REQUIRE_MESSAGE(status == SEPFLOW_OK, error.message);
        const PlanPointer plan(made);
        const Kernel kernel{3, 2, {1, 0.5, -3, -1.5, 2, 1}};
        const Image image = random_image(13, 9, 1, type, random);
        const Image got = filtered(plan, image, type);
        for (int64_t i = 0; i < 13 * 9; ++i) {
            const double exact = convolve(image, kernel, Options(), i % 13, i / 13, 0).value;
            const double may = described(plan).output_error_bound + unit(exact, type);
            CHECK(std::fabs(got.samples[static_cast<size_t>(i)] - to_type(exact, type)) <= may);
        }
    }
}

TEST_CASE("a scale far from 1 costs filters that are given no precision") {
    struct Row {
        double column, row, scale;
    };
    // Each alone, times the scale, would be a denormal, or nothing.
    for (const Row &r : {Row{0x1p1000, 0x1p-1000, 0x1p-60}, Row{0x1p50, 0x1p-40, 0x1p-1000},
                         Row{0x1p-1000, 0x1p1000, 0x1p-50}, Row{0x1p-40, 0x1p50, 0x1p1000}}) {
        const double column[] = {r.column / 3, -r.column, r.column / 7}, row[] = {r.row, r.row / 5};
        sepflow_options options = oracle::options_of(SEPFLOW_F64);
        options.method = SEPFLOW_METHOD_SEPARABLE;
        options.scale = r.scale;
        sepflow_plan *made = nullptr;
        REQUIRE(sepflow_plan_from_vectors(column, 3, row, 2, &options, &made, nullptr) ==
                SEPFLOW_OK);
        const PlanPointer plan(made);
        std::mt19937_64 random(14);
        const Image image = random_image(9, 7, 1, SEPFLOW_F64, random);
        const Kernel kernel{3, 2, {1.0 / 3, 1.0 / 15, -1, -0.2, 1.0 / 7, 1.0 / 35}};
        const Image got = filtered(plan, image, SEPFLOW_F64);
        const double unit = r.column * r.row * r.scale;
        INFO("scale ", r.scale);
        for (int64_t i = 0; i < 9 * 7; ++i) {
            const double exact = convolve(image, kernel, Options(), i % 9, i / 9, 0).value;
            CHECK(std::fabs(got.samples[static_cast<size_t>(i)] / unit - exact) <= 1e-15);
        }
    }
}

TEST_CASE("a border and missing pixels at both ends of the numbers leave the bound a number") {
    sepflow_options options = oracle::options_of(SEPFLOW_F64);
    options.border_x = options.border_y = SEPFLOW_BORDER_CONSTANT;
    options.border_value = 1.7e308;
    options.missing = SEPFLOW_MISSING_FILL;
    options.missing_value = -1.7e308;
    const PlanPointer plan = plan_of({2, 3, {0.25, 0, 0.25, 0, 0.5, 0}}, options);
    CHECK(described(plan).output_error_bound < 1e294);
}

TEST_CASE("taps from the least to the largest number in one kernel") {
    const Kernel kernel{2, 3, {1e300, 1, 1e-300, -1e-300, 5e-324, 2e300}};
    const PlanPointer plan = plan_of(kernel, oracle::options_of(SEPFLOW_F64));
    const sepflow_plan_description d = described(plan);
    CHECK(d.kernel_norm_1 == 3e300);
    CHECK(d.remainder_norm_1 <= 1e-13 * d.kernel_norm_1);
    Image image(7, 5, 1);
    image.at(3, 2, 0) = 0.5;
    const Image got = filtered(plan, image, SEPFLOW_F64);
    CHECK(got.at(4, 3, 0) == 0.5e300);
    // f32 cannot hold them, and says so.
    sepflow_plan *none = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_options single = oracle::options_of(SEPFLOW_F32);
    CHECK(sepflow_plan_create(kernel.taps.data(), 2, 3, 3, &single, &none, &error) ==
          SEPFLOW_E_PARAM);
    CHECK(std::string(error.message).find("too large") != std::string::npos);
}
