// Properties that hold for all numbers: regions, threads, linearity, constants, exact integers.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <sys/mman.h>
#include <thread>
#include <vector>

#include <sepflow/sepflow.h>

#include "tests/oracle/case.h"

using namespace oracle;

namespace {

sepflow_plan *plan_of(const char *text, sepflow_type type, int channels = 1,
                      int border = SEPFLOW_BORDER_REFLECT101,
                      int schedule = SEPFLOW_SCHEDULE_AUTO) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = type;
    options.channels = channels;
    options.border_x = options.border_y = border;
    options.schedule = schedule;
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    REQUIRE_MESSAGE(sepflow_plan_from_text(text, &options, &plan, &error) == SEPFLOW_OK,
                    error.message);
    return plan;
}

std::vector<float> random_floats(size_t count, uint64_t seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<float> range(-1, 1);
    std::vector<float> result(count);
    for (float &value : result) value = range(random);
    return result;
}

std::vector<float> apply(sepflow_plan *plan, std::vector<float> in, int64_t w, int64_t h,
                         int threads = 1) {
    std::vector<float> out(in.size());
    const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F32, w, h, 1);
    const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_F32, w, h, 1);
    REQUIRE(sepflow_apply(plan, &from, &to, nullptr, threads, nullptr) == SEPFLOW_OK);
    return out;
}

}  // namespace

