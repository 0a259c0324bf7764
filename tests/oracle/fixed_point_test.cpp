// u8 in 16-bit fixed point: used where it should be, never further off than it says, on the images
// that strain it most.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"

using namespace oracle;

namespace {

std::string arithmetic(const std::string &kernel, const sepflow_options &options) {
    return described(plan_from(kernel, options)).arithmetic;
}

PlanPointer plan_of(const Case &c) {
    sepflow_options options = options_of(SEPFLOW_U8);
    options.border_x = c.options.border_x;
    options.border_y = c.options.border_y;
    options.border_value = c.options.border_value;
    options.delta = c.options.delta;
    options.variant = c.variant;
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    REQUIRE_MESSAGE(
        sepflow_plan_from_vectors(c.column.data(), c.kernel.rows, c.row.data(), c.kernel.columns,
                                  &options, &plan, &error) == SEPFLOW_OK,
        error.message);
    return PlanPointer(plan);
}

// The images for which sums, and errors of one sign, are largest: flat ones, and, periodic, the
// kernel's signs and their opposite; then noise.
std::vector<Image> straining_images(const Case &c) {
    std::vector<Image> images;
    for (int kind = 0; kind < 6; ++kind) {
        std::mt19937_64 random(c.seed);
        Image image = random_image(c.w, c.h, 1, SEPFLOW_U8, random);
        for (int64_t y = 0; y < c.h; ++y) {
            for (int64_t x = 0; x < c.w; ++x) {
                const bool positive = c.kernel.at(y % c.kernel.rows, x % c.kernel.columns) > 0;
                const double choice[] = {
                    0, 255, 128, positive ? 255.0 : 0.0, positive ? 0.0 : 255.0, image.at(x, y, 0)};
                image.at(x, y, 0) = choice[kind];
            }
        }
        images.push_back(image);
    }
    return images;
}

Image filtered(const Case &c, const Image &in, const PlanPointer &plan) {
    Pixels from(SEPFLOW_U8, c.w, c.h, 1, Layout::kPadded),
        to(SEPFLOW_U8, c.w, c.h, 1, Layout::kPadded);
    from.write(in);
    apply(plan, from.image(), to.image());
    REQUIRE(to.canaries_intact());
    return to.read();
}

// The largest distance between the bytes and the exact values, in pixel values, where the type
// holds these.
double worst_error(const Case &c, const Image &in, const PlanPointer &plan) {
    const Image out = filtered(c, in, plan);
    double worst = 0;
    for (int64_t y = 0; y < c.h; ++y) {
        for (int64_t x = 0; x < c.w; ++x) {
            const double exact = convolve(in, c.kernel, c.options, x, y, 0).value;
            worst = std::max(worst, std::fabs(out.at(x, y, 0) - std::clamp(exact, 0.0, 255.0)));
        }
    }
    return worst;
}

}  // namespace

TEST_CASE("fixed point is what u8 smoothing runs in, and only that") {
    sepflow_options options = options_of(SEPFLOW_U8);
    for (const char *kernel :
         {"gaussian 1", "gaussian 5", "box 9 5", "binomial 5", "derivative 2"}) {
        CHECK_MESSAGE(arithmetic(kernel, options) == "fixed", std::string(kernel));
    }
    CHECK(arithmetic("gaussian 8", options) == "f32");              // loses half a value or more
    CHECK(arithmetic("binomial 7", options) == "f32");              // exact there, not in 16 bits
    CHECK(arithmetic("disc 3", options) == "f32");                  // rank above one
    CHECK(arithmetic("row 100 -50 30 col 7 1", options) == "f32");  // sums do not fit
    options.tolerance = 1e-6;
    CHECK(arithmetic("gaussian 1", options) == "f64");  // it would lose more, and so would f32
    options.tolerance = 0;
    options.border_x = SEPFLOW_BORDER_TRUNCATE;
    CHECK(arithmetic("gaussian 1", options) == "f32");
    options.border_x = SEPFLOW_BORDER_REFLECT;
    options.out_type = SEPFLOW_U16;
    CHECK(arithmetic("gaussian 1", options) == "f32");
}

