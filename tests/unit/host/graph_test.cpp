#include <atomic>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <numeric>
#include <sstream>

#include "tests/unit/host/fixture.h"

namespace {

constexpr int64_t kW = 317, kH = 211;

std::vector<float> picture() {
    std::vector<float> pixels(kW * kH);
    for (size_t i = 0; i < pixels.size(); ++i)
        pixels[i] = static_cast<float>((i * 2654435761u >> 7) % 1000) / 999;
    return pixels;
}

sepflow_image image_of(std::vector<float> &pixels) {
    return sepflow_image_dense(pixels.data(), SEPFLOW_F32, kW, kH, 1);
}

// photo -> blur -> detail = photo - blur -> sum = photo + detail; then a second, vertical filter.
void build(Host &host, std::vector<float> &pixels) {
    host.input("photo");
    host.node("blur", "org.sepflow.separable");
    host.set("blur", "kernel", "gaussian 3 1.5");
    host.set("blur", "border_x", "wrap");
    host.node("detail", "org.sepflow.subtract");
    host.node("sum", "org.sepflow.add");
    host.node("edges", "org.sepflow.separable");
    host.set("edges", "kernel", "sobel y");
    host.connect("photo", "blur", "in");
    host.connect("photo", "detail", "a");
    host.connect("blur", "detail", "b");
    host.connect("photo", "sum", "a");
    host.connect("detail", "sum", "b");
    host.connect("sum", "edges", "in");
    host.output("result", "edges");
    host.output("sharp", "sum");
    host.bind("photo", image_of(pixels));
}

std::vector<float> direct(const char *text, std::vector<float> in,
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

std::string read(const std::string &path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("a graph gives what its nodes give one after the other") {
    Host host;
    std::vector<float> pixels = picture();
    build(host, pixels);
    host.prepare();
    const std::vector<float> blurred = direct("gaussian 3 1.5", pixels, SEPFLOW_BORDER_WRAP);
    std::vector<float> sharp(pixels.size());
    for (size_t i = 0; i < sharp.size(); ++i) sharp[i] = pixels[i] + (pixels[i] - blurred[i]);
    CHECK(host.compute("sharp") == sharp);
    CHECK(host.compute("result") == direct("sobel y", sharp));
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
        std::vector<float> wanted = direct("gaussian 3", pixels);
        for (size_t i = 0; i < wanted.size(); ++i) wanted[i] += pixels[i];
        sepflow_run run = {};
        run.struct_size = sizeof run;
        run.tile_w = run.tile_h = 40;
        CHECK(host.compute("result", &run) == wanted);
    }
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

TEST_CASE("mistakes in a graph name what is at fault") {
    Host host;
    auto *g = host.graph;
    auto *e = &host.error;
    host.input("photo");
    host.node("blur", "org.sepflow.separable");
    host.node("sum", "org.sepflow.add");
    host.node("bytes", "org.sepflow.convert", SEPFLOW_U8);
    host.output("result", "sum");
    host.fails(sepflow_graph_add_node(g, "blur", "org.sepflow.add", 0, e), SEPFLOW_E_PARAM,
               "'blur' is taken");
    host.fails(sepflow_graph_add_input(g, "", e), SEPFLOW_E_PARAM, "empty");
    host.fails(sepflow_graph_add_node(g, "x", "org.sepflow.seperable", 0, e), SEPFLOW_E_PARAM,
               "did you mean 'org.sepflow.separable/1'");
    host.fails(sepflow_graph_set_text(g, "blur", "kernal", "box 3", e), SEPFLOW_E_PARAM,
               "did you mean 'kernel'");
    host.fails(sepflow_graph_set_text(g, "blurr", "kernel", "box 3", e), SEPFLOW_E_PARAM,
               "did you mean 'blur'");
    host.fails(sepflow_graph_set_text(g, "blur", "border_x", "mirror", e), SEPFLOW_E_PARAM,
               "reflect101");
    host.fails(sepflow_graph_set_text(g, "blur", "rank", "two", e), SEPFLOW_E_PARAM,
               "whole number");
    host.fails(sepflow_graph_set_text(g, "blur", "tolerance", "7", e), SEPFLOW_E_PARAM, "0 .. 1");
    host.fails(sepflow_graph_set_text(g, "photo", "rank", "1", e), SEPFLOW_E_PARAM, "not a node");
    host.fails(sepflow_graph_connect(g, "photo", "sum", "c", e), SEPFLOW_E_PARAM,
               "no input port 'c'");
    host.fails(sepflow_graph_add_output(g, "result", "sum", e), SEPFLOW_E_PARAM, "there already");
    host.fails(sepflow_graph_prepare(g, e), SEPFLOW_E_NOT_READY, "not connected");
    host.connect("photo", "blur", "in");
    host.fails(sepflow_graph_connect(g, "sum", "blur", "in", e), SEPFLOW_E_PARAM,
               "already fed by 'photo'");
    host.connect("photo", "bytes", "in");
    host.connect("bytes", "sum", "a");
    host.connect("photo", "sum", "b");
    host.fails(sepflow_graph_prepare(g, e), SEPFLOW_E_NOT_READY, "'photo' is not bound");
    std::vector<float> pixels = picture();
    host.bind("photo", image_of(pixels));
    host.fails(sepflow_graph_prepare(g, e), SEPFLOW_E_NOT_READY, "no kernel");
    host.set("blur", "kernel", "box 3x");
    host.fails(sepflow_graph_prepare(g, e), SEPFLOW_E_PARAM, "node 'blur': kernel text, column 5");
    host.set("blur", "kernel", "box 3");
    host.fails(sepflow_graph_prepare(g, e), SEPFLOW_E_FORMAT,
               "'bytes' (u8, 1 channel) and 'photo' (f32, 1 channel)");
    const sepflow_image out = image_of(pixels);
    host.fails(sepflow_graph_compute(g, "result", &out, nullptr, e), SEPFLOW_E_NOT_READY,
               "not prepared");
}

TEST_CASE("a cycle is refused, and so are inputs of different sizes") {
    Host cyclic;
    cyclic.node("a", "org.sepflow.absolute");
    cyclic.node("b", "org.sepflow.absolute");
    cyclic.connect("a", "b", "in");
    cyclic.connect("b", "a", "in");
    cyclic.fails(sepflow_graph_prepare(cyclic.graph, &cyclic.error), SEPFLOW_E_PARAM, "cycle");

    Host host;
    std::vector<float> pixels = picture();
    host.input("one");
    host.input("two");
    host.node("sum", "org.sepflow.add");
    host.connect("one", "sum", "a");
    host.connect("two", "sum", "b");
    host.bind("one", image_of(pixels));
    host.bind("two", sepflow_image_dense(pixels.data(), SEPFLOW_F32, 10, 10, 1));
    host.fails(sepflow_graph_prepare(host.graph, &host.error), SEPFLOW_E_FORMAT, "'one' and 'two'");
}

TEST_CASE("the graphs that ship sharpen and find edges, in the type of their input") {
    for (const char *name : {"unsharp", "sobel"}) {
        Host host;
        const std::string json = read(std::string(SEPFLOW_GRAPHS_DIR) + "/" + name + ".json");
        sepflow_graph *graph = nullptr;
        host.ok(
            sepflow_graph_from_json(host.registry, json.data(), json.size(), &graph, &host.error));
        std::vector<uint8_t> step(40 * 20), out(40 * 20);
        for (size_t i = 0; i < step.size(); ++i) step[i] = i % 40 < 20 ? 60 : 100;
        const sepflow_image from = sepflow_image_dense(step.data(), SEPFLOW_U8, 40, 20, 1);
        const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_U8, 40, 20, 1);
        host.ok(sepflow_graph_bind_image(graph, sepflow_graph_input_name(graph, 0), &from,
                                         &host.error));
        host.ok(sepflow_graph_prepare(graph, &host.error));
        host.ok(sepflow_graph_compute(graph, sepflow_graph_output_name(graph, 0), &to, nullptr,
                                      &host.error));
        if (std::string(name) == "sobel") {
            CHECK(out[10 * 40 + 19] == 160);  // 4 * (100 - 60)
            CHECK(out[10 * 40 + 5] == 0);
        } else {
            CHECK(out[10 * 40 + 19] < 60);
            CHECK(out[10 * 40 + 20] > 100);
            CHECK(out[10 * 40 + 2] == 60);
        }
        sepflow_graph_free(graph);
    }
}

TEST_CASE("mistakes in a graph's JSON say where") {
    Host host;
    struct Bad {
        const char *json, *part;
    };
    const Bad bad[] = {
        {"{", "line 1"},
        {"[]", "the top level must be an object"},
        {R"({"nodes": {}, "outputs": {}})", "needs 'inputs'"},
        {R"({"inputs": [], "nodes": {}, "outputs": {}, "node": 1})",
         "unknown key 'node'; did you mean 'nodes'"},
        {R"({"inputs": ["p"], "nodes": {"b": {}}, "outputs": {}})", "needs a 'type'"},
        {R"({"inputs": ["p"], "nodes": {"b": {"type": "org.sepflow.add", "in": "p"}}, "outputs": {}})",
         "several"},
        {R"({"inputs": ["p"], "nodes": {"b": {"type": "org.sepflow.convert", "out_type": "u7"}}, "outputs": {}})",
         "u7"},
        {R"({"inputs": ["p"], "nodes": {"b": {"type": "org.sepflow.convert", "out_type": "input:q"}}, "outputs": {}})",
         "'q'"},
        {R"({"inputs": ["p"], "nodes": {"b": {"type": "org.sepflow.separable", "params": {"kernel": [[1, 2], [3]]}}}, "outputs": {}})",
         "equal length"},
        {R"({"inputs": ["p"], "nodes": {"b": {"type": "org.sepflow.convert", "out_type": "input:"}}, "outputs": {}})",
         "'input:'"},
        {R"({"inputs": ["p"], "nodes": {"b": {"type": "org.sepflow.convert", "out_type": ""}}, "outputs": {}})",
         "out_type ''"},
        {R"({"inputs": ["p"], "nodes": {"b": {"type": "org.sepflow.add"}, "b": {"type": "org.sepflow.convert"}}, "outputs": {}})",
         "'b' is there twice"},
        {R"({"inputs": ["p", "p"], "nodes": {}, "outputs": {}})", "'p' is taken"},
        {R"({"inputs": ["p"], "nodes": {}, "outputs": {"r": "x"}})", "no node or input 'x'"}};
    for (const Bad &b : bad) {
        sepflow_graph *graph = nullptr;
        CAPTURE(b.json);
        host.fails(sepflow_graph_from_json(host.registry, b.json, std::strlen(b.json), &graph,
                                           &host.error),
                   SEPFLOW_E_PARAM, b.part);
        CHECK(graph == nullptr);
    }
}

TEST_CASE("equal keys are fine in different objects, and outputs keep the order of the text") {
    Host host;
    const std::string json = R"({
        "inputs": ["p"],
        "nodes": {
            "b": {"type": "org.sepflow.scale_offset", "params": {"scale": 2}, "in": "p"},
            "a": {"type": "org.sepflow.scale_offset", "params": {"scale": 3}, "in": "p"}
        },
        "outputs": {"z": "a", "m": "b", "c": "a"}})";
    sepflow_graph *graph = nullptr;
    host.ok(sepflow_graph_from_json(host.registry, json.data(), json.size(), &graph, &host.error));
    std::string names;
    for (uint32_t i = 0; const char *name = sepflow_graph_output_name(graph, i); ++i) names += name;
    CHECK(names == "zmc");
    sepflow_graph_free(graph);
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
               SEPFLOW_E_INVALID, "negative");

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

TEST_CASE("descriptions are written as far as the caller's struct reaches") {
    Host host;
    std::vector<float> pixels = picture();
    build(host, pixels);
    host.prepare();
    sepflow_image image = {};
    host.fails(sepflow_graph_describe_output(host.graph, "result", &image, &host.error),
               SEPFLOW_E_ABI, "struct_size");
    sepflow_plan_info info = {};
    info.struct_size = offsetof(sepflow_plan_info, rank);
    info.rank = -7;
    host.ok(sepflow_graph_node_plan_info(host.graph, "blur", &info, &host.error));
    CHECK(info.top == 6);  // 4 sigma
    CHECK(info.rank == -7);
}