TEST_CASE(
    "a region equals the crop of the whole, byte for byte, from a tile that holds just what it "
    "needs") {
    constexpr int64_t kW = 301, kH = 143;
    const int borders[] = {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_REFLECT,
                           SEPFLOW_BORDER_REPLICATE,  SEPFLOW_BORDER_WRAP,
                           SEPFLOW_BORDER_CONSTANT,   SEPFLOW_BORDER_TRUNCATE};
    std::mt19937_64 random(5);
    const auto pick = [&](int64_t low, int64_t high) {
        return std::uniform_int_distribution<int64_t>(low, high)(random);
    };
    for (const char *text :
         {"gaussian 2 1", "disc 5.5", "2x5 1 2 3 4 5 5 4 3 2 1 norm", "row 1 2 3 col 1 -1 3 2 1"}) {
        for (const int border : borders) {
            for (const int schedule : {SEPFLOW_SCHEDULE_PLAIN, SEPFLOW_SCHEDULE_TRANSPOSED}) {
                sepflow_plan *plan = plan_of(text, SEPFLOW_F32, 1, border, schedule);
                std::vector<float> in = random_floats(kW * kH, 9);
                const std::vector<float> whole = apply(plan, in, kW, kH);
                for (int i = 0; i < 25; ++i) {
                    sepflow_rect region = {pick(0, kW - 1), pick(0, kH - 1), 0, 0};
                    region.w = pick(1, i % 2 == 0          ? kW - region.x
                                       : 9 < kW - region.x ? 9
                                                           : kW - region.x);
                    region.h = pick(1, kH - region.y);
                    const sepflow_rect domain = {0, 0, kW, kH};
                    sepflow_rect needed;
                    REQUIRE(sepflow_plan_input_region(plan, &region, &domain, &needed) ==
                            SEPFLOW_OK);
                    // A copy of just the needed pixels: address sanitizer sees any other that is
                    // read.
                    std::vector<float> tile;
                    for (int64_t y = needed.y; y < needed.y + needed.h; ++y) {
                        tile.insert(tile.end(), &in[static_cast<size_t>(y * kW + needed.x)],
                                    &in[static_cast<size_t>(y * kW + needed.x)] + needed.w);
                    }
                    std::vector<float> out(static_cast<size_t>(region.w * region.h));
                    sepflow_image from =
                        sepflow_image_dense(tile.data(), SEPFLOW_F32, needed.w, needed.h, 1);
                    from.bounds = needed;
                    from.domain = domain;
                    sepflow_image to =
                        sepflow_image_dense(out.data(), SEPFLOW_F32, region.w, region.h, 1);
                    to.bounds = region;
                    to.domain = domain;
                    REQUIRE(sepflow_apply(plan, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
                    int64_t different = 0;
                    for (int64_t y = 0; y < region.h; ++y) {
                        different +=
                            std::memcmp(&out[static_cast<size_t>(y * region.w)],
                                        &whole[static_cast<size_t>((region.y + y) * kW + region.x)],
                                        static_cast<size_t>(region.w) * sizeof(float)) != 0;
                    }
                    REQUIRE_MESSAGE(different == 0, std::string(text), " border ", border,
                                    " schedule ", schedule, " region ", region.x, ",", region.y,
                                    " ", region.w, "x", region.h);
                }
                sepflow_plan_free(plan);
            }
        }
    }
}

TEST_CASE("any number of threads gives the same bytes") {
    sepflow_plan *plan = plan_of("disc 4", SEPFLOW_F32);
    const std::vector<float> in = random_floats(997 * 613, 3);
    const std::vector<float> serial = apply(plan, in, 997, 613, 1);
    for (const int threads : {0, 2, 3, 8, 16}) CHECK(apply(plan, in, 997, 613, threads) == serial);
    sepflow_plan_free(plan);
}

TEST_CASE("one plan serves many threads at once") {
    sepflow_plan *plan = plan_of("gaussian 3", SEPFLOW_F32);
    const std::vector<float> in = random_floats(200 * 150, 4);
    const std::vector<float> wanted = apply(plan, in, 200, 150);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        sepflow_plan_retain(plan);
        threads.emplace_back([&] {
            for (int k = 0; k < 5; ++k) {
                std::vector<float> copy = in, out(in.size());
                const sepflow_image from =
                    sepflow_image_dense(copy.data(), SEPFLOW_F32, 200, 150, 1);
                const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_F32, 200, 150, 1);
                if (sepflow_apply(plan, &from, &to, nullptr, 1 + k % 3, nullptr) != SEPFLOW_OK ||
                    out != wanted)
                    ++wrong;
            }
            sepflow_plan_free(plan);
        });
    }
    sepflow_plan_free(plan);
    for (std::thread &thread : threads) thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("an impulse shows the kernel, turned round by correlation") {
    const double taps[] = {1, 2, 3, 4, 5, 6};
    for (const bool convolve : {false, true}) {
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = SEPFLOW_F64;
        options.flags = convolve ? SEPFLOW_OPTION_CONVOLVE : 0;
        sepflow_plan *plan = nullptr;
        REQUIRE(sepflow_plan_create(taps, 2, 3, 3, &options, &plan, nullptr) == SEPFLOW_OK);
        std::vector<double> in(9 * 7), out(9 * 7);
        in[3 * 9 + 4] = 1;
        const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F64, 9, 7, 1);
        const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_F64, 9, 7, 1);
        REQUIRE(sepflow_apply(plan, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
        for (int64_t j = 0; j < 2; ++j) {
            for (int64_t i = 0; i < 3; ++i) {
                const int64_t x = convolve ? 4 + i - 1 : 4 - i + 1,
                              y = convolve ? 3 + j - 1 : 3 - j + 1;
                CHECK(out[static_cast<size_t>(y * 9 + x)] ==
                      doctest::Approx(taps[j * 3 + i]).epsilon(1e-13));
            }
        }
        sepflow_plan_free(plan);
    }
}

TEST_CASE("a constant image stays constant when the taps sum to one") {
    for (const char *text :
         {"gaussian 0.8", "gaussian 3", "box 9 4", "disc 7.5", "binomial 6", "motion 9 30"}) {
        for (const int schedule : {SEPFLOW_SCHEDULE_PLAIN, SEPFLOW_SCHEDULE_TRANSPOSED}) {
            INFO(std::string(text));
            sepflow_plan *bytes = plan_of(text, SEPFLOW_U8, 1, SEPFLOW_BORDER_TRUNCATE, schedule);
            sepflow_plan *words = plan_of(text, SEPFLOW_U16, 1, SEPFLOW_BORDER_REFLECT, schedule);
            sepflow_plan *floats = plan_of(text, SEPFLOW_F32, 1, SEPFLOW_BORDER_WRAP, schedule);
            for (const int level : {0, 1, 77, 128, 254, 255}) {
                std::vector<uint8_t> in(67 * 41, static_cast<uint8_t>(level)), out(in.size());
                const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_U8, 67, 41, 1);
                const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_U8, 67, 41, 1);
                REQUIRE(sepflow_apply(bytes, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
                CHECK(in == out);
                std::vector<uint16_t> in16(67 * 41, static_cast<uint16_t>(level * 257)),
                    out16(in16.size());
                const sepflow_image from16 =
                    sepflow_image_dense(in16.data(), SEPFLOW_U16, 67, 41, 1);
                const sepflow_image to16 =
                    sepflow_image_dense(out16.data(), SEPFLOW_U16, 67, 41, 1);
                REQUIRE(sepflow_apply(words, &from16, &to16, nullptr, 1, nullptr) == SEPFLOW_OK);
                CHECK(in16 == out16);
                for (const float value :
                     apply(floats, std::vector<float>(67 * 41, level / 255.0f), 67, 41)) {
                    CHECK(value == doctest::Approx(level / 255.0).epsilon(3e-6));
                }
            }
            sepflow_plan_free(bytes);
            sepflow_plan_free(words);
            sepflow_plan_free(floats);
        }
    }
}

TEST_CASE("filtering is linear, and transposing kernel and image transposes the result") {
    std::mt19937_64 random(8);
    const Kernel kernel = random_kernel(5, 8, 3, random);
    Kernel transposed{8, 5, std::vector<double>(40)};
    for (int64_t j = 0; j < 5; ++j) {
        for (int64_t i = 0; i < 8; ++i)
            transposed.taps[static_cast<size_t>(i * 5 + j)] = kernel.at(j, i);
    }
    const auto run = [](const Kernel &k, std::vector<double> in, int64_t w, int64_t h) {
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = SEPFLOW_F64;
        sepflow_plan *plan = nullptr;
        REQUIRE(sepflow_plan_create(k.taps.data(), k.rows, k.columns, k.columns, &options, &plan,
                                    nullptr) == SEPFLOW_OK);
        std::vector<double> out(in.size());
        const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F64, w, h, 1);
        const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_F64, w, h, 1);
        REQUIRE(sepflow_apply(plan, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
        sepflow_plan_free(plan);
        return out;
    };
    const int64_t w = 33, h = 21;
    const Image a = random_image(w, h, 1, SEPFLOW_F64, random),
                b = random_image(w, h, 1, SEPFLOW_F64, random);
    std::vector<double> mixed(a.samples.size()), turned(a.samples.size());
    for (size_t i = 0; i < mixed.size(); ++i) mixed[i] = 2 * a.samples[i] - 3 * b.samples[i];
    const auto fa = run(kernel, a.samples, w, h), fb = run(kernel, b.samples, w, h),
               fm = run(kernel, mixed, w, h);
    for (int64_t y = 0; y < h; ++y) {
        for (int64_t x = 0; x < w; ++x)
            turned[static_cast<size_t>(x * h + y)] = a.samples[static_cast<size_t>(y * w + x)];
    }
    const auto ft = run(transposed, turned, h, w);
    double worst = 0;
    for (int64_t y = 0; y < h; ++y) {
        for (int64_t x = 0; x < w; ++x) {
            const auto i = static_cast<size_t>(y * w + x), t = static_cast<size_t>(x * h + y);
            worst = std::max(
                {worst, std::fabs(fm[i] - (2 * fa[i] - 3 * fb[i])), std::fabs(ft[t] - fa[i])});
        }
    }
    CHECK(worst < 1e-13);
}

TEST_CASE("the certificate holds for the image that is worst for it") {
    // Sign of the remainder at every tap: the largest output error that the bound allows for.
    for (const char *text : {"disc 6", "motion 11 25", "gabor 3 6 30"}) {
        for (const int rank : {1, 2, 3}) {
            sepflow_options options = {};
            options.struct_size = sizeof options;
            options.in_type = SEPFLOW_F64;
            sepflow_plan *exact = nullptr, *cut = nullptr;
            REQUIRE(sepflow_plan_from_text(text, &options, &exact, nullptr) == SEPFLOW_OK);
            options.rank = rank;
            REQUIRE(sepflow_plan_from_text(text, &options, &cut, nullptr) == SEPFLOW_OK);
            sepflow_plan_description d = {};
            d.struct_size = sizeof d;
            sepflow_plan_describe(cut, &d);
            std::vector<double> image(static_cast<size_t>(d.rows * d.columns));
            for (int64_t j = 0; j < d.rows; ++j) {
                for (int64_t i = 0; i < d.columns; ++i) {
                    double sum = 0;
                    for (int32_t t = 0; t < d.rank; ++t)
                        sum += d.column_taps[t * d.rows + j] * d.row_taps[t * d.columns + i];
                    const auto at = static_cast<size_t>(j * d.columns + i);
                    image[at] = d.taps[at] >= sum ? 1 : -1;
                }
            }
            const auto middle = [&](sepflow_plan *plan) {
                std::vector<double> in = image, out(image.size());
                const sepflow_image from =
                    sepflow_image_dense(in.data(), SEPFLOW_F64, d.columns, d.rows, 1);
                const sepflow_image to =
                    sepflow_image_dense(out.data(), SEPFLOW_F64, d.columns, d.rows, 1);
                REQUIRE(sepflow_apply(plan, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
                return out[static_cast<size_t>(d.anchor_y * d.columns + d.anchor_x)];
            };
            const double seen = std::fabs(middle(cut) - middle(exact));
            INFO(std::string(text));
            CAPTURE(rank);
            CHECK(seen <= d.error_bound);
            if (d.remainder_norm_1 > 1e-9) CHECK(seen >= 0.99 * d.remainder_norm_1);
            sepflow_plan_free(exact);
            sepflow_plan_free(cut);
        }
    }
}

TEST_CASE("images over two gigabytes are addressed rightly, tall and wide") {
    struct Size {
        int64_t w, h;
    };
    for (const Size size : {Size{70000, 40000}, Size{3000000000, 1}}) {
        const auto bytes = static_cast<size_t>(size.w * size.h);
        void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        REQUIRE(memory != MAP_FAILED);
        auto *pixels = static_cast<uint8_t *>(memory);
        pixels[bytes - 1] = 200;
        sepflow_plan *plan =
            plan_of("row 1 2 1 col 1 2 1 norm", SEPFLOW_U8, 1, SEPFLOW_BORDER_REPLICATE);
        const sepflow_rect corner = {size.w - 8, size.h > 8 ? size.h - 8 : 0, 8,
                                     size.h > 8 ? 8 : 1};
        std::vector<uint8_t> out(64);
        const sepflow_image from = sepflow_image_dense(memory, SEPFLOW_U8, size.w, size.h, 1);
        sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_U8, corner.w, corner.h, 1);
        to.bounds = corner;
        to.domain = from.bounds;
        REQUIRE(sepflow_apply(plan, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
        // Replicated, the corner pixel weighs 3/4 in each axis; in one row, 3/4 in all.
        CHECK(out[static_cast<size_t>(corner.w * corner.h - 1)] == (size.h > 1 ? 112 : 150));
        CHECK(out[0] == 0);
        sepflow_plan_free(plan);
        munmap(memory, bytes);
    }
}
