// Pixels through the host against sepflow_apply, byte for byte.
#include <doctest/doctest.h>
#include <thread>

#include "tests/hosts/openfx/mini_host.h"
#include "tests/hosts/openfx/picture.h"

namespace {

const char *const kKernels[] = {"gaussian 1.5", "row 1 2 3 4 col 1 0 -1 2 5 norm",
                                "3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 -3 norm", "disc 3 norm",
                                "identity"};

const Kind kFloatRgba = {SEPFLOW_F32, 4, "OfxBitDepthFloat", "OfxImageComponentRGBA"};
const Kind kShortRgb = {SEPFLOW_U16, 3, "OfxBitDepthShort", "OfxImageComponentRGB"};

std::vector<Kind> kinds() {
    const Kind depths[] = {{SEPFLOW_U8, 0, "OfxBitDepthByte", ""},
                           {SEPFLOW_U16, 0, "OfxBitDepthShort", ""},
                           {SEPFLOW_F16, 0, "OfxBitDepthHalf", ""},
                           {SEPFLOW_F32, 0, "OfxBitDepthFloat", ""}};
    std::vector<Kind> all;
    for (Kind kind : depths) {
        kind.channels = 1;
        kind.components = "OfxImageComponentAlpha";
        all.push_back(kind);
        kind.channels = 3;
        kind.components = "OfxImageComponentRGB";
        all.push_back(kind);
        kind.channels = 4;
        kind.components = "OfxImageComponentRGBA";
        all.push_back(kind);
    }
    return all;
}

mini::Area area_of(const mini::Rect &r) {
    return {static_cast<double>(r.x1), static_cast<double>(r.y1), static_cast<double>(r.x2),
            static_cast<double>(r.y2)};
}

// The tiles of a rectangle, unequal ones at the far ends.
std::vector<mini::Rect> tiles(const mini::Rect &whole, int w, int h) {
    std::vector<mini::Rect> all;
    for (int y = whole.y1; y < whole.y2; y += h) {
        for (int x = whole.x1; x < whole.x2; x += w)
            all.push_back({x, y, std::min(x + w, whole.x2), std::min(y + h, whole.y2)});
    }
    return all;
}

}  // namespace

TEST_CASE(
    "a whole image has the bytes of sepflow_apply, for all pixels and both signs of row bytes") {
    mini::Host host;
    const mini::Rect whole = {0, 0, 37, 23};
    for (const Kind &kind : kinds()) {
        mini::Instance instance(host, kind.depth, kind.components);
        Picture in = noise(kind, 37, 23), out(kind, 37, 23);
        for (const char *kernel : kKernels) {
            for (const bool negative : {false, true}) {
                CAPTURE(kind.depth);
                CAPTURE(kind.components);
                CAPTURE(kernel);
                CAPTURE(negative);
                Buffer source(kind, whole, whole, negative), output(kind, whole, whole, !negative);
                source.put(in, 0, 0);
                instance.source().images = {{1.0, source.image}};
                instance.output().images = {{1.0, output.image}};
                instance.param("kernel").text = kernel;
                REQUIRE(instance.render(1, whole) == 0);
                output.get(out, 0, 0);
                CHECK(out == filtered(in, kernel));
                CHECK(output.is_untouched_between_rows());
            }
        }
    }
}

TEST_CASE("a kernel's first row acts at the top of the picture") {
    mini::Host host;
    mini::Instance instance(host);
    const mini::Rect whole = {0, 0, 5, 6};
    Picture in(kFloatRgba, 5, 6), out(kFloatRgba, 5, 6);
    const float one = 1;
    std::memcpy(in.row(1) + 2 * kFloatRgba.bytes(), &one, 4);  // second row from the top
    Buffer source(kFloatRgba, whole, whole, false), output(kFloatRgba, whole, whole, false);
    source.put(in, 0, 0);
    instance.source().images = {{1.0, source.image}};
    instance.output().images = {{1.0, output.image}};
    instance.param("kernel").text = "3x1 1 0 0";  // takes the pixel above
    REQUIRE(instance.render(1, whole) == 0);
    CHECK(!output.is_clear(2, 3));  // third row from the top, in the host's coordinates
    CHECK(output.is_clear(2, 4));
    CHECK(output.is_clear(2, 2));
}

// Every tile gets no more of the source than it asked for, cut at the region of definition.
TEST_CASE(
    "tiles from no more than their regions of interest make the whole, wherever its origin lies") {
    mini::Host host;
    for (const Kind &kind : {kFloatRgba, kShortRgb}) {
        mini::Instance instance(host, kind.depth, kind.components);
        const mini::Rect whole = {-20, 31, -20 + 61, 31 + 47};
        Picture in = noise(kind, 61, 47), out(kind, 61, 47);
        instance.source().definition = area_of(whole);
        for (const char *kernel : kKernels) {
            for (const int border : {0, 2, 3, 4}) {
                CAPTURE(kernel);
                CAPTURE(border);
                instance.param("kernel").text = kernel;
                instance.param("border_x").number = instance.param("border_y").number = border;
                for (const mini::Rect &tile : tiles(whole, 17, 20)) {
                    mini::Area asked = area_of(tile);
                    REQUIRE(instance.region_of_interest(1, asked) == 0);
                    const mini::Rect got = {static_cast<int>(asked.x1), static_cast<int>(asked.y1),
                                            static_cast<int>(asked.x2), static_cast<int>(asked.y2)};
                    REQUIRE(got.x1 >= whole.x1);
                    REQUIRE(got.y2 <= whole.y2);
                    Buffer source(kind, got, whole, true), output(kind, tile, whole, false);
                    source.put(in, whole.x1, whole.y1);
                    instance.source().images = {{1.0, source.image}};
                    instance.output().images = {{1.0, output.image}};
                    REQUIRE_MESSAGE(instance.render(1, tile) == 0, host.persistent);
                    output.get(out, whole.x1, whole.y1);
                }
                sepflow_options options = oracle::options_of(kind.type, kind.type, kind.channels);
                options.border_x = options.border_y = border;
                Picture wanted(kind, 61, 47);
                oracle::apply(oracle::plan_from(kernel, options), in.view(), wanted.view());
                CHECK(out == wanted);
            }
        }
    }
}