TEST_CASE("no u8 image is further off than the bound, nor overflows") {
    const double deltas[] = {0, 0.5, -40.3, 127.75, 300};
    int fixed = 0;
    for (uint64_t seed = 1; seed <= 250; ++seed) {
        std::mt19937_64 random(seed);
        const auto pick = [&](int64_t low, int64_t high) {
            return std::uniform_int_distribution<int64_t>(low, high)(random);
        };
        Case c;
        c.seed = seed;
        c.w = pick(1, 90);
        c.h = pick(1, 40);
        const double sign = 1 - 2.0 * static_cast<double>(pick(0, 1));
        set_random_vectors(c, pick(1, 9), pick(1, 12), random);
        if (pick(0, 2) == 0) c.row = mirrored_filter(pick(2, 25), sign, random);
        if (pick(0, 1) == 0) {  // smoothing
            for (double &tap : c.row) tap = std::fabs(tap);
            for (double &tap : c.column) tap = std::fabs(tap);
        }
        // Sums of absolute taps up to 3: some fit narrowly, some do not.
        for (std::vector<double> *filter : {&c.column, &c.row}) {
            double norm = 0;
            for (double tap : *filter) norm += std::fabs(tap);
            const double wanted = static_cast<double>(pick(50, 300)) / 100;
            for (double &tap : *filter) tap = static_cast<float>(tap * wanted / norm);
        }
        set_vectors(c, c.column, c.row);
        c.options.delta = deltas[seed % std::size(deltas)];
        c.options.border_x = static_cast<int>(pick(SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_WRAP));
        c.options.border_value = static_cast<double>(pick(0, 255));
        const PlanPointer plan = plan_of(c);
        const sepflow_plan_description d = described(plan);
        if (std::string(d.arithmetic) != "fixed") continue;
        ++fixed;
        // Half a value by the last rounding.
        const double bound = d.error_bound * 255 + 0.5 + 1e-9;
        for (const Image &image : straining_images(c)) {
            const double worst = worst_error(c, image, plan);
            REQUIRE_MESSAGE(worst <= bound, c.text(), ": off by ", worst, ", not within ", bound);
        }
    }
    CHECK(fixed > 60);
    MESSAGE(fixed, " of 250 kernels ran in fixed point");
}

// Every product is rounded down; the biases make up for it. Without one of them the mean would be
// 0.05 off.
TEST_CASE("fixed point makes u8 images neither darker nor brighter") {
    std::mt19937_64 random(5);
    Case c;
    c.w = 210;
    c.h = 150;
    std::vector<double> smooth(25, 0.0);
    for (size_t k = 0; k < 25; ++k) smooth[k] = static_cast<float>(std::min(k, 24 - k) + 1) / 169;
    set_vectors(c, smooth, smooth);
    const PlanPointer plan = plan_of(c);
    REQUIRE(std::string(described(plan).arithmetic) == "fixed");
    const Image in = random_image(c.w, c.h, 1, SEPFLOW_U8, random);
    const Image out = filtered(c, in, plan);
    double sum = 0;
    for (int64_t y = 0; y < c.h; ++y) {
        for (int64_t x = 0; x < c.w; ++x)
            sum += out.at(x, y, 0) - convolve(in, c.kernel, c.options, x, y, 0).value;
    }
    // The mean of 31500 rounding errors: 0.29 / sqrt(31500) = 0.0016 is its deviation.
    CHECK(std::fabs(sum / static_cast<double>(c.w * c.h)) < 0.01);
}

TEST_CASE("flat u8 images stay as they are under every smoothing kernel") {
    for (const char *kernel : {"gaussian 0.5", "gaussian 2", "box 3 7", "box 31 2", "binomial 3"}) {
        for (const char *variant : variants()) {
            sepflow_options options = options_of(SEPFLOW_U8);
            options.variant = variant;
            const PlanPointer plan = plan_from(kernel, options);
            REQUIRE(std::string(described(plan).arithmetic) == "fixed");
            for (int value = 0; value < 256; ++value) {
                const std::vector<unsigned char> in(37 * 11, static_cast<unsigned char>(value));
                std::vector<unsigned char> out(in.size());
                apply(plan,
                      sepflow_image_dense(const_cast<unsigned char *>(in.data()), SEPFLOW_U8, 37,
                                          11, 1),
                      sepflow_image_dense(out.data(), SEPFLOW_U8, 37, 11, 1));
                REQUIRE_MESSAGE(in == out, std::string(kernel), " ", std::string(variant), ": ",
                                value, " became ", static_cast<int>(out[0]));
            }
        }
    }
}

TEST_CASE("dyadic taps are exact in fixed point") {
    // Sums, ties included, to the last bit.
    const struct {
        const char *text;
        double delta;
    } kernels[] = {{"binomial 1", 0},
                   {"binomial 2", 0.25},
                   {"2x2 1 1 1 1 norm", 0},
                   {"row -1 0 1 col 0.25 0.5 0.25", 128}};
    for (const auto &k : kernels) {
        sepflow_options options = options_of(SEPFLOW_U8);
        options.delta = k.delta;
        const PlanPointer plan = plan_from(k.text, options);
        CHECK_MESSAGE(std::string(described(plan).arithmetic) == "fixed", std::string(k.text));
        CHECK_MESSAGE(described(plan).error_bound == 0, std::string(k.text));
    }
}
