// The three methods: the same results from each, for every type, border, layout and extent,
// whatever the tiling.
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <vector>

#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"

using namespace oracle;

namespace {

const sepflow_type kTypes[] = {SEPFLOW_U8,  SEPFLOW_U16, SEPFLOW_S16,
                               SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};
constexpr int kBorders[] = {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_REFLECT,
                            SEPFLOW_BORDER_REPLICATE,  SEPFLOW_BORDER_WRAP,
                            SEPFLOW_BORDER_CONSTANT,   SEPFLOW_BORDER_TRUNCATE};
constexpr int kMethods[] = {SEPFLOW_METHOD_DIRECT, SEPFLOW_METHOD_FFT};

template <typename Array>
auto any_of(const Array &values, std::mt19937_64 &random) {
    return values[random() % std::size(values)];
}

// A kernel of few taps that are not zero, in no order.
Kernel sparse_kernel(int64_t rows, int64_t columns, std::mt19937_64 &random) {
    Kernel kernel = random_kernel(rows, columns, std::min(rows, columns), random);
    for (size_t i = 1; i < kernel.taps.size(); ++i) {
        if (random() % 3 != 0) kernel.taps[i] = 0;
    }
    kernel.taps[0] = 1 + std::fabs(kernel.taps[0]) * static_cast<double>(kernel.taps.size());
    return kernel;
}

std::string method_of(const std::string &kernel, sepflow_options options) {
    return described(plan_from(kernel, options)).method;
}

}  // namespace

TEST_CASE("directly and by transforms: every type, border, extent, layout and instruction set") {
    const char *share = std::getenv("SEPFLOW_TEST_SHARE");
    const uint64_t step = share != nullptr ? std::strtoull(share, nullptr, 10) : 1;
    const std::vector<const char *> all = variants();
    for (uint64_t seed = 70000; seed < 70300; seed += step) {
        std::mt19937_64 random(seed);
        const auto pick = [&](int64_t low, int64_t high) {
            return std::uniform_int_distribution<int64_t>(low, high)(random);
        };
        Case c;
        c.seed = seed;
        c.method = kMethods[seed % 2];
        c.in_type = any_of(kTypes, random);
        c.out_type = any_of(kTypes, random);
        if (c.in_type == SEPFLOW_U16 || c.in_type == SEPFLOW_S16) {
            while (c.out_type == SEPFLOW_F16) c.out_type = any_of(kTypes, random);  // overflows
        }
        c.in_layout = any_of(kLayouts, random);
        c.out_layout = any_of(kLayouts, random);
        c.options.border_x = any_of(kBorders, random);
        c.options.border_y = any_of(kBorders, random);
        c.options.border_value = static_cast<double>(pick(0, 1));
        c.options.convolve = pick(0, 1) != 0;
        c.options.delta = static_cast<double>(pick(0, 2));
        c.options.scale = seed % 5 == 0 ? -0.5 : 1;
        c.extent = static_cast<int>(pick(0, 2));
        c.variant = any_of(all, random);
        c.channels = static_cast<int>(pick(1, 4));
        c.threads = static_cast<int>(pick(1, 3));
        c.w = pick(1, 160);
        c.h = pick(1, 130);
        c.kernel = sparse_kernel(pick(1, 9), pick(1, 12), random);
        if (seed % 6 == 0) set_vectors(c, {0.25, 0.5, 0.25}, {0.125, 0.25, 0.25, 0.25, 0.125});
        if (seed % 7 == 0) c.in_type = c.out_type = SEPFLOW_U8;
        if (seed % 4 == 0) {
            c.options.anchor_x = pick(0, c.kernel.columns - 1);
            c.options.anchor_y = pick(0, c.kernel.rows - 1);
        }
        check(c);
    }
}

