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
         "/nodes has the key 'b' twice"},
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
            SEPFLOW_E_PARAM, json.find("e999") == std::string::npos ? "line" : "/a is too large");
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

namespace {

// Returns the error for a node org.sepflow.separable with this parameter; "" if it is accepted.
std::string said_of(Host &host, const std::string &param, const std::string &json) {
    const std::string text =
        R"({"inputs": ["p"], "nodes": {"a/b": {"type": "org.sepflow.separable", "params": {")" +
        param + R"(": )" + json + R"(}, "in": "p"}}, "outputs": {"o": "a/b"}})";
    sepflow_graph *graph = nullptr;
    const sepflow_status status =
        sepflow_graph_from_json(host.registry, text.data(), text.size(), &graph, &host.error);
    sepflow_graph_free(graph);
    if (status == SEPFLOW_OK) return "";
    CHECK(status == SEPFLOW_E_PARAM);
    CHECK(graph == nullptr);
    return host.error.message;
}

}  // namespace

TEST_CASE("each kind of parameter takes its own kinds of JSON") {
    Host host;
    const char *const taken[][2] = {
        {"border_value", "3"},
        {"border_value", "-2.5e-3"},
        {"missing_value", "\"NaN\""},
        {"rank", "2"},
        {"rank", "2.0"},
        {"rank", "2e0"},
        {"anchor_x", "-1"},
        {"convolve", "true"},
        {"convolve", "false"},
        {"convolve", "1"},
        {"border_x", "\"wrap\""},
        {"variant", "\"\""},
        {"kernel", "\"gaussian 3\""},
        {"kernel", "[[1, 2.5, -1e-3]]"},
    };
    for (const auto &[param, json] : taken) {
        CAPTURE(std::string(param));
        CAPTURE(std::string(json));
        CHECK(said_of(host, param, json) == "");
    }
}

TEST_CASE(
    "JSON of another kind than a parameter takes is refused with the place and what to write") {
    Host host;
    const struct {
        const char *param, *json, *said;
    } refused[] = {
        {"border_value", "\"0.3\"",
         "must be a number, not the text \"0.3\"; write 0.3 without quotation marks"},
        {"border_value", "\".50\"", "write 0.5 without quotation marks"},
        {"border_value", "\"much\"",
         "must be a number, not the text \"much\"; write 0, for example"},
        {"border_value", "\"NaN\"", "must be a number, not the text \"NaN\""},
        {"border_value", "true", "must be a number, not true"},
        {"border_value", "null",
         "must be a number, not null; write 0, for example, or leave it out"},
        {"border_value", "[1]", "must be a number, not a list"},
        {"border_value", "{}", "must be a number, not an object"},
        {"border_value", "1e999", "is too large; numbers go up to 1.8e308"},
        {"rank", "\"2\"", "must be a whole number of 64 bits, not the text \"2\"; write 2 without"},
        {"rank", "\"2.5\"", "write 0, for example"},
        {"rank", "2.5", "must be a whole number of 64 bits, not 2.5"},
        {"rank", "1e300", "must be a whole number of 64 bits, not 1e300"},
        {"rank", "18446744073709551615", "not 18446744073709551615"},
        {"rank", "9223372036854775808", "not 9223372036854775808"},
        {"rank", "true", "must be a whole number of 64 bits, not true"},
        {"rank", "null", "must be a whole number of 64 bits, not null"},
        {"convolve", "\"true\"", "must be a switch, not the text \"true\"; write true or false"},
        {"convolve", "0.5", "must be a switch, not 0.5"},
        {"border_x", "3", "must be one of its texts, not 3; write \"reflect101\", \"reflect\""},
        {"border_x", "false", "must be one of its texts, not false"},
        {"border_x", "null", "or leave it out"},
        {"variant", "2", "must be text, not 2; write \"2\""},
        {"variant", "true", "must be text, not true"},
        {"variant", "[\"avx2\"]", "must be text, not a list"},
        {"kernel", "3", "must be text or rows of numbers, not 3; write [[1, 2, 1]]"},
        {"kernel", "[]", "must be text or rows of numbers, not an empty list"},
        {"kernel", "{\"a\": 1}", "must be text or rows of numbers, not an object"},
    };
    for (const auto &c : refused) {
        CAPTURE(std::string(c.param));
        CAPTURE(std::string(c.json));
        const std::string said = said_of(host, c.param, c.json);
        const std::string place = std::string("graph: /nodes/a~1b/params/") + c.param + " ";
        CAPTURE(said);
        CHECK(said.find(place) == 0);
        CHECK(said.find(c.said) != std::string::npos);
        CHECK(said.size() < 250);
    }
    const char *const matrices[][2] = {
        {"[1, 2]", "/kernel/0 must be a row of numbers, such as [1, 2, 1], not a number"},
        {"[[1, 2], []]",
         "/kernel/1 must be a row of numbers, such as [1, 2, 1], not an empty list"},
        {"[[1, 2], [3]]", "/kernel/1 has 1 numbers, the first row 2; write rows of equal length"},
        {"[[1, 2], [3, \"4\"]]", "/kernel/1/1 must be a number, not text"},
        {"[[1, 2], [3, null]]", "/kernel/1/1 must be a number, not null"},
        {"[[[1]]]", "/kernel/0/0 must be a number, not a list"},
        {"[[1, -1e999]]", "/kernel/0/1 is too large; numbers go up to 1.8e308"},
    };
    for (const auto &[json, wanted] : matrices) {
        CAPTURE(std::string(json));
        const std::string said = said_of(host, "kernel", json);
        CAPTURE(said);
        CHECK(said.find(std::string("graph: /nodes/a~1b/params") + wanted) == 0);
    }
    CHECK(said_of(host, "border_value", "NaN").find("line 1, column") != std::string::npos);
}

