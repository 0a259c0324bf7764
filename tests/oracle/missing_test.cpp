// Masks and NaN: against a brute-force normalised convolution.
#include <cmath>
#include <cstring>
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
constexpr int kMethods[] = {SEPFLOW_METHOD_AUTO, SEPFLOW_METHOD_SEPARABLE, SEPFLOW_METHOD_DIRECT};
const double kNan = std::nan("");

template <typename Array>
auto any_of(const Array &values, std::mt19937_64 &random) {
    return values[random() % std::size(values)];
}

double largest_of(sepflow_type type) {
    return type == SEPFLOW_U8 ? 255 : type == SEPFLOW_U16 ? 65535 : type == SEPFLOW_S16 ? 32767 : 1;
}

// The image with weights for every sample, NaN samples made 0.
struct Weighted {
    Image values, weights;
};

Weighted weighted(const Image &image, const Image *mask, sepflow_type mask_type) {
    Weighted result = {image, Image(image.w, image.h, image.channels)};
    for (int64_t y = 0; y < image.h; ++y) {
        for (int64_t x = 0; x < image.w; ++x) {
            for (int c = 0; c < image.channels; ++c) {
                double &weight = result.weights.at(x, y, c);
                weight = 1;
                if (mask != nullptr) {
                    weight = mask->at(x, y, mask->channels == 1 ? 0 : c) / largest_of(mask_type);
                    if (!(weight > 0)) weight = 0;
                }
                if (std::isnan(image.at(x, y, c))) {
                    weight = 0;
                    result.values.at(x, y, c) = 0;
                }
            }
        }
    }
    return result;
}

Image product(const Image &a, const Image &b) {
    Image result = a;
    for (size_t i = 0; i < a.samples.size(); ++i) result.samples[i] *= b.samples[i];
    return result;
}

// The sum over the taps of a pixel; outside, what the border says, `outside` for constant and 0
// where truncated.
double sum_at(const Image &image, const Kernel &kernel, const Options &options, int64_t x,
              int64_t y, int c, double outside) {
    Options sums = options;
    sums.delta = 0;
    sums.border_value = outside;
    for (int *border : {&sums.border_x, &sums.border_y}) {
        if (*border == SEPFLOW_BORDER_TRUNCATE) {
            *border = SEPFLOW_BORDER_CONSTANT;
            sums.border_value = 0;
        }
    }
    return convolve(image, kernel, sums, x, y, c).value;
}

double sum_of(const Kernel &kernel) {
    double sum = 0;
    for (const double tap : kernel.taps) sum += tap;
    return sum;
}

struct Called {
    sepflow_status status;
    std::string message;
};

Called call_with(const PlanPointer &plan, const sepflow_image &in, const sepflow_image *mask,
                 const sepflow_image &out, const sepflow_rect &region, int threads = 1) {
    sepflow_image inputs[2] = {in, {}};
    if (mask != nullptr) inputs[1] = *mask;
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = inputs;
    call.input_count = mask != nullptr ? 2 : 1;
    call.outputs = &out;
    call.output_count = 1;
    call.region = region;
    call.max_threads = threads;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status = sepflow_process_plan(plan.get(), &call, &error);
    return {status, error.message};
}

// Filters a row of floats by kernel text.
std::vector<float> filtered_row(const std::string &kernel, std::vector<float> in,
                                sepflow_options options) {
    std::vector<float> out(in.size());
    const auto w = static_cast<int64_t>(in.size());
    apply(plan_from(kernel, options), sepflow_image_dense(in.data(), SEPFLOW_F32, w, 1, 1),
          sepflow_image_dense(out.data(), SEPFLOW_F32, w, 1, 1));
    return out;
}

}  // namespace