TEST_CASE("a pixel's bytes depend neither on the region nor on the pixels beyond what it needs") {
    for (uint64_t seed = 71000; seed < 71060; ++seed) {
        std::mt19937_64 random(seed);
        const sepflow_type type = any_of(kTypes, random);
        const int channels = static_cast<int>(1 + random() % 3);
        sepflow_options options = options_of(type, SEPFLOW_TYPE_NONE, channels);
        options.method = kMethods[seed % 2];
        options.border_x = any_of(kBorders, random);
        options.border_y = any_of(kBorders, random);
        const PlanPointer plan = plan_from("gabor 2 6 30", options);
        const int64_t w = 301, h = 211;
        const Image image = random_image(w, h, channels, type, random);
        Pixels in(type, w, h, channels, Layout::kInterleaved),
            whole(type, w, h, channels, Layout::kInterleaved);
        in.write(image);
        apply(plan, in.image(), whole.image(), nullptr, 2);
        const Image wanted = whole.read();
        for (int part = 0; part < 6; ++part) {
            const auto x = static_cast<int64_t>(random() % 290),
                       y = static_cast<int64_t>(random() % 200);
            const sepflow_rect region = {x, y, 1 + static_cast<int64_t>(random() % 70) % (w - x),
                                         1 + static_cast<int64_t>(random() % 70) % (h - y)};
            const sepflow_rect domain = {0, 0, w, h};
            sepflow_rect needed;
            REQUIRE(sepflow_plan_input_region(plan.get(), &region, &domain, &needed) == SEPFLOW_OK);
            Image cut(needed.w, needed.h, channels);
            for (int64_t j = 0; j < needed.h; ++j) {
                for (int64_t i = 0; i < needed.w; ++i) {
                    for (int c = 0; c < channels; ++c)
                        cut.at(i, j, c) = image.at(needed.x + i, needed.y + j, c);
                }
            }
            Pixels from(type, needed.w, needed.h, channels, any_of(kLayouts, random)),
                to(type, region.w, region.h, channels, any_of(kLayouts, random));
            from.write(cut);
            from.image().bounds = needed;
            from.image().domain = domain;
            to.image().bounds = region;
            apply(plan, from.image(), to.image(), &region);
            const Image got = to.read();
            for (int64_t j = 0; j < region.h; ++j) {
                for (int64_t i = 0; i < region.w; ++i) {
                    for (int c = 0; c < channels; ++c) {
                        CAPTURE(seed);
                        REQUIRE(got.at(i, j, c) == wanted.at(x + i, y + j, c));
                    }
                }
            }
        }
    }
}

TEST_CASE("integer images come out the same on every instruction set, by every method") {
    for (const int method : kMethods) {
        for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16}) {
            Case c;
            c.method = method;
            c.in_type = type;
            c.out_type = type == SEPFLOW_S16 ? SEPFLOW_F32 : type;
            c.w = 143;
            c.h = 89;
            std::mt19937_64 random(72000);
            c.kernel = random_kernel(7, 11, 7, random);
            std::vector<std::vector<double>> outs;
            for (const char *variant : variants()) {
                c.variant = variant;
                outs.push_back(check(c).out.samples);
            }
            for (const auto &out : outs) CHECK(out == outs.front());
        }
    }
}

TEST_CASE("what is not finite stays within the kernel's reach") {
    const double infinity = std::numeric_limits<double>::infinity();
    for (const int method : kMethods) {
        for (const double odd : {infinity, -infinity, std::nan(""), 1e305}) {
            sepflow_options options = options_of(SEPFLOW_F64);
            options.method = method;
            const PlanPointer plan = plan_from("3x5 1 2 3 2 1 2 5 7 5 2 1 2 3 2 9", options);
            const int64_t w = 150, h = 140;
            std::vector<double> in(static_cast<size_t>(w * h), 1.0), out(in.size());
            in[70 * 150 + 80] = odd;
            apply(plan, sepflow_image_dense(in.data(), SEPFLOW_F64, w, h, 1),
                  sepflow_image_dense(out.data(), SEPFLOW_F64, w, h, 1));
            for (int64_t y = 0; y < h; ++y) {
                for (int64_t x = 0; x < w; ++x) {
                    const double got = out[static_cast<size_t>(y * w + x)];
                    const bool reached = std::abs(x - 80) <= 1 + 1 && std::abs(y - 70) <= 1;
                    if (reached) {
                        REQUIRE(!(std::fabs(got) < 1e300));
                    } else {
                        REQUIRE(got == doctest::Approx(47).epsilon(1e-12));
                    }
                }
            }
        }
    }
}

