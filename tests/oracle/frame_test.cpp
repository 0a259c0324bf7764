// Where an image lies, how it lies in memory, and which part of it is asked for must not change a
// byte.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
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
constexpr int kSchedules[] = {SEPFLOW_SCHEDULE_PLAIN, SEPFLOW_SCHEDULE_TRANSPOSED};

// The rectangle `part` of `frame`-d samples, as an image of its own.
Image crop(const Image &image, const sepflow_rect &frame, const sepflow_rect &part) {
    Image result(part.w, part.h, image.channels);
    for (int64_t y = 0; y < part.h; ++y) {
        for (int64_t x = 0; x < part.w; ++x) {
            for (int c = 0; c < image.channels; ++c)
                result.at(x, y, c) = image.at(part.x - frame.x + x, part.y - frame.y + y, c);
        }
    }
    return result;
}

// Filters `image`, whose pixel (0, 0) lies at (x, y) of the plane.
Image filtered_at(const PlanPointer &plan, const Image &image, sepflow_type in, sepflow_type out,
                  int64_t x, int64_t y, Layout layout = Layout::kInterleaved) {
    Pixels from(in, image.w, image.h, image.channels, layout);
    from.write(image);
    from.image().bounds.x = x;
    from.image().bounds.y = y;
    sepflow_rect domain;
    REQUIRE(sepflow_plan_output_domain(plan.get(), &from.image().bounds, &domain) == SEPFLOW_OK);
    Pixels to(out, domain.w, domain.h, image.channels, layout);
    to.image().bounds = domain;
    apply(plan, from.image(), to.image());
    return to.read();
}

}  // namespace

TEST_CASE("where the taps inside sum to zero nothing is rescaled, whatever factors leave of it") {
    for (const sepflow_type type : {SEPFLOW_U16, SEPFLOW_F32, SEPFLOW_F64}) {
        for (const int method :
             {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_METHOD_DIRECT, SEPFLOW_METHOD_FFT}) {
            Case c;
            c.in_type = c.out_type = type;
            c.kernel = {3, 4, {-4, -2, 1, 0, -5, -2, 0, 1, -3, -3, 6, -1}};  // columns 1 to 3: 0
            c.options.border_x = c.options.border_y = SEPFLOW_BORDER_TRUNCATE;
            c.method = method;
            check(c);
        }
    }
    // Where the taps' sum is not zero, but that of the factors.
    const PlanPointer plan = [] {
        sepflow_options options = options_of(SEPFLOW_F32);
        options.border_x = SEPFLOW_BORDER_TRUNCATE;
        options.method = SEPFLOW_METHOD_SEPARABLE;
        return plan_of({1, 3, {1, -0.999999999, 5}}, options);
    }();
    Image image(5, 2, 1);
    std::fill(image.samples.begin(), image.samples.end(), 7);
    Pixels from(SEPFLOW_F32, 5, 2, 1, Layout::kInterleaved),
        to(SEPFLOW_F32, 5, 2, 1, Layout::kInterleaved);
    from.write(image);
    apply(plan, from.image(), to.image());
    for (const double sample : to.read().samples) CHECK(std::isfinite(sample));
}

TEST_CASE("an image may lie anywhere in the plane, on either side of zero and far off") {
    uint64_t seed = 40000;
    for (const int border : kBorders) {
        for (const sepflow_type type : kTypes) {
            std::mt19937_64 random(++seed);
            const Image image = random_image(61, 37, 2, type, random);
            sepflow_options options = options_of(type, SEPFLOW_TYPE_NONE, 2);
            options.border_x = options.border_y = border;
            options.extent = static_cast<int32_t>(seed % 3);
            const PlanPointer plan = plan_from("2x5 1 2 3 4 5 5 4 3 2 1 norm", options);
            const Image wanted = filtered_at(plan, image, type, type, 0, 0);
            const int64_t far = int64_t{1} << 40;
            for (const auto &[x, y] :
                 {std::pair<int64_t, int64_t>{-30, -18}, {7, -1000}, {far, -far}}) {
                CAPTURE(seed);
                CAPTURE(x);
                REQUIRE(filtered_at(plan, image, type, type, x, y).samples == wanted.samples);
            }
        }
    }
}