TEST_CASE("names and places of a graph are text, and of another kind are refused with the place") {
    Host host;
    const char *const documents[][2] = {
        {R"("a secret")", "the top level must be an object, not text"},
        {R"(271828)", "the top level must be an object, not a number"},
        {R"({"inputs": [1], "nodes": {}, "outputs": {}})",
         "/inputs/0 must be a name, as text, not a number"},
        {R"({"inputs": "p", "nodes": {}, "outputs": {}})",
         "/inputs must be a list of names, not text"},
        {R"({"inputs": [], "nodes": [], "outputs": {}})",
         "/nodes must be an object, not an empty list"},
        {R"({"inputs": [], "nodes": {"b": 3}, "outputs": {}})",
         "/nodes/b must be an object, not a number"},
        {R"({"inputs": [], "nodes": {"b": {"type": 3}}, "outputs": {}})",
         "/nodes/b/type must be a node's id, as text, not a number"},
        {R"({"inputs": [], "nodes": {"b": {"type": "org.sepflow.add", "out_type": null}}, "outputs": {}})",
         "/nodes/b/out_type must be a pixel type or input:NAME, as text, not null"},
        {R"({"inputs": [], "nodes": {"b": {"type": "org.sepflow.add", "params": []}}, "outputs": {}})",
         "/nodes/b/params must be an object of parameters, not an empty list"},
        {R"({"inputs": [], "nodes": {"b": {"type": "org.sepflow.add", "in": ["p"]}}, "outputs": {}})",
         "/nodes/b/in must be the name of an input or a node, or an object of ports and names, not "
         "a list"},
        {R"({"inputs": [], "nodes": {"b": {"type": "org.sepflow.add", "in": {"a": 1}}}, "outputs": {}})",
         "/nodes/b/in/a must be the name of an input or a node, as text, not a number"},
        {R"({"inputs": [], "nodes": {}, "outputs": {"o": false}})",
         "/outputs/o must be a node's name, as text, not false"},
        {R"({"inputs": [], "nodes": {"b": {"type": "org.sepflow.add", "parms": {}}}, "outputs": {}})",
         "/nodes/b has an unknown key 'parms'; did you mean 'params'?"},
    };
    for (const auto &[json, wanted] : documents) {
        CAPTURE(std::string(json));
        sepflow_graph *graph = nullptr;
        const sepflow_status status =
            sepflow_graph_from_json(host.registry, json, std::strlen(json), &graph, &host.error);
        CHECK(status == SEPFLOW_E_PARAM);
        CHECK(graph == nullptr);
        CHECK_MESSAGE(std::string(host.error.message).find(std::string("graph: ") + wanted) == 0,
                      host.error.message);
    }
}