TEST_CASE("a sum that overflows stays within the kernel's reach") {
    for (const int method : kMethods) {
        sepflow_options options = options_of(SEPFLOW_F64);
        options.method = method;
        options.scale = 1e100;
        const PlanPointer plan = plan_from("3x3 1 2 1 2 4 2 1 2 9", options);
        constexpr int64_t kW = 50, kH = 40;
        std::vector<double> in(kW * kH, 1.0), out(in.size());
        in[20 * kW + 25] = 1e250;
        apply(plan, sepflow_image_dense(in.data(), SEPFLOW_F64, kW, kH, 1),
              sepflow_image_dense(out.data(), SEPFLOW_F64, kW, kH, 1));
        INFO("method ", method);
        int wrong = 0;
        for (int64_t y = 0; y < kH; ++y) {
            for (int64_t x = 0; x < kW; ++x) {
                const double got = out[static_cast<size_t>(y * kW + x)];
                const bool reached = std::abs(x - 25) <= 1 && std::abs(y - 20) <= 1;
                wrong += reached ? std::isfinite(got) : !(std::fabs(got - 24e100) <= 1e90);
            }
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("the plan takes what is cheapest, unless a method is set") {
    sepflow_options options = options_of(SEPFLOW_F32);
    CHECK(method_of("gaussian 3", options) == "separable");
    CHECK(method_of("3x3 1 2 3 4 9 1 5 6 2", options) == "direct");
    CHECK(method_of("disc 60", options) == "fft");
    options.rank = 3;
    CHECK(method_of("3x3 1 2 3 4 9 1 5 6 2", options) == "separable");
    options.rank = 0;
    options.schedule = SEPFLOW_SCHEDULE_PLAIN;
    CHECK(method_of("3x3 1 2 3 4 9 1 5 6 2", options) == "separable");
    options.schedule = SEPFLOW_SCHEDULE_AUTO;
    options.method = SEPFLOW_METHOD_DIRECT;
    CHECK(method_of("gaussian 3", options) == "direct");
    options.method = SEPFLOW_METHOD_FFT;
    CHECK(method_of("gaussian 3", options) == "fft");
    options.method = SEPFLOW_METHOD_SEPARABLE;
    CHECK(method_of("disc 60", options) == "separable");
}

TEST_CASE("the plan says what each method would cost") {
    const PlanPointer plan = plan_from("disc 30", options_of(SEPFLOW_F32));
    const sepflow_plan_description d = described(plan);
    CHECK(d.fft_cost > 0);
    CHECK(d.fft_cost < d.separable_cost);
    CHECK(d.separable_cost < d.direct_cost);
    const PlanPointer large = plan_from("gaussian 100", options_of(SEPFLOW_F32));
    CHECK(std::isinf(described(large).fft_cost));
}

TEST_CASE("a delta far above the pixels counts for the bound of every method") {
    Image image(40, 30, 1);
    for (size_t i = 0; i < image.samples.size(); ++i) image.samples[i] = i % 3 == 0 ? 0.7 : -0.9;
    Kernel disc = {5, 5, {}};
    for (int y = -2; y <= 2; ++y) {
        for (int x = -2; x <= 2; ++x) disc.taps.push_back(x * x + y * y <= 6 ? 1. / 21 : 0);
    }
    for (const int method : {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_METHOD_DIRECT, SEPFLOW_METHOD_FFT}) {
        for (const int border : {SEPFLOW_BORDER_REPLICATE, SEPFLOW_BORDER_TRUNCATE}) {
            sepflow_options options = options_of(SEPFLOW_F64);
            options.method = method;
            options.border_x = options.border_y = border;
            options.delta = 1e9 / 3;
            const PlanPointer plan = plan_from("disc 2.5", options);
            Pixels in(SEPFLOW_F64, 40, 30, 1, Layout::kInterleaved),
                out(SEPFLOW_F64, 40, 30, 1, Layout::kInterleaved);
            in.write(image);
            apply(plan, in.image(), out.image());
            const Image got = out.read();
            Options expected;
            expected.border_x = expected.border_y = border;
            double worst = 0;
            for (int64_t y = 0; y < 30; ++y) {
                for (int64_t x = 0; x < 40; ++x) {
                    // The difference is not rounded again.
                    const double error = got.at(x, y, 0) - options.delta -
                                         convolve(image, disc, expected, x, y, 0).value;
                    worst = std::max(worst, std::fabs(error));
                }
            }
            CAPTURE(method);
            CHECK(worst > 1e-9);
            CHECK(worst <= described(plan).output_error_bound);
        }
    }
}

TEST_CASE("transforms refuse what they cannot do") {
    sepflow_options options = options_of(SEPFLOW_U8);
    options.method = SEPFLOW_METHOD_FFT;
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    CHECK(sepflow_plan_from_text("box 385 1", &options, &plan, &error) == SEPFLOW_E_PARAM);
    CHECK(std::string(error.message) == "method 'fft' takes kernels of up to 384 x 384 taps");
    options.method = 4;
    CHECK(sepflow_plan_from_text("box 3", &options, &plan, &error) == SEPFLOW_E_PARAM);
    CHECK(std::string(error.message) == "method is an unknown constant, 4");
}