TEST_CASE(
    "many threads render tiles of several frames of one instance while its parameters vary in "
    "time") {
    mini::Host host;
    mini::Instance instance(host);
    instance.param("kernel").text = kKernels[1];
    instance.param("delta").at_time = [](double time) { return time / 8; };
    const mini::Rect whole = {0, 0, 97, 64};
    Picture in = noise(kFloatRgba, 97, 64);
    Buffer source(kFloatRgba, whole, whole, false);
    source.put(in, 0, 0);
    constexpr int kFrames = 4;
    std::vector<Buffer> outputs(kFrames, Buffer(kFloatRgba, whole, whole, false));
    for (int frame = 0; frame < kFrames; ++frame) {
        outputs[static_cast<size_t>(frame)] = Buffer(kFloatRgba, whole, whole, false);
        instance.source().images[frame] = source.image;
        instance.output().images[frame] = outputs[static_cast<size_t>(frame)].image;
    }
    std::vector<std::thread> threads;
    std::atomic<int> failures{0};
    for (const mini::Rect &tile : tiles(whole, 50, 32)) {
        for (int frame = 0; frame < kFrames; ++frame) {
            threads.emplace_back([&, tile, frame] {
                if (instance.render(frame, tile) != 0) ++failures;
            });
        }
    }
    for (std::thread &thread : threads) thread.join();
    CHECK(failures == 0);
    for (int frame = 0; frame < kFrames; ++frame) {
        CAPTURE(frame);
        Picture out(kFloatRgba, 97, 64);
        outputs[static_cast<size_t>(frame)].get(out, 0, 0);
        CHECK(out == filtered(in, kKernels[1], frame / 8.0));
    }
}

TEST_CASE("the host's threads are used where it has them, and the bytes stay the same") {
    Picture in = noise(kFloatRgba, 700, 300), wanted = filtered(in, "gaussian 4");
    const mini::Rect whole = {0, 0, 700, 300};
    for (const bool threads : {false, true}) {
        CAPTURE(threads);
        mini::Suites suites;
        suites.threads = threads;
        mini::Host host(suites);
        mini::Instance instance(host);
        Buffer source(kFloatRgba, whole, whole, false), output(kFloatRgba, whole, whole, false);
        source.put(in, 0, 0);
        instance.source().images = {{1.0, source.image}};
        instance.output().images = {{1.0, output.image}};
        instance.param("kernel").text = "gaussian 4";
        REQUIRE(instance.render(1, whole) == 0);
        Picture out(kFloatRgba, 700, 300);
        output.get(out, 0, 0);
        CHECK(out == wanted);
        CHECK((host.threads_run > 0) == threads);
    }
}

TEST_CASE(
    "at another render scale and pixel aspect the kernel stays as it is, in the pixels of that "
    "image") {
    mini::Host host;
    mini::Instance instance(host);
    instance.source().bag.values["OfxImagePropPixelAspectRatio"] = {2.0};
    const mini::Scale half = {0.5, 0.5};
    // 40 x 30 pixels of half size and aspect 2 are 160 x 60 canonical units.
    instance.source().definition = {0, 0, 160, 60};
    instance.param("kernel").text = "row 1 2 3 4 col 1 0 -1 2 5 7";
    mini::Area asked = {40, 20, 80, 40};  // pixels 10 .. 20, 10 .. 20
    REQUIRE(instance.region_of_interest(1, asked, half) == 0);
    // Anchors 2 of 4 and 3 of 6: 2 left, 1 right, 3 above, 2 below.
    CHECK(asked.x1 == 40 - 2 * 4);
    CHECK(asked.x2 == 80 + 1 * 4);
    CHECK(asked.y1 == 20 - 2 * 2);
    CHECK(asked.y2 == 40 + 3 * 2);

    const mini::Rect whole = {0, 0, 40, 30}, tile = {10, 10, 20, 20}, got = {8, 8, 21, 23};
    Picture in = noise(kFloatRgba, 40, 30), out(kFloatRgba, 40, 30);
    Buffer source(kFloatRgba, got, whole, false), output(kFloatRgba, tile, whole, false);
    source.put(in, 0, 0);
    instance.source().images = {{1.0, source.image}};
    instance.output().images = {{1.0, output.image}};
    REQUIRE_MESSAGE(instance.render(1, tile, half) == 0, host.persistent);
    output.get(out, 0, 0);
    Picture wanted = filtered(in, "row 1 2 3 4 col 1 0 -1 2 5 7");
    for (int y = 10; y < 20; ++y)
        CHECK(std::memcmp(out.row(y) + 160, wanted.row(y) + 160, 160) == 0);
}
