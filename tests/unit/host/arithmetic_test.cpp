// The arithmetic nodes against their formulas, in every pixel type.
#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/unit/host/fixture.h"

namespace {

template <typename T>
constexpr sepflow_type type_of() {
    if constexpr (std::is_same_v<T, uint8_t>) return SEPFLOW_U8;
    if constexpr (std::is_same_v<T, uint16_t>) return SEPFLOW_U16;
    if constexpr (std::is_same_v<T, int16_t>) return SEPFLOW_S16;
    if constexpr (std::is_same_v<T, float>) return SEPFLOW_F32;
    return SEPFLOW_F64;
}

template <typename T>
T rounded(double value) {
    if constexpr (std::is_floating_point_v<T>) return static_cast<T>(value);
    const double low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
    return static_cast<T>(std::nearbyint(std::min(std::max(value, low), high)));
}

template <typename T>
std::vector<T> samples(size_t count, unsigned seed) {
    std::vector<T> result(count);
    for (size_t i = 0; i < count; ++i) {
        const unsigned hash = static_cast<unsigned>(i + 1) * 2654435761u + seed * 40503u;
        result[i] = std::is_floating_point_v<T>
                        ? static_cast<T>(static_cast<int>(hash >> 8 & 0xffff) - 32768) / T(64)
                        : static_cast<T>(hash >> 9);
    }
    return result;
}

// Two rows of padding apart, three channels, planar input and interleaved output.
template <typename T>
void check_node(const char *id, int inputs, const std::function<double(double, double)> &formula,
                const std::vector<std::pair<const char *, const char *>> &params = {}) {
    constexpr int64_t kW = 601, kH = 3;
    constexpr int kChannels = 3;
    std::vector<T> a = samples<T>(kW * kH * kChannels, 1), b = samples<T>(kW * kH * kChannels, 2),
                   out(kW * kH * kChannels);
    const auto planar = [](std::vector<T> &pixels) {
        sepflow_image image = sepflow_image_dense(pixels.data(), type_of<T>(), kW, kH, kChannels);
        image.stride_x = sizeof(T);
        image.stride_y = sizeof(T) * kW;
        image.stride_c = sizeof(T) * kW * kH;
        return image;
    };
    Host host;
    host.input("a");
    host.input("b");
    host.node("node", id);
    for (const auto &[param, text] : params) host.set("node", param, text);
    host.connect("a", "node", inputs == 1 ? "in" : "a");
    if (inputs == 2) host.connect("b", "node", "b");
    host.output("out", "node");
    host.bind("a", planar(a));
    host.bind("b", planar(b));
    host.prepare();
    const sepflow_image to = sepflow_image_dense(out.data(), type_of<T>(), kW, kH, kChannels);
    host.ok(sepflow_graph_compute(host.graph, "out", &to, nullptr, &host.error));
    int64_t wrong = 0;
    for (int64_t i = 0; i < kW * kH; ++i) {
        for (int c = 0; c < kChannels; ++c) {
            const auto from = static_cast<size_t>(c * kW * kH + i),
                       at = static_cast<size_t>(i * kChannels + c);
            const double value =
                formula(static_cast<double>(a[from]), static_cast<double>(b[from]));
            const T wanted = rounded<T>(value);
            const bool right =
                std::is_floating_point_v<T>
                    ? std::fabs(static_cast<double>(out[at]) - value) <= std::fabs(value) * 3e-7
                    : out[at] == wanted;
            wrong += !right;
        }
    }
    CHECK_MESSAGE(wrong == 0, id);
}

template <typename T>
void check_all() {
    check_node<T>("org.sepflow.add", 2, [](double a, double b) { return a + b; });
    check_node<T>("org.sepflow.subtract", 2, [](double a, double b) { return a - b; });
    check_node<T>("org.sepflow.multiply", 2, [](double a, double b) { return a * b; });
    check_node<T>("org.sepflow.magnitude", 2, [](double a, double b) { return std::hypot(a, b); });
    check_node<T>("org.sepflow.absolute", 1, [](double a, double) { return std::fabs(a); });
    check_node<T>("org.sepflow.scale_offset", 1, [](double a, double) { return 0.5 * a + 3; },
                  {{"scale", "0.5"}, {"offset", "3"}});
}

}  // namespace

TEST_CASE("arithmetic in every pixel type, saturating, ties to even") {
    check_all<uint8_t>();
    check_all<uint16_t>();
    check_all<int16_t>();
    check_all<float>();
    check_all<double>();
}

TEST_CASE("scale and offset of bytes round as the formula in double does") {
    std::vector<uint8_t> pixels(256), out(256);
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(i);
    const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_U8, 256, 1, 1);
    for (const char *scale : {"0.1", "0.3", "0.35", "1.1", "0.299"}) {
        for (const char *offset : {"0", "0.05", "-3.3", "12.345"}) {
            Host host;
            host.input("in");
            host.node("node", "org.sepflow.scale_offset");
            host.set("node", "scale", scale);
            host.set("node", "offset", offset);
            host.connect("in", "node", "in");
            host.output("out", "node");
            host.bind("in", sepflow_image_dense(pixels.data(), SEPFLOW_U8, 256, 1, 1));
            host.prepare();
            host.ok(sepflow_graph_compute(host.graph, "out", &to, nullptr, &host.error));
            for (size_t i = 0; i < out.size(); ++i) {
                CAPTURE(i);
                REQUIRE(out[i] == rounded<uint8_t>(static_cast<double>(i) * std::stod(scale) +
                                                   std::stod(offset)));
            }
        }
    }
}

