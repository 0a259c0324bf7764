// Frames through the plugin against sepflow_apply, byte for byte.
#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

#include "tests/hosts/frei0r/plugin.h"

using namespace frei0r;

namespace {

const std::string kUneven = "row 1 2 3 4 col 1 0 -1 2 5 norm";
const std::string kKernels[] = {"gaussian 1.5", "gaussian_1.5",
                                kUneven,        "disc 3 norm",
                                "sobel x",      "3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 -3 norm",
                                "identity"};

// Colours and alpha with what lies outside, by a kernel of this sum.
struct Weighing {
    std::string kernel;
    double sum = 1, scale = 1, delta = 0, border_value = 0;
    int32_t border = SEPFLOW_BORDER_REFLECT101;
};

// One filter over all four channels, in doubles.
std::vector<double> sums_of(std::vector<double> values, const Frame &frame,
                            const Weighing &weighing, double border_value) {
    std::vector<double> sums(values.size());
    sepflow_options options = oracle::options_of(SEPFLOW_F64, SEPFLOW_F64, 4);
    options.border_x = options.border_y = weighing.border;
    options.border_value = border_value;
    oracle::apply(oracle::plan_from(weighing.kernel, options),
                  sepflow_image_dense(values.data(), SEPFLOW_F64, frame.w, frame.h, 4),
                  sepflow_image_dense(sums.data(), SEPFLOW_F64, frame.w, frame.h, 4));
    return sums;
}

// The definition: colours times alpha are filtered, and so is alpha, which then is divided out.
Frame filtered_with_alpha(const Frame &in, const Weighing &weighing) {
    const size_t samples = in.pixels.size();
    std::vector<double> colours(samples), alphas(samples);
    for (size_t i = 0; i < samples; ++i) {
        alphas[i] = in.pixels[i | 3];
        colours[i] = in.pixels[i] * (alphas[i] / 255);
    }
    colours = sums_of(colours, in, weighing, weighing.border_value);
    alphas = sums_of(alphas, in, weighing, 255);
    const auto byte = [](double v) {
        return static_cast<uint8_t>(std::nearbyint(std::clamp(v, 0.0, 255.0)));
    };
    Frame out(in.w, in.h);
    for (size_t i = 0; i < samples; ++i) {
        const double alpha = alphas[i] / weighing.sum;
        out.pixels[i] = i % 4 == 3 ? byte(alpha)
                        : byte(alpha) == 0
                            ? uint8_t{0}
                            : byte(colours[i] * 255 / alpha * weighing.scale + weighing.delta);
    }
    return out;
}

int greatest_difference(const Frame &a, const Frame &b) {
    int greatest = 0;
    for (size_t i = 0; i < a.pixels.size(); ++i)
        greatest = std::max(greatest, std::abs(a.pixels[i] - b.pixels[i]));
    return greatest;
}

}  // namespace

TEST_CASE("frames of every size have the bytes of sepflow_apply, and alpha as it was") {
    const Plugin plugin;
    const std::array<int, 2> sizes[] = {{1, 1}, {1, 9},   {7, 1},   {3, 2},    {37, 23},
                                        {8, 8}, {67, 43}, {64, 40}, {319, 178}};
    for (const auto &[w, h] : sizes) {
        Instance instance(plugin, w, h);
        Frame in = noise(w, h);
        for (const std::string &kernel : kKernels) {
            CAPTURE(w);
            CAPTURE(h);
            CAPTURE(kernel);
            instance.set("kernel", kernel);
            CHECK(instance.update(in) == filtered(in, kernel));
        }
    }
}

