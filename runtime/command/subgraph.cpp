#include "runtime/command/subgraph.h"

#include <nlohmann/json.hpp>
#include <set>

namespace sepflow::command {

namespace {

using Json = nlohmann::ordered_json;

Json parse(const std::string &text) {
    return Json::parse(text, nullptr, false);  // discarded, if it is no JSON
}

bool is_graph(const Json &graph) {
    return graph.is_object() && graph.contains("nodes") && graph["nodes"].is_object() &&
           graph.contains("outputs") && graph["outputs"].is_object();
}

// "NODE" or "NODE.PORT": the node, or what is no node's name.
std::string node_of(const Json &nodes, const std::string &source) {
    return nodes.contains(source) ? source : source.substr(0, source.rfind('.'));
}

void add_sources(const Json &in, std::vector<std::string> *sources) {
    if (in.is_string()) sources->push_back(in.get<std::string>());
    if (!in.is_object()) return;
    for (const auto &[port, source] : in.items()) {
        if (source.is_string()) sources->push_back(source.get<std::string>());
    }
}

}  // namespace

std::vector<std::string> outputs_of(const std::string &json) {
    const Json graph = parse(json);
    std::vector<std::string> names;
    if (!is_graph(graph)) return names;
    for (const auto &[name, source] : graph["outputs"].items()) names.push_back(name);
    return names;
}

bool has_node(const std::string &json, const std::string &name) {
    const Json graph = parse(json);
    return is_graph(graph) && graph["nodes"].contains(name);
}

std::string subgraph(const std::string &json, const std::string &output) {
    Json graph = parse(json);
    if (!is_graph(graph) || !graph["outputs"].contains(output)) return json;
    const Json source = graph["outputs"][output];
    const Json nodes = graph["nodes"];
    std::vector<std::string> open;
    add_sources(source, &open);
    std::set<std::string> needed;
    while (!open.empty()) {
        const std::string name = node_of(nodes, open.back());
        open.pop_back();
        if (!nodes.contains(name) || !needed.insert(name).second) continue;
        if (nodes[name].contains("in")) add_sources(nodes[name]["in"], &open);
    }
    graph["nodes"] = Json::object();
    for (const auto &[name, node] : nodes.items()) {
        if (needed.count(name) != 0) graph["nodes"][name] = node;
    }
    graph["outputs"] = Json::object({{output, source}});
    return graph.dump();
}

}  // namespace sepflow::command