TEST_CASE("arithmetic on halves rounds once, to eleven bits, interleaved or not") {
    const auto to_half = [](double value) {
        int exponent = 0;
        const double fraction = std::frexp(value, &exponent);
        return static_cast<float>(
            std::ldexp(std::nearbyint(std::ldexp(fraction, 11)), exponent - 11));
    };
    const struct {
        const char *id;
        double (*formula)(double, double);
    } nodes[] = {{"org.sepflow.add", [](double a, double b) { return a + b; }},
                 {"org.sepflow.subtract", [](double a, double b) { return a - b; }},
                 {"org.sepflow.multiply", [](double a, double b) { return a * b; }}};
    constexpr int64_t kW = 700;
    std::vector<float> a(kW * 3), b(kW * 3);
    for (size_t i = 0; i < a.size(); ++i) {  // eleven bits each
        a[i] = static_cast<float>((i * 2654435761u >> 8) % 2048 + 1) / 64;
        b[i] = static_cast<float>((i * 40503u >> 3) % 2048 + 1) / 512;
    }
    for (const auto &node : nodes) {
        for (const int channels : {1, 3}) {
            CAPTURE(node.id);
            CAPTURE(channels);
            Host host;
            for (const char *side : {"a", "b"}) {
                const std::string half = std::string("half ") + side;
                host.input(side);
                host.node(half.c_str(), "org.sepflow.convert", SEPFLOW_F16);
                host.connect(side, half.c_str(), "in");
            }
            host.node("node", node.id);
            host.connect("half a", "node", "a");
            host.connect("half b", "node", "b");
            host.node("back", "org.sepflow.convert", SEPFLOW_F32);
            host.connect("node", "back", "in");
            host.output("out", "back");
            host.bind("a",
                      sepflow_image_dense(a.data(), SEPFLOW_F32, kW * 3 / channels, 1, channels));
            host.bind("b",
                      sepflow_image_dense(b.data(), SEPFLOW_F32, kW * 3 / channels, 1, channels));
            host.prepare();
            const std::vector<float> out = host.compute("out");
            for (size_t i = 0; i < out.size(); ++i) {
                const double value =
                    node.formula(static_cast<double>(a[i]), static_cast<double>(b[i]));
                CAPTURE(i);
                REQUIRE(out[i] == to_half(value));
            }
        }
    }
}

TEST_CASE("converting there and back, and to narrower types") {
    Host host;
    std::vector<float> pixels = {-3, -0.5f, 0.5f, 1.5f, 2.5f, 254.5f, 255.5f, 1e9f, -1e9f, 77.49f};
    std::vector<uint8_t> out(pixels.size());
    host.input("in");
    host.node("half", "org.sepflow.convert", SEPFLOW_F16);
    host.node("byte", "org.sepflow.convert", SEPFLOW_U8);
    host.connect("in", "byte", "in");
    host.connect("in", "half", "in");
    host.node("back", "org.sepflow.convert", SEPFLOW_F32);
    host.connect("half", "back", "in");
    host.output("byte", "byte");
    host.output("back", "back");
    host.bind("in", sepflow_image_dense(pixels.data(), SEPFLOW_F32, 10, 1, 1));
    host.prepare();
    const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_U8, 10, 1, 1);
    host.ok(sepflow_graph_compute(host.graph, "byte", &to, nullptr, &host.error));
    CHECK(out == std::vector<uint8_t>{0, 0, 0, 2, 2, 254, 255, 255, 0, 77});
    const std::vector<float> back = host.compute("back");
    CHECK(back[5] == 254.5f);
    CHECK(back[9] == 77.5f);  // eleven bits
    CHECK(std::isinf(back[7]));
}

TEST_CASE("decimate keeps the right pixel of each cell, negative coordinates and tiles included") {
    constexpr int64_t kW = 23, kH = 17;
    std::vector<float> pixels(kW * kH);
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(i);
    Host host;
    host.input("in");
    host.node("grown", "org.sepflow.separable");
    host.set("grown", "kernel", "3x5 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0");
    host.set("grown", "extent", "full");  // its domain begins at -2, -1
    host.node("small", "org.sepflow.decimate");
    host.set("small", "factor_x", "3");
    host.set("small", "phase_x", "1");
    host.set("small", "factor_y", "2");
    host.connect("in", "grown", "in");
    host.connect("grown", "small", "in");
    host.output("out", "small");
    host.bind("in", sepflow_image_dense(pixels.data(), SEPFLOW_F32, kW, kH, 1));
    host.prepare();
    sepflow_image described = {};
    described.struct_size = sizeof described;
    host.ok(sepflow_graph_describe_output(host.graph, "out", &described, &host.error));
    // Sources 3x + 1 within -2 .. 24 and 2y within -1 .. 17.
    CHECK(described.domain.x == -1);
    CHECK(described.domain.w == 9);
    CHECK(described.domain.y == 0);
    CHECK(described.domain.h == 9);
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.tile_w = 2;
    run.tile_h = 3;
    const std::vector<float> out = host.compute("out", &run);
    for (int64_t y = 0; y < 8; ++y) {
        for (int64_t x = 0; x < 7; ++x) {
            CHECK(out[static_cast<size_t>(y * 9 + x + 1)] ==
                  static_cast<float>(2 * y * kW + 3 * x + 1));
        }
    }
}
