// Graphs as they run: pixels, tiles, threads, sources, memory.
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/unit/host/example_graph.h"

namespace {

std::vector<float> applied(const char *text, std::vector<float> in,
                           int border_x = SEPFLOW_BORDER_REFLECT101) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = SEPFLOW_F32;
    options.border_x = border_x;
    sepflow_plan *plan = nullptr;
    REQUIRE(sepflow_plan_from_text(text, &options, &plan, nullptr) == SEPFLOW_OK);
    std::vector<float> out(in.size());
    const sepflow_image from = image_of(in), to = image_of(out);
    REQUIRE(sepflow_apply(plan, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
    sepflow_plan_free(plan);
    return out;
}

}  // namespace

TEST_CASE("a graph gives what its nodes give one after the other") {
    Host host;
    std::vector<float> pixels = picture();
    build(host, pixels);
    host.prepare();
    const std::vector<float> blurred = applied("gaussian 3 1.5", pixels, SEPFLOW_BORDER_WRAP);
    std::vector<float> sharp(pixels.size());
    for (size_t i = 0; i < sharp.size(); ++i) sharp[i] = pixels[i] + (pixels[i] - blurred[i]);
    CHECK(host.compute("sharp") == sharp);
    CHECK(host.compute("result") == applied("sobel y", sharp));
}

TEST_CASE("bytes do not depend on tiles or threads") {
    Host host;
    std::vector<float> pixels = picture();
    build(host, pixels);
    host.prepare();
    const std::vector<float> whole = host.compute("result");
    const int64_t tiles[][2] = {{1, 40}, {kW, 1}, {7, 5}, {64, 64}, {100, 300}, {5000, 3}};
    for (const auto &tile : tiles) {
        for (const int threads : {1, 2, 8}) {
            sepflow_run run = {};
            run.struct_size = sizeof run;
            run.tile_w = tile[0];
            run.tile_h = tile[1];
            run.max_threads = threads;
            CAPTURE(tile[0]);
            CAPTURE(tile[1]);
            CHECK(host.compute("result", &run) == whole);
        }
    }
}

TEST_CASE("a node that feeds two others computes what either needs, whichever asks last") {
    for (const bool wide_first : {false, true}) {
        CAPTURE(wide_first);
        Host host;
        std::vector<float> pixels = picture();
        host.input("photo");
        host.node("shared", "org.sepflow.absolute");
        host.connect("photo", "shared", "in");
        for (const bool wide : {wide_first, !wide_first}) {
            const char *name = wide ? "wide" : "thin";
            host.node(name, wide ? "org.sepflow.separable" : "org.sepflow.absolute");
            if (wide) host.set(name, "kernel", "gaussian 3");
            host.connect("shared", name, "in");
        }
        host.node("sum", "org.sepflow.add");
        host.connect("wide", "sum", "a");
        host.connect("thin", "sum", "b");
        host.output("result", "sum");
        host.bind("photo", image_of(pixels));
        host.prepare();
        std::vector<float> wanted = applied("gaussian 3", pixels);
        for (size_t i = 0; i < wanted.size(); ++i) wanted[i] += pixels[i];
        sepflow_run run = {};
        run.struct_size = sizeof run;
        run.tile_w = run.tile_h = 40;
        CHECK(host.compute("result", &run) == wanted);
    }
}

TEST_CASE("a node may be fed twice by one buffer that it works in") {
    Host host;
    std::vector<float> pixels = picture();
    host.input("photo");
    host.node("blur", "org.sepflow.separable");
    host.set("blur", "kernel", "gaussian 2");
    host.node("square", "org.sepflow.multiply");
    host.node("sum", "org.sepflow.add");
    host.connect("photo", "blur", "in");
    host.connect("blur", "square", "a");
    host.connect("blur", "square", "b");
    host.connect("square", "sum", "a");
    host.connect("photo", "sum", "b");
    host.output("result", "sum");
    host.bind("photo", image_of(pixels));
    host.prepare();
    std::vector<float> wanted = applied("gaussian 2", pixels);
    for (size_t i = 0; i < wanted.size(); ++i) wanted[i] = wanted[i] * wanted[i] + pixels[i];
    CHECK(host.compute("result") == wanted);
}

TEST_CASE("a source feeds the same pixels on demand") {
    struct Pixels {
        std::vector<float> data;
        std::atomic<int> reads{0};
    } pixels;
    pixels.data = picture();
    Host host;
    build(host, pixels.data);
    host.prepare();
    const std::vector<float> wanted = host.compute("result");
    sepflow_source source = {};
    source.struct_size = sizeof source;
    source.type = SEPFLOW_F32;
    source.channels = 1;
    source.domain = {0, 0, kW, kH};
    source.ctx = &pixels;
    source.read = [](void *ctx, const sepflow_image *into, sepflow_error *) -> sepflow_status {
        auto *from = static_cast<Pixels *>(ctx);
        ++from->reads;
        for (int64_t y = 0; y < into->bounds.h; ++y) {
            std::memcpy(
                static_cast<char *>(into->data) + y * into->stride_y,
                &from->data[static_cast<size_t>((into->bounds.y + y) * kW + into->bounds.x)],
                static_cast<size_t>(into->bounds.w) * 4);
        }
        return SEPFLOW_OK;
    };
    host.ok(sepflow_graph_bind_source(host.graph, "photo", &source, &host.error));
    host.prepare();
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.tile_w = run.tile_h = 100;
    CHECK(host.compute("result", &run) == wanted);
    CHECK(pixels.reads == 4 * 3);  // once a tile
    // A source that fails stops the run with its own sentence.
    source.read = [](void *, const sepflow_image *, sepflow_error *error) -> sepflow_status {
        std::strcpy(error->message, "the disk is gone");
        return SEPFLOW_E_IO;
    };
    host.ok(sepflow_graph_bind_source(host.graph, "photo", &source, &host.error));
    host.prepare();
    std::vector<float> out(pixels.data.size());
    const sepflow_image to = image_of(out);
    host.fails(sepflow_graph_compute(host.graph, "result", &to, nullptr, &host.error), SEPFLOW_E_IO,
               "input 'photo': the disk is gone");
}

TEST_CASE("progress counts every tile once, and cancel stops the run") {
    struct Counts {
        int64_t calls = 0, last = 0, total = 0;
        std::atomic<int> polls{0};
        int stop_at = 1 << 30;
    } counts;
    Host host;
    std::vector<float> pixels = picture();
    build(host, pixels);
    host.prepare();
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.tile_w = run.tile_h = 50;
    run.ctx = &counts;
    run.progress = [](void *ctx, int64_t done, int64_t total) {
        auto *c = static_cast<Counts *>(ctx);
        c->calls += done == c->last + 1;
        c->last = done;
        c->total = total;
    };
    run.is_cancelled = [](void *ctx) -> int32_t {
        auto *c = static_cast<Counts *>(ctx);
        return ++c->polls > c->stop_at;
    };
    host.compute("result", &run);
    CHECK(counts.calls == 7 * 5);
    CHECK(counts.total == 7 * 5);
    counts.stop_at = counts.polls + 3;
    std::vector<float> out(pixels.size());
    const sepflow_image to = image_of(out);
    CHECK(sepflow_graph_compute(host.graph, "result", &to, &run, &host.error) ==
          SEPFLOW_E_CANCELLED);
}

TEST_CASE("an output that shares memory with an input is refused, and nothing is written") {
    Host host;
    std::vector<float> pixels = picture(), other = picture();
    const std::vector<float> before = pixels;
    host.input("photo");
    host.input("unused");
    host.node("copy", "org.sepflow.absolute");
    host.node("blur", "org.sepflow.separable");
    host.set("blur", "kernel", "box 5");
    host.connect("photo", "copy", "in");
    host.connect("copy", "blur", "in");
    host.output("result", "blur");
    host.bind("photo", image_of(pixels));
    host.bind("unused", image_of(other));
    host.prepare();
    const sepflow_image in_place = image_of(pixels), elsewhere = image_of(other);
    host.fails(sepflow_graph_compute(host.graph, "result", &in_place, nullptr, &host.error),
               SEPFLOW_E_INVALID, "'photo'");
    CHECK(pixels == before);
    // The result does not depend on this one.
    host.ok(sepflow_graph_compute(host.graph, "result", &elsewhere, nullptr, &host.error));
}

TEST_CASE("sizes that no memory or counter holds are refused, and tiles may be larger than all") {
    Host host;
    host.input("photo");
    host.node("wrap", "org.sepflow.separable");
    host.set("wrap", "kernel", "box 3");
    host.set("wrap", "border_x", "wrap");
    host.set("wrap", "border_y", "wrap");
    host.connect("photo", "wrap", "in");
    host.output("result", "wrap");
    std::vector<float> pixels = picture();
    host.bind("photo", image_of(pixels));
    host.prepare();
    const std::vector<float> wanted = host.compute("result");
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
    sepflow_run run = {};
    run.struct_size = sizeof run;
    for (const auto &tile : {std::pair{kMost, kMost}, {kMost, int64_t{0}}, {int64_t{0}, kMost}}) {
        run.tile_w = tile.first;
        run.tile_h = tile.second;
        CHECK(host.compute("result", &run) == wanted);
    }
    run.tile_w = -1;
    const sepflow_image same = image_of(pixels);
    host.fails(sepflow_graph_compute(host.graph, "result", &same, &run, &host.error),
               SEPFLOW_E_INVALID, "0 or more");

    // Wrapping at a corner asks for all of the image.
    sepflow_source source = {};
    source.struct_size = sizeof source;
    source.type = SEPFLOW_F32;
    source.channels = 1;
    source.domain = {0, 0, (int64_t{1} << 48) - 1, (int64_t{1} << 48) - 1};
    source.read = [](void *, const sepflow_image *, sepflow_error *) -> sepflow_status {
        return SEPFLOW_OK;
    };
    host.ok(sepflow_graph_bind_source(host.graph, "photo", &source, &host.error));
    host.prepare();
    float pixel = 0;
    const sepflow_image one = sepflow_image_dense(&pixel, SEPFLOW_F32, 1, 1, 1);
    host.fails(sepflow_graph_compute(host.graph, "result", &one, nullptr, &host.error),
               SEPFLOW_E_MEMORY, "larger than any memory");
    run.tile_w = run.tile_h = 1;
    sepflow_image all = one;
    all.bounds = all.domain = source.domain;
    all.stride_x = 4;
    all.stride_y = int64_t{1} << 14;
    host.fails(sepflow_graph_compute(host.graph, "result", &all, &run, &host.error),
               SEPFLOW_E_INVALID, "out: ");
}

TEST_CASE("a mask is fed to its optional port, of a type and channels of its own") {
    Host host;
    std::vector<float> pixels = picture(), with_holes = pixels;
    std::vector<uint8_t> mask(pixels.size(), 255);
    for (size_t i = 0; i < pixels.size(); i += 3) {
        mask[i] = 0;
        with_holes[i] = static_cast<float>(std::nan(""));
    }
    host.input("photo");
    host.input("holes");
    host.input("weights");
    for (const char *name : {"by mask", "by NaN"}) {
        host.node(name, "org.sepflow.separable");
        host.set(name, "kernel", "gaussian 2");
        host.set(name, "missing", "ignore");
        host.output(name, name);
    }
    host.connect("photo", "by mask", "in");
    host.connect("weights", "by mask", "mask");
    host.connect("holes", "by NaN", "in");
    host.bind("photo", image_of(pixels));
    host.bind("holes", image_of(with_holes));
    host.bind("weights", sepflow_image_dense(mask.data(), SEPFLOW_U8, kW, kH, 1));
    host.prepare();
    const std::vector<float> by_mask = host.compute("by mask");
    CHECK(by_mask == host.compute("by NaN"));
    CHECK(by_mask[1] > 0);

    std::vector<uint8_t> wide(mask.size() * 2, 255);
    host.bind("weights", sepflow_image_dense(wide.data(), SEPFLOW_U8, kW, kH, 2));
    host.fails(
        sepflow_graph_prepare(host.graph, &host.error), SEPFLOW_E_FORMAT,
        "port 'mask' of node 'by mask' is fed by 'weights' (u8, 2 channels), which needs one "
        "channel");
    host.bind("weights", sepflow_image_dense(mask.data(), SEPFLOW_U8, kW - 1, kH, 1));
    host.fails(sepflow_graph_prepare(host.graph, &host.error), SEPFLOW_E_FORMAT,
               "sizes or positions");
}

TEST_CASE("a node with one port that must be fed is fed by name alone, in JSON") {
    Host host;
    const std::string json =
        R"({"inputs": ["photo"], "nodes": {"blur": {"type": "org.sepflow.separable",
            "params": {"kernel": "box 3"}, "in": "photo"}}, "outputs": {"result": "blur"}})";
    sepflow_graph *graph = nullptr;
    host.ok(sepflow_graph_from_json(host.registry, json.data(), json.size(), &graph, &host.error));
    sepflow_graph_free(graph);
}