TEST_CASE("missing pixels are left out or filled, for every type, border, layout and method") {
    for (uint64_t seed = 80000; seed < 80240; ++seed) {
        std::mt19937_64 random(seed);
        const auto pick = [&](int64_t low, int64_t high) {
            return std::uniform_int_distribution<int64_t>(low, high)(random);
        };
        const sepflow_type in = any_of(kTypes, random), mask_type = any_of(kTypes, random);
        const sepflow_type out = seed % 3 == 0 ? SEPFLOW_F32 : in;
        const bool is_float = in >> 8 == 3, has_mask = seed % 3 != 1, fills = seed % 5 == 0;
        const int channels = static_cast<int>(pick(1, 3));
        const int64_t w = pick(1, 90), h = pick(1, 70);
        Image image = random_image(w, h, channels, in, random);
        Image mask = random_image(w, h, seed % 2 == 0 ? 1 : channels, mask_type, random);
        for (double &weight : mask.samples) {
            if (random() % 3 == 0) weight = 0;
            weight = std::fabs(weight);
        }
        if (is_float) {
            for (double &sample : image.samples) {
                if (random() % 4 == 0) sample = kNan;
            }
        }
        Kernel kernel = random_kernel(pick(1, 8), pick(1, 9), pick(1, 3), random);
        for (double &tap : kernel.taps) tap = std::fabs(tap);
        const double sum = sum_of(kernel);
        for (double &tap : kernel.taps) tap /= sum;

        Options expected;
        expected.border_x = any_of(kBorders, random);
        expected.border_y = any_of(kBorders, random);
        // The reference knows one value for all that is outside.
        if (expected.border_x == SEPFLOW_BORDER_TRUNCATE &&
            expected.border_y == SEPFLOW_BORDER_CONSTANT)
            expected.border_y = SEPFLOW_BORDER_TRUNCATE;
        if (expected.border_y == SEPFLOW_BORDER_TRUNCATE &&
            expected.border_x == SEPFLOW_BORDER_CONSTANT)
            expected.border_x = SEPFLOW_BORDER_TRUNCATE;
        expected.border_value = 1;
        expected.convolve = pick(0, 1) != 0;
        const double scale = seed % 4 == 0 ? 0.5 : 1, delta = static_cast<double>(pick(0, 1));
        sepflow_options options = options_of(in, out, channels);
        options.border_x = expected.border_x;
        options.border_y = expected.border_y;
        options.border_value = 1;
        options.flags = expected.convolve ? SEPFLOW_OPTION_CONVOLVE : 0;
        const bool keeps = seed % 7 == 0;
        if (keeps) options.flags |= SEPFLOW_OPTION_KEEP_MISSING;
        options.scale = scale;
        options.delta = delta;
        options.missing = fills ? SEPFLOW_MISSING_FILL : SEPFLOW_MISSING_IGNORE;
        options.missing_value = 7;
        options.method = any_of(kMethods, random);
        const PlanPointer plan = plan_of(kernel, options);
        const sepflow_plan_description d = described(plan);

        Pixels from(in, w, h, channels, any_of(kLayouts, random)),
            to(out, w, h, channels, any_of(kLayouts, random)),
            beside(mask_type, w, h, mask.channels, any_of(kLayouts, random));
        from.write(image);
        beside.write(mask);
        const Called called =
            call_with(plan, from.image(), has_mask ? &beside.image() : nullptr, to.image(),
                      to.image().bounds, static_cast<int>(pick(1, 3)));
        REQUIRE_MESSAGE(called.status == SEPFLOW_OK, called.message);
        REQUIRE(to.canaries_intact());

        const Weighted w_image = weighted(image, has_mask ? &mask : nullptr, mask_type);
        Image taken = product(w_image.values, w_image.weights);
        if (fills) {
            for (size_t i = 0; i < taken.samples.size(); ++i)
                taken.samples[i] += 7 * (1 - w_image.weights.samples[i]);
        }
        const Image got = to.read();
        double largest = 8;
        for (const double sample : w_image.values.samples)
            largest = std::max(largest, std::fabs(sample));
        for (int64_t y = 0; y < h; ++y) {
            for (int64_t x = 0; x < w; ++x) {
                for (int c = 0; c < channels; ++c) {
                    double exact, growth = 2;
                    if (keeps && w_image.weights.at(x, y, c) == 0) {
                        exact = 7;
                    } else if (fills) {
                        exact = delta + scale * convolve(taken, kernel, expected, x, y, c).value;
                    } else {
                        const double under = sum_at(w_image.weights, kernel, expected, x, y, c, 1);
                        const double over = sum_at(taken, kernel, expected, x, y, c, 1);
                        // Near no support the bound says nothing.
                        if (under != 0 && under < 1e-3) continue;
                        exact = under == 0 ? 7 : delta + scale * over / under;
                        growth = under == 0 ? 0 : 1 / under;
                    }
                    const double allowed = d.error_bound * largest * growth * 1.01 + 1e-12;
                    const double low = to_type(exact - allowed, out),
                                 high = to_type(exact + allowed, out);
                    CAPTURE(seed);
                    CAPTURE(x);
                    CAPTURE(y);
                    CAPTURE(exact);
                    REQUIRE(got.at(x, y, c) >= low);
                    REQUIRE(got.at(x, y, c) <= high);
                }
            }
        }
    }
}

