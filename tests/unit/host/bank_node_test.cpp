// The bank node in graphs: several kernels, an output for each.
#include "tests/unit/host/example_graph.h"

namespace {

void add_bank(Host &host, const char *kernels) {
    host.input("photo");
    host.node("bank", "org.sepflow.bank");
    host.set("bank", "kernels", kernels);
    host.connect("photo", "bank", "in");
}

void add_filter(Host &host, const char *name, const char *kernel, const char *from) {
    host.node(name, "org.sepflow.separable");
    host.set(name, "kernel", kernel);
    host.connect(from, name, "in");
}

sepflow_run tiles_of(int64_t w, int64_t h, int threads) {
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.tile_w = w;
    run.tile_h = h;
    run.max_threads = threads;
    return run;
}

}  // namespace

TEST_CASE("kernels with nothing in common come out of a bank as from nodes of their own") {
    Host host;
    std::vector<float> pixels = picture();
    add_bank(host, "gaussian 2;sobel y;  derivative 1.5");
    const char *kernels[] = {"gaussian 2", "sobel y", "derivative 1.5"};
    for (const char *kernel : kernels) add_filter(host, kernel, kernel, "photo");
    host.output("bank 1", "bank");
    host.output("bank 2", "bank.out2");
    host.output("bank 3", "bank.out3");
    for (const char *kernel : kernels) host.output(kernel, kernel);
    host.bind("photo", image_of(pixels));
    host.prepare();
    CHECK(host.compute("bank 1") == host.compute("gaussian 2"));
    CHECK(host.compute("bank 2") == host.compute("sobel y"));
    CHECK(host.compute("bank 3") == host.compute("derivative 1.5"));
}

TEST_CASE("bytes depend neither on tiles and threads nor on which of a bank's outputs are read") {
    Host host;
    std::vector<float> pixels = picture();
    add_bank(host, "dog 1 1.6 6; dog 1.6 2.5 6; laplacian; dog 2.5 4 6");
    host.set("bank", "border_x", "wrap");
    add_filter(host, "wide", "box 9 3", "bank.out2");  // reads more of it than the sums do
    host.node("sum", "org.sepflow.add");
    host.connect("wide", "sum", "a");
    host.connect("bank.out2", "sum", "b");
    host.node("all", "org.sepflow.subtract");
    host.connect("sum", "all", "a");
    host.connect("bank.out4", "all", "b");
    host.output("all", "all");
    for (const char *port : {"out1", "out2", "out3", "out4"})
        host.output(port, (std::string("bank.") + port).c_str());
    host.bind("photo", image_of(pixels));
    host.prepare();
    const std::vector<float> second = host.compute("out2"), fourth = host.compute("out4");

    Host after;  // the same, from the bank's results as they came out one at a time
    std::vector<float> two = second, four = fourth;
    after.input("two");
    after.input("four");
    add_filter(after, "wide", "box 9 3", "two");
    after.node("sum", "org.sepflow.add");
    after.connect("wide", "sum", "a");
    after.connect("two", "sum", "b");
    after.node("all", "org.sepflow.subtract");
    after.connect("sum", "all", "a");
    after.connect("four", "all", "b");
    after.output("all", "all");
    after.bind("two", image_of(two));
    after.bind("four", image_of(four));
    after.prepare();
    const std::vector<float> all = after.compute("all");

    for (const sepflow_run &run : {tiles_of(0, 0, 0), tiles_of(41, 23, 2), tiles_of(kW, 1, 1),
                                   tiles_of(7, 50, 3), tiles_of(300, 300, 2)}) {
        CAPTURE(run.tile_w);
        CHECK(host.compute("all", &run) == all);
        CHECK(host.compute("out2", &run) == second);
        CHECK(host.compute("out4", &run) == fourth);
        CHECK(host.compute("out3", &run) == host.compute("out3"));
    }
}

TEST_CASE("a bank reads a mask, and changes the type") {
    Host host;
    std::vector<float> pixels = picture(), mask(pixels.size());
    for (size_t i = 0; i < mask.size(); ++i) mask[i] = i % 5 == 0 ? 0.0f : 1.0f;
    add_bank(host, "gaussian 2; box 5 3");
    add_filter(host, "box", "box 5 3", "photo");
    host.input("mask");
    for (const char *node : {"bank", "box"}) {
        host.set(node, "missing", "ignore");
        host.connect("mask", node, "mask");
    }
    host.output("together", "bank.out2");
    host.output("alone", "box");
    host.bind("photo", image_of(pixels));
    host.bind("mask", image_of(mask));
    host.prepare();
    CHECK(host.compute("together") == host.compute("alone"));
    CHECK(host.compute("together") != pixels);
}

TEST_CASE("mistakes in a bank say what is wrong") {
    Host host;
    std::vector<float> pixels = picture();
    host.input("photo");
    host.node("bank", "org.sepflow.bank");
    host.connect("photo", "bank", "in");
    host.output("first", "bank");
    host.output("third", "bank.out3");
    host.bind("photo", image_of(pixels));
    host.fails(sepflow_graph_prepare(host.graph, &host.error), SEPFLOW_E_NOT_READY,
               "no kernels are set");
    host.set("bank", "kernels", "gaussian 1; gausian 2");
    host.fails(sepflow_graph_prepare(host.graph, &host.error), SEPFLOW_E_PARAM, "kernel 2: ");
    host.set("bank", "kernels", "gaussian 1;");
    host.fails(sepflow_graph_prepare(host.graph, &host.error), SEPFLOW_E_PARAM, "kernel 2: ");
    std::string many = "gaussian 1";
    for (int i = 0; i < 16; ++i) many += "; gaussian 1";
    host.set("bank", "kernels", many.c_str());
    host.fails(sepflow_graph_prepare(host.graph, &host.error), SEPFLOW_E_PARAM, "17 kernels");
    host.set("bank", "kernels", "gaussian 1; gaussian 2");
    host.prepare();
    CHECK(host.compute("first").size() == pixels.size());
    std::vector<float> out(pixels.size());
    const sepflow_image image = image_of(out);
    host.fails(sepflow_graph_compute(host.graph, "third", &image, nullptr, &host.error),
               SEPFLOW_E_PARAM, "output 3 is requested, but there are 2 kernels");
    host.fails(sepflow_graph_add_output(host.graph, "x", "bank.out17", &host.error),
               SEPFLOW_E_PARAM, "no output port 'out17'");
}
