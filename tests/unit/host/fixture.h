// A registry with our plugins, and calls that fail the test with the sentence of the error.
#pragma once

#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <vector>

#include <sepflow/host.h>
#include <sepflow/sepflow.h>

struct Host {
    sepflow_registry *registry = nullptr;
    sepflow_graph *graph = nullptr;
    sepflow_error error = {};

    Host() {
        error.struct_size = sizeof error;
        REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
        REQUIRE(sepflow_registry_scan(registry, SEPFLOW_PLUGIN_DIR, nullptr, nullptr) ==
                SEPFLOW_OK);
        REQUIRE(sepflow_graph_create(registry, &graph, nullptr) == SEPFLOW_OK);
    }
    Host(const Host &) = delete;
    ~Host() {
        sepflow_graph_free(graph);
        sepflow_registry_free(registry);
    }

    void ok(sepflow_status status) { REQUIRE_MESSAGE(status == SEPFLOW_OK, error.message); }
    void fails(sepflow_status status, sepflow_status wanted, const char *part) {
        CHECK(status == wanted);
        CHECK_MESSAGE(std::string(error.message).find(part) != std::string::npos, error.message);
    }

    void input(const char *name) { ok(sepflow_graph_add_input(graph, name, &error)); }
    void node(const char *name, const char *id, sepflow_type type = SEPFLOW_TYPE_NONE) {
        ok(sepflow_graph_add_node(graph, name, id, type, &error));
    }
    void set(const char *name, const char *param, const char *text) {
        ok(sepflow_graph_set_text(graph, name, param, text, &error));
    }
    void connect(const char *from, const char *to, const char *port) {
        ok(sepflow_graph_connect(graph, from, to, port, &error));
    }
    void output(const char *name, const char *from) {
        ok(sepflow_graph_add_output(graph, name, from, &error));
    }
    void bind(const char *name, const sepflow_image &image) {
        ok(sepflow_graph_bind_image(graph, name, &image, &error));
    }
    void prepare() { ok(sepflow_graph_prepare(graph, &error)); }

    // The whole output as floats (the output must be f32).
    std::vector<float> compute(const char *name, const sepflow_run *run = nullptr) {
        sepflow_image image = {};
        image.struct_size = sizeof image;
        ok(sepflow_graph_describe_output(graph, name, &image, &error));
        REQUIRE(image.type == SEPFLOW_F32);
        std::vector<float> pixels(
            static_cast<size_t>(image.domain.w * image.domain.h * image.channels), -99);
        sepflow_image out = sepflow_image_dense(pixels.data(), SEPFLOW_F32, image.domain.w,
                                                image.domain.h, image.channels);
        out.bounds = out.domain = image.domain;
        ok(sepflow_graph_compute(graph, name, &out, run, &error));
        return pixels;
    }
};