TEST_CASE("with missing pixels, the bytes depend on neither region nor threads") {
    for (const int method : {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_METHOD_DIRECT}) {
        for (const int channels : {1, 3}) {
            sepflow_options options = options_of(SEPFLOW_F32, SEPFLOW_TYPE_NONE, channels);
            options.method = method;
            options.missing = SEPFLOW_MISSING_IGNORE;
            options.missing_value = -1;
            const PlanPointer plan = plan_from("disc 4", options);
            const int64_t w = 530, h = 210;
            std::mt19937_64 random(81000);
            Image image = random_image(w, h, channels, SEPFLOW_F32, random);
            for (double &sample : image.samples) {
                if (random() % 2 == 0) sample = kNan;
            }
            Pixels from(SEPFLOW_F32, w, h, channels, Layout::kInterleaved),
                whole(SEPFLOW_F32, w, h, channels, Layout::kInterleaved);
            from.write(image);
            REQUIRE(call_with(plan, from.image(), nullptr, whole.image(), whole.image().bounds, 2)
                        .status == SEPFLOW_OK);
            const Image wanted = whole.read();
            for (const sepflow_rect &region : {sepflow_rect{0, 0, 1, 1},
                                               {517, 3, 13, 200},
                                               {100, 50, 333, 7},
                                               {0, 209, 530, 1}}) {
                Pixels part(SEPFLOW_F32, region.w, region.h, channels, Layout::kPlanar);
                part.image().bounds = region;
                REQUIRE(call_with(plan, from.image(), nullptr, part.image(), region).status ==
                        SEPFLOW_OK);
                const Image got = part.read();
                for (int64_t y = 0; y < region.h; ++y) {
                    for (int64_t x = 0; x < region.w; ++x) {
                        for (int c = 0; c < channels; ++c)
                            REQUIRE(got.at(x, y, c) == wanted.at(region.x + x, region.y + y, c));
                    }
                }
            }
        }
    }
}