TEST_CASE("a region is computed alone from the pixels it needs, whatever type, layout and extent") {
    uint64_t seed = 41000;
    for (const int border : kBorders) {
        for (const sepflow_type type : kTypes) {
            for (const Layout layout : kLayouts) {
                std::mt19937_64 random(++seed);
                const int channels = static_cast<int>(1 + seed % 3);
                const Image image = random_image(151, 97, channels, type, random);
                sepflow_options options = options_of(type, SEPFLOW_TYPE_NONE, channels);
                options.border_x = options.border_y = border;
                options.extent = static_cast<int32_t>(seed / 2 % 3);
                options.schedule = kSchedules[seed % 2];
                const PlanPointer plan = plan_from("disc 4.5", options);
                const Image whole = filtered_at(plan, image, type, type, 0, 0);
                const sepflow_rect domain = {0, 0, 151, 97};
                sepflow_rect frame;
                REQUIRE(sepflow_plan_output_domain(plan.get(), &domain, &frame) == SEPFLOW_OK);
                const auto pick = [&](int64_t low, int64_t high) {
                    return std::uniform_int_distribution<int64_t>(low, high)(random);
                };
                for (int i = 0; i < 3; ++i) {
                    sepflow_rect region = {pick(frame.x, frame.x + frame.w - 1),
                                           pick(frame.y, frame.y + frame.h - 1), 0, 0};
                    region.w = pick(1, frame.x + frame.w - region.x);
                    region.h = pick(1, frame.y + frame.h - region.y);
                    sepflow_rect needed;
                    REQUIRE(sepflow_plan_input_region(plan.get(), &region, &domain, &needed) ==
                            SEPFLOW_OK);
                    Pixels from(type, needed.w, needed.h, channels, layout);
                    from.write(crop(image, domain, needed));
                    from.image().bounds = needed;
                    from.image().domain = domain;
                    Pixels to(type, region.w, region.h, channels, layout);
                    to.image().bounds = region;
                    apply(plan, from.image(), to.image());
                    CAPTURE(seed);
                    CAPTURE(region.x);
                    CAPTURE(region.y);
                    REQUIRE(to.canaries_intact());
                    REQUIRE(to.read().samples == crop(whole, frame, region).samples);
                }
            }
        }
    }
}

TEST_CASE("only the region is written, though the output holds more") {
    uint64_t seed = 42000;
    for (const sepflow_type type : kTypes) {
        for (const int schedule : kSchedules) {
            std::mt19937_64 random(++seed);
            const Image image = random_image(90, 60, 3, type, random);
            sepflow_options options = options_of(type, SEPFLOW_TYPE_NONE, 3);
            options.schedule = schedule;
            const PlanPointer plan = plan_from("gaussian 1.5", options);
            const Image whole = filtered_at(plan, image, type, type, 0, 0);
            Pixels from(type, 90, 60, 3, Layout::kInterleaved);
            from.write(image);
            for (const sepflow_rect region : {sepflow_rect{1, 1, 88, 58},
                                              {40, 0, 1, 60},
                                              {0, 33, 90, 1},
                                              {89, 59, 1, 1},
                                              {17, 5, 9, 7}}) {
                Image before(90, 60, 3);
                before.samples.assign(before.samples.size(), 7);
                Pixels to(type, 90, 60, 3, Layout::kInterleaved);
                to.write(before);
                apply(plan, from.image(), to.image(), &region);
                const Image after = to.read();
                int64_t wrong = 0;
                for (int64_t y = 0; y < 60; ++y) {
                    for (int64_t x = 0; x < 90; ++x) {
                        const bool inside = x >= region.x && x < region.x + region.w &&
                                            y >= region.y && y < region.y + region.h;
                        for (int c = 0; c < 3; ++c)
                            wrong += after.at(x, y, c) != (inside ? whole.at(x, y, c) : 7);
                    }
                }
                CAPTURE(seed);
                CAPTURE(region.x);
                REQUIRE(wrong == 0);
            }
        }
    }
}

TEST_CASE("every type comes out the same from any number of threads") {
    for (const sepflow_type type : kTypes) {
        std::mt19937_64 random(43000);
        const Image image = random_image(700, 300, 3, type, random);
        for (const int border : {SEPFLOW_BORDER_CONSTANT, SEPFLOW_BORDER_TRUNCATE}) {
            sepflow_options options = options_of(type, SEPFLOW_TYPE_NONE, 3);
            options.border_x = options.border_y = border;
            const PlanPointer plan = plan_from("disc 3", options);
            Pixels from(type, 700, 300, 3, Layout::kPadded);
            from.write(image);
            Pixels serial(type, 700, 300, 3, Layout::kPadded);
            apply(plan, from.image(), serial.image());
            for (const int threads : {0, 2, 3, 8}) {
                Pixels to(type, 700, 300, 3, Layout::kPadded);
                apply(plan, from.image(), to.image(), nullptr, threads);
                CAPTURE(type);
                CAPTURE(threads);
                REQUIRE(to.bytes() == serial.bytes());
            }
        }
    }
}

TEST_CASE("a wrapped image that is turned about gives the result turned about, byte for byte") {
    const int64_t w = 93, h = 58;
    for (const sepflow_type type : kTypes) {
        for (const int schedule : kSchedules) {
            std::mt19937_64 random(44000);
            const Image image = random_image(w, h, 1, type, random);
            sepflow_options options = options_of(type);
            options.border_x = options.border_y = SEPFLOW_BORDER_WRAP;
            options.schedule = schedule;
            const PlanPointer plan = plan_from("motion 11 35", options);
            const Image still = filtered_at(plan, image, type, type, 0, 0);
            Image turned(w, h, 1);
            const int64_t dx = 31, dy = 17;
            for (int64_t y = 0; y < h; ++y) {
                for (int64_t x = 0; x < w; ++x)
                    turned.at((x + dx) % w, (y + dy) % h, 0) = image.at(x, y, 0);
            }
            const Image moved = filtered_at(plan, turned, type, type, 0, 0);
            int64_t wrong = 0;
            for (int64_t y = 0; y < h; ++y) {
                for (int64_t x = 0; x < w; ++x)
                    wrong += moved.at((x + dx) % w, (y + dy) % h, 0) != still.at(x, y, 0);
            }
            CAPTURE(type);
            CAPTURE(schedule);
            REQUIRE(wrong == 0);
        }
    }
}