TEST_CASE("frames may lie at any address, and nothing around them is touched") {
    const Plugin plugin;
    Instance instance(plugin, 37, 23);
    instance.set("kernel", kUneven);
    Frame in = noise(37, 23), wanted = filtered(in, kUneven);
    for (const size_t shift : {0, 1, 2, 3, 5}) {
        CAPTURE(shift);
        std::vector<uint8_t> from(in.pixels.size() + 16, 1), to(in.pixels.size() + 16, 0x5a);
        std::copy(in.pixels.begin(), in.pixels.end(), from.begin() + 8 - static_cast<long>(shift));
        instance.update(from.data() + 8 - shift, to.data() + shift);
        CHECK(std::equal(wanted.pixels.begin(), wanted.pixels.end(),
                         to.begin() + static_cast<long>(shift)));
        std::fill_n(to.begin() + static_cast<long>(shift), in.pixels.size(), uint8_t{0x5a});
        CHECK(std::all_of(to.begin(), to.end(), [](uint8_t v) { return v == 0x5a; }));
    }
}

TEST_CASE("every parameter arrives, and empty text brings its first value back") {
    const Plugin plugin;
    Instance instance(plugin, 45, 30);
    Frame in = noise(45, 30);
    CHECK(instance.update(in) == filtered(in, "gaussian 3"));
    instance.set("kernel", kUneven);
    CHECK(instance.get("kernel") == kUneven);
    const sepflow_options plain = oracle::options_of(SEPFLOW_U8);
    const Frame unchanged = filtered(in, kUneven);
    const auto check = [&](const std::string &name, const std::string &text,
                           const sepflow_options &options) {
        CAPTURE(name);
        CAPTURE(text);
        instance.set(name, text);
        const Frame out = instance.update(in);
        CHECK(out == filtered(in, kUneven, options));
        CHECK(!(out == unchanged));
        instance.set(name, "");
        CHECK(instance.update(in) == unchanged);
    };
    sepflow_options options = plain;
    options.border_x = options.border_y = SEPFLOW_BORDER_REPLICATE;
    check("border", "replicate", options);
    options = plain;
    options.border_x = SEPFLOW_BORDER_WRAP;
    check("border_x", "wrap", options);
    options = plain;
    options.delta = 7;
    check("delta", "7", options);
    options = plain;
    options.scale = 0.5;
    check("scale", "0.5", options);
    options = plain;
    options.flags = SEPFLOW_OPTION_CONVOLVE;
    check("convolve", "1", options);
    options.flags = SEPFLOW_OPTION_ANCHOR;
    options.anchor_x = 0;
    options.anchor_y = 2;  // the middle
    check("anchor_x", "0", options);

    // One for both axes, and one of its own for the vertical.
    instance.set("border_y", "constant");
    instance.set("border_value", "200");
    instance.set("border", "wrap");
    options = plain;
    options.border_x = SEPFLOW_BORDER_WRAP;
    options.border_y = SEPFLOW_BORDER_CONSTANT;
    options.border_value = 200;
    CHECK(instance.update(in) == filtered(in, kUneven, options));
    instance.set("border_y", "");
    options.border_y = SEPFLOW_BORDER_WRAP;
    CHECK(instance.update(in) == filtered(in, kUneven, options));
}

TEST_CASE("alpha, where it is filtered too, weighs the colours") {
    const Plugin plugin;
    Instance instance(plugin, 67, 43);
    instance.set("alpha", "straight");
    instance.set("kernel", "gaussian 2");
    Frame in = noise(67, 43);
    // A corner without alpha, whose colours must not bleed; their results next to it are those of
    // the others.
    for (int y = 0; y < 25; ++y) {
        for (int x = 0; x < 30; ++x) in.pixels[static_cast<size_t>(4 * (y * 67 + x) + 3)] = 0;
    }
    const Frame out = instance.update(in);
    CHECK(greatest_difference(out, filtered_with_alpha(in, {"gaussian 2"})) <= 1);
    CHECK(
        std::all_of(out.pixels.begin(), out.pixels.begin() + 4, [](uint8_t v) { return v == 0; }));
    CHECK(!(out == filtered(in, "gaussian 2")));

    // Opaque frames have no weights: the bytes of sepflow_apply.
    Frame opaque = noise(67, 43, 3, true), wanted = filtered(opaque, "gaussian 2");
    CHECK(instance.update(opaque) == wanted);
}