// The examples of astropy.convolution's documentation and tests: what a NaN becomes.
TEST_CASE("astropy's published examples") {
    const auto n = static_cast<float>(kNan);
    sepflow_options options = options_of(SEPFLOW_F32);
    options.border_x = options.border_y = SEPFLOW_BORDER_CONSTANT;
    options.missing = SEPFLOW_MISSING_IGNORE;
    options.missing_value = kNan;
    // convolve([1, nan, 3], [0, 1, 0], boundary='fill'): nothing lies under the only tap that
    // counts.
    const std::vector<float> kept = filtered_row("row 0 1 0 col 1", {1, n, 3}, options);
    CHECK(kept[0] == 1);
    CHECK(std::isnan(kept[1]));
    CHECK(kept[2] == 3);
    // convolve([1, nan, 3], [1, 1, 1], boundary='fill', nan_treatment='interpolate',
    // normalize_kernel=True)
    const std::vector<float> filled = filtered_row("row 1 1 1 col 1 norm", {1, n, 3}, options);
    CHECK(filled[0] == doctest::Approx(0.5));
    CHECK(filled[1] == doctest::Approx(2));
    CHECK(filled[2] == doctest::Approx(1.5));
    // The same with preserve_nan=True, and with nan_treatment='fill' (zeros).
    options.flags = SEPFLOW_OPTION_KEEP_MISSING;
    CHECK(std::isnan(filtered_row("row 1 1 1 col 1 norm", {1, n, 3}, options)[1]));
    options.flags = 0;
    options.missing = SEPFLOW_MISSING_FILL;
    options.missing_value = 0;
    const std::vector<float> zeros = filtered_row("row 1 1 1 col 1 norm", {1, n, 3}, options);
    CHECK(zeros[0] == doctest::Approx(1. / 3));
    CHECK(zeros[1] == doctest::Approx(4. / 3));
    CHECK(zeros[2] == doctest::Approx(1));
    // boundary='extend'
    options.missing = SEPFLOW_MISSING_IGNORE;
    options.border_x = SEPFLOW_BORDER_REPLICATE;
    const std::vector<float> extended = filtered_row("row 1 1 1 col 1 norm", {1, n, 3}, options);
    CHECK(extended[0] == doctest::Approx(1));
    CHECK(extended[2] == doctest::Approx(3));
}

TEST_CASE("a NaN or a masked pixel is not seen, however large it is") {
    sepflow_options options = options_of(SEPFLOW_F32);
    options.missing = SEPFLOW_MISSING_IGNORE;
    options.missing_value = -5;
    const PlanPointer plan = plan_from("gaussian 2", options);
    const int64_t w = 61, h = 47;
    std::vector<float> in(static_cast<size_t>(w * h), 3), out(in.size());
    std::vector<uint8_t> mask(in.size(), 255);
    for (int64_t i = 0; i < w * h; i += 5) {
        in[static_cast<size_t>(i)] = i % 2 == 0 ? std::numeric_limits<float>::infinity() : 1e30f;
        mask[static_cast<size_t>(i)] = 0;
    }
    const sepflow_image image = sepflow_image_dense(in.data(), SEPFLOW_F32, w, h, 1),
                        weights = sepflow_image_dense(mask.data(), SEPFLOW_U8, w, h, 1),
                        result = sepflow_image_dense(out.data(), SEPFLOW_F32, w, h, 1);
    REQUIRE(call_with(plan, image, &weights, result, result.bounds).status == SEPFLOW_OK);
    for (const float value : out) REQUIRE(value == doctest::Approx(3).epsilon(1e-6));
}

TEST_CASE("what is filled in counts for the bound, and is not called exact") {
    // 1000 is no u8 pixel, and weights that are parts of 255 are not dyadic; the taps are.
    const std::vector<double> column = {3, 5, 1}, row = {1, 2, 4, 2, 1};
    Kernel kernel = {3, 5, {}};
    for (const double c : column) {
        for (const double r : row) kernel.taps.push_back(c * r);
    }
    std::mt19937_64 random(82000);
    for (uint64_t seed = 0; seed < 8; ++seed) {
        const sepflow_type in = seed % 2 == 0 ? SEPFLOW_U8 : SEPFLOW_F32,
                           out = seed / 2 % 2 == 0 ? SEPFLOW_F64 : SEPFLOW_F32;
        sepflow_options options = options_of(in, out);
        options.missing = SEPFLOW_MISSING_FILL;
        options.missing_value = 1000;
        options.method = seed / 4 == 0 ? SEPFLOW_METHOD_SEPARABLE : SEPFLOW_METHOD_DIRECT;
        const PlanPointer plan = plan_of(kernel, options);
        const sepflow_plan_description d = described(plan);
        CHECK(d.is_exact == 0);
        const Image image = random_image(29, 17, 1, in, random),
                    mask = random_image(29, 17, 1, SEPFLOW_U8, random);
        Pixels from(in, 29, 17, 1, Layout::kInterleaved),
            beside(SEPFLOW_U8, 29, 17, 1, Layout::kInterleaved),
            to(out, 29, 17, 1, Layout::kInterleaved);
        from.write(image);
        beside.write(mask);
        const Called called =
            call_with(plan, from.image(), &beside.image(), to.image(), to.image().bounds);
        REQUIRE_MESSAGE(called.status == SEPFLOW_OK, called.message);
        Image taken = image;
        for (size_t i = 0; i < taken.samples.size(); ++i) {
            const double weight = mask.samples[i] / 255;
            taken.samples[i] = weight * image.samples[i] + (1 - weight) * 1000;
        }
        const Image got = to.read();
        double worst = 0;
        for (int64_t y = 0; y < 17; ++y) {
            for (int64_t x = 0; x < 29; ++x) {
                const double exact = convolve(taken, kernel, {}, x, y, 0).value;
                worst = std::max(worst, std::fabs(got.at(x, y, 0) - exact));
            }
        }
        CAPTURE(seed);
        CHECK(worst <= d.output_error_bound);
        CHECK(worst > 0);
    }
}

