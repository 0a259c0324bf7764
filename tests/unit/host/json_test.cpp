// Graphs read from JSON.
#include <cstring>
#include <fstream>
#include <sstream>

#include "tests/unit/host/fixture.h"

namespace {

std::string read(const std::string &path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

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

TEST_CASE("text that is no JSON is not quoted") {
    Host host;
    for (const std::string json :
         {"hunter2:x:0:0", "{\"a\": hunter2}", "{\"a\": \"hunter2\n\"}", "[1, 2] hunter2",
          "{\"a\": 1hunter2}", "{\"hunter2\": 1,}", "{\"a\": 20002e999}", "\"hunter2"}) {
        CAPTURE(json);
        sepflow_graph *graph = nullptr;
        host.fails(
            sepflow_graph_from_json(host.registry, json.data(), json.size(), &graph, &host.error),
            SEPFLOW_E_PARAM, json.find("e999") == std::string::npos ? "line" : "byte");
        const std::string message = host.error.message;
        CHECK_MESSAGE(message.find("unter") == std::string::npos, message);
        CHECK_MESSAGE(message.find("20002") == std::string::npos, message);
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
