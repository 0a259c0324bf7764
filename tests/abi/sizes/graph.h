// A graph to bind, ask and compute.
#pragma once

#include "tests/abi/sizes/node.h"
#include "tests/abi/sizes/scene.h"

namespace abi_test {

// A graph of one node, "f", between "in", which is bound, and "out".
struct Graph {
    Images images;
    Error error;
    sepflow_graph *graph = nullptr;

    explicit Graph(const sepflow_registry *registry = registry_of_nodes()) {
        REQUIRE(sepflow_graph_create(registry, &graph, nullptr) == SEPFLOW_OK);
        REQUIRE(sepflow_graph_add_input(graph, "in", nullptr) == SEPFLOW_OK);
    }
    Graph(const Graph &) = delete;
    ~Graph() { sepflow_graph_free(graph); }

    Graph &add_blur() {
        ok(sepflow_graph_add_node(graph, "f", "org.sepflow.separable", 0, error));
        ok(sepflow_graph_set_text(graph, "f", "kernel", "2x3 1 2 3 4 5 -6", error));
        ok(sepflow_graph_connect(graph, "in", "f", "in", error));
        ok(sepflow_graph_add_output(graph, "out", "f", error));
        return *this;
    }
    Graph &prepare() {
        ok(sepflow_graph_bind_image(graph, "in", &images.inputs[0], error));
        ok(sepflow_graph_prepare(graph, error));
        return *this;
    }
    sepflow_status compute(const sepflow_image *out, const sepflow_run *run = nullptr) {
        return sepflow_graph_compute(graph, "out", out, run, error);
    }
    Outcome computed(sepflow_status status) { return outcome(status, error, images.out); }
    void ok(sepflow_status status) { REQUIRE_MESSAGE(status == SEPFLOW_OK, error.record.message); }
};

}  // namespace abi_test
