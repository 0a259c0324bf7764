// Graphs as they are built: refusals and descriptions.
#include "tests/unit/host/example_graph.h"

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
    host.fails(sepflow_graph_set_text(g, "blur", "scale", "1/0", e), SEPFLOW_E_PARAM,
               "scale: '1/0' divides by zero");
    host.fails(sepflow_graph_set_text(g, "blur", "delta", "1/2/3", e), SEPFLOW_E_PARAM,
               "a ratio has one '/'");
    host.fails(sepflow_graph_set_text(g, "blur", "rank", "2/1", e), SEPFLOW_E_PARAM,
               "whole number");
    CHECK(sepflow_graph_set_text(g, "blur", "tolerance", "1/510", e) == SEPFLOW_OK);
    CHECK(sepflow_graph_set_text(g, "blur", "tolerance", "0", e) == SEPFLOW_OK);
    host.fails(sepflow_graph_set_text(g, "photo", "rank", "1", e), SEPFLOW_E_PARAM, "not a node");
    host.fails(sepflow_graph_connect(g, "photo", "sum", "c", e), SEPFLOW_E_PARAM,
               "no input port 'c'");
    host.fails(sepflow_graph_add_output(g, "result", "sum", e), SEPFLOW_E_PARAM, "already exists");
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
