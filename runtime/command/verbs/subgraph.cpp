#include "runtime/command/verbs/subgraph.h"

#include <cstring>
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

// Returns the type that a node is given, or the type of what feeds it; "" if the graph does not
// say.
std::string type_of(const Json &nodes, const std::map<std::string, std::string> &types,
                    std::string source) {
    constexpr const char *kOfInput = "input:";
    for (size_t steps = 0; steps <= nodes.size(); ++steps) {
        if (const auto input = types.find(source); input != types.end()) return input->second;
        const std::string name = node_of(nodes, source);
        if (!nodes.contains(name) || !nodes[name].is_object()) return "";
        const Json &node = nodes[name];
        const std::string type = node.contains("out_type") && node["out_type"].is_string()
                                     ? node["out_type"].get<std::string>()
                                     : "";
        if (!type.empty() && type.rfind(kOfInput, 0) != 0) return type;
        std::vector<std::string> sources;
        if (!type.empty()) {
            sources.push_back(type.substr(std::strlen(kOfInput)));
        } else if (node.contains("in")) {
            add_sources(node["in"], &sources);
        }
        if (sources.empty()) return "";
        source = sources.front();
    }
    return "";  // a circle, which the host refuses
}

bool is_filter(const Json &node) {
    if (!node.is_object() || !node.contains("type") || !node["type"].is_string()) return false;
    const std::string type = node["type"], id = type.substr(0, type.find('/'));
    return id == "org.sepflow.separable" || id == "org.sepflow.bank";
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

std::string with_param(const std::string &json, const std::string &node, const std::string &param,
                       const std::string &value) {
    Json graph = parse(json);
    if (!is_graph(graph) || !graph["nodes"].contains(node) || !graph["nodes"][node].is_object())
        return json;
    graph["nodes"][node]["params"][param] = value;
    return graph.dump();
}

std::vector<std::string> filters_without_missing_value(
    const std::string &json, const std::map<std::string, std::string> &types) {
    const Json graph = parse(json);
    std::vector<std::string> names;
    if (!is_graph(graph)) return names;
    for (const auto &[name, node] : graph["nodes"].items()) {
        if (!is_filter(node) || !node.contains("params") || !node["params"].is_object()) continue;
        const Json &params = node["params"];
        const bool ignores = params.contains("missing") && params["missing"] == "ignore";
        const std::string type = type_of(graph["nodes"], types, name);
        if (ignores && !params.contains("missing_value") && type[0] == 'f') names.push_back(name);
    }
    return names;
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