TEST_CASE("a mask that does not fit is refused, and so are policies that cannot be kept") {
    sepflow_options options = options_of(SEPFLOW_U8);
    std::vector<uint8_t> pixels(300), results(300), weights(300);
    const sepflow_image in = sepflow_image_dense(pixels.data(), SEPFLOW_U8, 20, 15, 1),
                        out = sepflow_image_dense(results.data(), SEPFLOW_U8, 20, 15, 1);
    sepflow_image mask = sepflow_image_dense(weights.data(), SEPFLOW_U8, 20, 15, 1);
    const auto message = [&](const PlanPointer &plan) {
        const Called called = call_with(plan, in, &mask, out, out.bounds);
        CHECK(called.status != SEPFLOW_OK);
        return called.message;
    };
    CHECK(message(plan_from("box 3", options)) == "mask: the plan was made without missing pixels");
    options.missing = SEPFLOW_MISSING_IGNORE;
    const PlanPointer plan = plan_from("box 3", options);
    CHECK(call_with(plan, in, &mask, out, out.bounds).status == SEPFLOW_OK);
    mask.bounds.w = 19;
    CHECK(message(plan) == "mask: its domain is not the image's");
    mask.domain = in.bounds;
    CHECK(message(plan) == "mask: its bounds lack pixels that the region needs");
    mask = out;
    CHECK(message(plan) == "mask and out overlap in memory");
    mask = sepflow_image_dense(weights.data(), SEPFLOW_U8, 10, 15, 2);
    CHECK(message(plan).rfind("mask", 0) == 0);
    mask.data = nullptr;
    CHECK(call_with(plan, in, &mask, out, out.bounds).status == SEPFLOW_OK);  // none

    const auto refused = [&](const char *kernel) -> std::string {
        sepflow_plan *made = nullptr;
        sepflow_error error = {};
        error.struct_size = sizeof error;
        CHECK(sepflow_plan_from_text(kernel, &options, &made, &error) != SEPFLOW_OK);
        return error.message;
    };
    CHECK(refused("sobel x") ==
          "missing 'ignore' rescales to the sum of the taps, which is zero for this kernel");
    options.missing_value = kNan;
    CHECK(refused("box 3") == "missing_value is not a finite number");
    options.missing_value = 0;
    options.method = SEPFLOW_METHOD_FFT;
    CHECK(refused("box 3") == "method 'fft' knows no missing pixels");
    options.method = SEPFLOW_METHOD_AUTO;
    options.missing = SEPFLOW_MISSING_PROPAGATE;
    options.flags = SEPFLOW_OPTION_KEEP_MISSING;
    CHECK(refused("box 3") == "KEEP_MISSING needs missing 'ignore' or 'fill'");
    options.missing = 3;
    CHECK(refused("box 3") == "missing is an unknown constant, 3");
}