TEST_CASE("scale, delta and the border's value are for colours, and leave what is opaque so") {
    const Plugin plugin;
    const Frame in = noise(67, 43);
    for (const Weighing &weighing :
         {Weighing{"gaussian 2", 1, 0.5, 40}, Weighing{"3x3 0 1 0 1 4 1 0 1 0", 8, 0.2, -20},
          Weighing{"gaussian 2", 1, -1, 255},
          Weighing{"disc 4 norm", 1, 0.8, 10, 200, SEPFLOW_BORDER_CONSTANT},
          Weighing{"disc 4 norm", 1, 1.5, 0, 90, SEPFLOW_BORDER_TRUNCATE}}) {
        CAPTURE(weighing.kernel);
        CAPTURE(weighing.scale);
        Instance instance(plugin, 67, 43);
        instance.set("alpha", "straight");
        instance.set("kernel", weighing.kernel);
        instance.set("scale", std::to_string(weighing.scale));
        instance.set("delta", std::to_string(weighing.delta));
        instance.set("border_value", std::to_string(weighing.border_value));
        if (weighing.border == SEPFLOW_BORDER_CONSTANT) instance.set("border", "constant");
        if (weighing.border == SEPFLOW_BORDER_TRUNCATE) instance.set("border", "truncate");
        CHECK(greatest_difference(instance.update(in), filtered_with_alpha(in, weighing)) <= 1);

        // A corner that is not quite opaque makes no difference elsewhere.
        Frame opaque = noise(67, 43, 3, true), almost = opaque;
        almost.pixels[3] = 254;
        const Frame wanted = instance.update(opaque);
        Frame out = instance.update(almost);
        CHECK(wanted.pixels[3] == 255);
        for (int y = 0; y < 10; ++y)
            std::copy_n(wanted.pixels.begin() + y * 67 * 4, 40, out.pixels.begin() + y * 67 * 4);
        CHECK(greatest_difference(out, wanted) <= 1);
    }
}

TEST_CASE("alpha has no weight in a kernel whose sum is zero: frames are passed on") {
    const Plugin plugin;
    Instance instance(plugin, 67, 43);
    instance.set("kernel", "sobel x");
    Frame opaque = noise(67, 43, 3, true);
    CHECK(instance.update(opaque) == filtered(opaque, "sobel x"));
    instance.set("alpha", "straight");
    for (const bool is_opaque : {true, false}) {
        const Frame in = noise(67, 43, 3, is_opaque);
        CHECK(instance.update(in) == in);
    }
}

TEST_CASE("many threads update slices and frames on one instance") {
    const Plugin plugin;
    constexpr int kSlice = 40, kThreads = 6;
    Instance instance(plugin, 160, kSlice);
    instance.set("kernel", kUneven);
    for (const std::string alpha : {"keep", "straight"}) {
        CAPTURE(alpha);
        instance.set("alpha", alpha);
        std::vector<Frame> in, out;
        for (unsigned t = 0; t < kThreads; ++t) {
            in.push_back(noise(160, kSlice, t));
            out.emplace_back(160, kSlice);
        }
        std::vector<std::thread> threads;
        for (size_t t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 4; ++i)
                    instance.update(in[t].pixels.data(), out[t].pixels.data());
            });
        }
        for (std::thread &thread : threads) thread.join();
        for (size_t t = 0; t < kThreads; ++t) CHECK(out[t] == instance.update(in[t]));
        if (alpha == "keep") CHECK(out[1] == filtered(in[1], kUneven));
    }
}

TEST_CASE("the number of threads does not change a byte") {
    const Plugin plugin;
    Instance instance(plugin, 701, 403);
    Frame in = noise(701, 403);
    instance.set("kernel", "disc 4 norm");
    const Frame wanted = filtered(in, "disc 4 norm");
    for (const std::string threads : {"0", "1", "3"}) {
        CAPTURE(threads);
        instance.set("max_threads", threads);
        CHECK(instance.update(in) == wanted);
    }
}