TEST_CASE("a mirrored image under a mirrored kernel gives the mirrored result") {
    // K is 2 x 5 with the anchor on (1, 1); mirrored both ways, on (3, 0).
    const std::string kernel = "2x5 1 2 3 4 5 16 7 8 9 10", mirrored = "2x5 10 9 8 7 16 5 4 3 2 1";
    for (const int border : kBorders) {
        std::mt19937_64 random(45000);
        const Image image = random_image(47, 29, 1, SEPFLOW_S16, random);
        Image turned(47, 29, 1);
        for (int64_t y = 0; y < 29; ++y) {
            for (int64_t x = 0; x < 47; ++x) turned.at(46 - x, 28 - y, 0) = image.at(x, y, 0);
        }
        sepflow_options options = options_of(SEPFLOW_S16, SEPFLOW_F64);
        options.flags = SEPFLOW_OPTION_ANCHOR;
        options.border_x = options.border_y = border;
        options.anchor_x = 1;
        options.anchor_y = 1;
        const Image straight =
            filtered_at(plan_from(kernel, options), image, SEPFLOW_S16, SEPFLOW_F64, 0, 0);
        options.anchor_x = 3;
        options.anchor_y = 0;
        const Image back =
            filtered_at(plan_from(mirrored, options), turned, SEPFLOW_S16, SEPFLOW_F64, 0, 0);
        double worst = 0;
        for (int64_t y = 0; y < 29; ++y) {
            for (int64_t x = 0; x < 47; ++x)
                worst =
                    std::max(worst, std::fabs(back.at(46 - x, 28 - y, 0) - straight.at(x, y, 0)));
        }
        CAPTURE(border);
        CHECK(worst <= 1e-7);  // of sums up to 2e6
    }
}

TEST_CASE("many channels, and the longest filters") {
    uint64_t seed = 46000;
    for (const int channels : {13, 40, 130}) {
        for (const Layout layout : {Layout::kInterleaved, Layout::kPlanar}) {
            for (const int schedule : kSchedules) {
                Case c;
                c.seed = ++seed;
                std::mt19937_64 random(seed);
                c.channels = channels;
                c.in_layout = c.out_layout = layout;
                c.schedule = schedule;
                c.in_type = c.out_type = seed % 2 != 0 ? SEPFLOW_U8 : SEPFLOW_F32;
                set_random_vectors(c, 4, 7, random);
                check(c);
            }
        }
    }
    for (const int border : kBorders) {
        Case c;
        c.seed = ++seed;
        std::mt19937_64 random(seed);
        c.w = 30;
        c.h = 12;
        c.in_type = c.out_type = SEPFLOW_F64;
        c.options.border_x = c.options.border_y = border;
        const bool wide = seed % 2 != 0;
        set_random_vectors(c, wide ? 2 : 4095, wide ? 4095 : 3, random);
        check(c);
    }
}

TEST_CASE("pixels far outside the domain follow the border rule") {
    constexpr int kRules[] = {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_REFLECT,
                              SEPFLOW_BORDER_REPLICATE, SEPFLOW_BORDER_WRAP,
                              SEPFLOW_BORDER_CONSTANT};
    for (const int border : kRules) {
        std::mt19937_64 random(47000);
        const Image image = random_image(9, 5, 1, SEPFLOW_S16, random);
        const Kernel kernel = {2, 3, {1, 2, 3, 4, 5, 6}};
        sepflow_options options = options_of(SEPFLOW_S16, SEPFLOW_F64);
        options.border_x = options.border_y = border;
        options.border_value = 100;
        const PlanPointer plan = plan_from("2x3 1 2 3 4 5 6", options);
        Pixels from(SEPFLOW_S16, 9, 5, 1, Layout::kInterleaved);
        from.write(image);
        Options rule;
        rule.border_x = rule.border_y = border;
        rule.border_value = 100;
        for (const sepflow_rect region :
             {sepflow_rect{-100, -50, 20, 10}, {300, 2, 11, 3}, {-4, 777, 17, 2}, {9, 5, 1, 1}}) {
            Pixels to(SEPFLOW_F64, region.w, region.h, 1, Layout::kInterleaved);
            to.image().bounds = region;
            apply(plan, from.image(), to.image());
            const Image got = to.read();
            double worst = 0;
            for (int64_t y = 0; y < region.h; ++y) {
                for (int64_t x = 0; x < region.w; ++x) {
                    const double exact =
                        convolve(image, kernel, rule, region.x + x, region.y + y, 0).value;
                    worst = std::max(worst, std::fabs(got.at(x, y, 0) - exact));
                }
            }
            CAPTURE(border);
            CAPTURE(region.x);
            CHECK(worst < 1e-8);
        }
    }
}
