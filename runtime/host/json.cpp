// Graphs as JSON; the format is in README.md.
#include <algorithm>

#include "runtime/base/nearest.h"
#include "runtime/host/document.h"
#include "runtime/host/graph.h"
#include "runtime/host/json_value.h"

namespace sepflow::host {

namespace {

void check_keys(const Json &object, const std::string &place,
                const std::vector<std::string> &known) {
    if (object.kind != Json::kObject) fail_kind(place, object, "an object");
    for (const Json &item : object.items) {
        if (std::find(known.begin(), known.end(), item.key) == known.end())
            fail_at(place, "has an unknown key '" + item.key + "'" + nearest_name(item.key, known));
    }
}

const std::string &text_of(const Json &value, const std::string &place, const char *what) {
    if (value.kind != Json::kText) fail_kind(place, value, std::string(what) + ", as text");
    return value.text;
}

void set_params(sepflow_graph &graph, const std::string &node, const Json &params,
                const std::string &place) {
    if (params.kind != Json::kObject) fail_kind(place, params, "an object of parameters");
    for (const Json &json : params.items) {
        uint32_t index = 0;
        std::vector<double> taps;
        const sepflow_param_desc desc = graph.param(node, json.key, &index);
        graph.set_param(node, json.key, value_from_json(desc, json, below(place, json.key), &taps));
    }
}

void add_node(sepflow_graph &graph, const Json &node, const std::string &place) {
    check_keys(node, place, {"type", "out_type", "params", "in"});
    const Json *id = node.find("type"), *named_type = node.find("out_type"),
               *params = node.find("params");
    if (id == nullptr) fail_at(place, "needs a 'type'");
    const std::string out_type =
        named_type != nullptr
            ? text_of(*named_type, below(place, "out_type"), "a pixel type or input:NAME")
            : "";
    const std::string prefix = "input:";
    const bool follows =
        out_type.size() > prefix.size() && out_type.compare(0, prefix.size(), prefix) == 0;
    const sepflow_type type = type_from_name(out_type);
    if (named_type != nullptr && !follows && type == SEPFLOW_TYPE_NONE) {
        fail_at(place, "has the out_type '" + out_type +
                           "', which is not one of u8, u16, s16, f16, f32, f64, input:NAME");
    }
    graph.add_node(node.key, text_of(*id, below(place, "type"), "a node's id"), type);
    if (follows) graph.places.back().type_of_input = out_type.substr(prefix.size());
    if (params != nullptr) set_params(graph, node.key, *params, below(place, "params"));
}

void connect(sepflow_graph &graph, const Json &node, const std::string &place) {
    const Json *in = node.find("in");
    if (in == nullptr) return;
    if (in->kind == Json::kText) {  // a node with one port that must be fed
        const Place &named = graph.places[graph.find_node(node.key)];
        if (named.required_ports() != 1)
            fail_at(place, "must name its ports: '" + node.key + "' has several");
        graph.connect(in->text, node.key, named.desc->ports[0].name);
        return;
    }
    if (in->kind != Json::kObject)
        fail_kind(place, *in, "the name of an input or a node, or an object of ports and names");
    for (const Json &source : in->items) {
        graph.connect(text_of(source, below(place, source.key), "the name of an input or a node"),
                      node.key, source.key);
    }
}

// A part of the top level.
const Json &part(const Json &json, const char *key, Json::Kind kind, const char *wanted) {
    const Json *found = json.find(key);
    if (found == nullptr) fail_at("", std::string("needs '") + key + "'");
    if (found->kind != kind) fail_kind(below("", key), *found, wanted);
    return *found;
}

}  // namespace

void read_json(const std::string &text, sepflow_graph &graph) {
    const Json json = parse_json(text);
    check_keys(json, "", {"comment", "inputs", "nodes", "outputs"});
    const Json &inputs = part(json, "inputs", Json::kList, "a list of names"),
               &nodes = part(json, "nodes", Json::kObject, "an object"),
               &outputs = part(json, "outputs", Json::kObject, "an object of names and nodes");
    for (size_t i = 0; i < inputs.items.size(); ++i)
        graph.add_input(text_of(inputs.items[i], below("/inputs", std::to_string(i)), "a name"));
    for (const Json &node : nodes.items) add_node(graph, node, below("/nodes", node.key));
    for (const Json &node : nodes.items)
        connect(graph, node, below(below("/nodes", node.key), "in"));
    for (const Json &output : outputs.items) {
        graph.add_output(output.key,
                         text_of(output, below("/outputs", output.key), "a node's name"));
    }
    for (const Place &place : graph.places) {
        if (!place.type_of_input.empty()) graph.input(place.type_of_input);
    }
}

}  // namespace sepflow::host
