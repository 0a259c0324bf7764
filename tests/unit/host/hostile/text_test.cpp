// Graphs from somebody else: names of any length, outputs without end, text that C cuts short.
#include "tests/unit/host/fixture.h"

namespace {

sepflow_status read(Host &host, const std::string &json) {
    sepflow_graph *graph = nullptr;
    const sepflow_status status =
        sepflow_graph_from_json(host.registry, json.data(), json.size(), &graph, &host.error);
    sepflow_graph_free(graph);
    return status;
}

}  // namespace

// The distance between two of a million letters would take hours.
TEST_CASE("nothing is suggested in place of a long name, and no long name in place of another") {
    Host host;
    const std::string longer(1 << 20, 'x');
    host.input("xx");
    host.input(longer.c_str());
    host.node("node", "org.sepflow.absolute");
    host.fails(sepflow_graph_connect(host.graph, "xxx", "node", "in", &host.error), SEPFLOW_E_PARAM,
               "did you mean 'xx'");
    const std::string other = longer.substr(1);
    CHECK(sepflow_graph_connect(host.graph, other.c_str(), "node", "in", &host.error) ==
          SEPFLOW_E_PARAM);
    CHECK(std::string(host.error.message).find("did you mean") == std::string::npos);
}

TEST_CASE("a graph with too many outputs is refused") {
    Host host;
    host.input("photo");
    host.node("node", "org.sepflow.absolute");
    host.connect("photo", "node", "in");
    for (int i = 0; i < 10000; ++i) host.output(std::to_string(i).c_str(), "node");
    host.fails(sepflow_graph_add_output(host.graph, "one_more", "node", &host.error),
               SEPFLOW_E_UNSUPPORTED, "10000 outputs");
}

TEST_CASE("a NUL character in a graph's text is refused, in keys and in values") {
    Host host;
    const std::string before = R"({"inputs": ["a"], "nodes": {"b": {"type": "org.sepflow.separable",
        "params": {")",
                      after = R"("}, "in": "a"}}, "outputs": {"c": "b"}})";
    CHECK(read(host, before + R"(kernel": "gaussian 3)" + after) == SEPFLOW_OK);
    for (const std::string param :
         {R"(kernel": "gaussian 3\u0000 and more)", R"(kernel\u0000 and more": "gaussian 3)"}) {
        CAPTURE(param);
        host.fails(read(host, before + param + after), SEPFLOW_E_PARAM, "NUL character");
    }
}
