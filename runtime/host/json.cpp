// Graphs as JSON; the format is in README.md.
#include <algorithm>

#include "runtime/error.h"
#include "runtime/host/document.h"
#include "runtime/host/graph.h"
#include "runtime/nearest.h"

namespace sepflow {

namespace {

[[noreturn]] void fail(const std::string &what) {
    throw Error(SEPFLOW_E_PARAM, "graph: " + what);
}

void check_keys(const Json &object, const std::string &where,
                const std::vector<std::string> &known) {
    if (object.kind != Json::kObject) fail(where + " must be an object");
    for (const Json &item : object.items) {
        if (std::find(known.begin(), known.end(), item.key) == known.end())
            fail(where + " has an unknown key '" + item.key + "'" + nearest_name(item.key, known));
    }
}

const std::string &text_of(const Json &value, const std::string &where) {
    if (value.kind != Json::kText) fail(where + " must be text");
    return value.text;
}

// [[a, b], [c, d]] as a kernel.
void set_matrix(sepflow_graph &graph, const std::string &node, const std::string &param,
                const Json &rows) {
    std::vector<double> taps;
    size_t columns = 0;
    for (const Json &row : rows.items) {
        const size_t count = row.items.size();
        if (row.kind != Json::kList || count == 0 || (columns != 0 && count != columns)) {
            fail("parameter '" + param + "' of '" + node + "' must be rows of equal length");
        }
        columns = count;
        for (const Json &tap : row.items) {
            if (tap.kind != Json::kNumber)
                fail("parameter '" + param + "' of '" + node + "' must hold numbers");
            taps.push_back(tap.number);
        }
    }
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = SEPFLOW_VALUE_MATRIX;
    value.rows = static_cast<int64_t>(rows.items.size());
    value.columns = static_cast<int64_t>(columns);
    value.a = taps.data();
    graph.set_param(node, param, value);
}

void set_params(sepflow_graph &graph, const std::string &node, const Json &params) {
    if (params.kind != Json::kObject) fail("'params' of '" + node + "' must be an object");
    for (const Json &value : params.items) {
        if (value.kind == Json::kList) {
            set_matrix(graph, node, value.key, value);
        } else if (value.kind != Json::kObject && value.kind != Json::kNull) {
            graph.set_text(node, value.key, value.text);
        } else {
            fail("parameter '" + value.key + "' of '" + node +
                 "' must be a number, text, true, false or a matrix");
        }
    }
}

void add_node(sepflow_graph &graph, const std::string &name, const Json &node) {
    const std::string where = "node '" + name + "'";
    check_keys(node, where, {"type", "out_type", "params", "in"});
    const Json *id = node.find("type"), *named_type = node.find("out_type"),
               *params = node.find("params");
    if (id == nullptr) fail(where + " needs a 'type'");
    const std::string out_type =
        named_type != nullptr ? text_of(*named_type, "out_type of " + where) : "";
    const std::string prefix = "input:";
    const bool follows =
        out_type.size() > prefix.size() && out_type.compare(0, prefix.size(), prefix) == 0;
    const sepflow_type type = type_from_name(out_type);
    if (named_type != nullptr && !follows && type == SEPFLOW_TYPE_NONE) {
        fail("out_type '" + out_type + "' of " + where +
             " is none of u8, u16, s16, f16, f32, f64, input:NAME");
    }
    graph.add_node(name, text_of(*id, "type of " + where), type);
    if (follows) graph.places.back().type_of_input = out_type.substr(prefix.size());
    if (params != nullptr) set_params(graph, name, *params);
}

void connect(sepflow_graph &graph, const std::string &name, const Json &node) {
    const Json *in = node.find("in");
    if (in == nullptr) return;
    if (in->kind == Json::kText) {  // a node with one port that must be fed
        const Place &place = graph.places[graph.find_node(name)];
        if (place.required_ports() != 1)
            fail("'in' of '" + name + "' must name its ports: it has several");
        graph.connect(in->text, name, place.desc->ports[0].name);
        return;
    }
    if (in->kind != Json::kObject)
        fail("'in' of '" + name + "' must be a name or an object of ports");
    for (const Json &source : in->items) {
        const std::string where = "port '" + source.key + "' of '" + name + "'";
        graph.connect(text_of(source, where), name, source.key);
    }
}

// A part of the top level.
const Json &part(const Json &json, const char *key, Json::Kind kind, const char *kind_text) {
    const Json *found = json.find(key);
    if (found == nullptr) fail(std::string("the top level needs '") + key + "'");
    if (found->kind != kind) fail(std::string("'") + key + "' must be " + kind_text);
    return *found;
}

}  // namespace

void read_json(const std::string &text, sepflow_graph &graph) {
    const Json json = parse_json(text);
    check_keys(json, "the top level", {"comment", "inputs", "nodes", "outputs"});
    const Json &inputs = part(json, "inputs", Json::kList, "a list of names"),
               &nodes = part(json, "nodes", Json::kObject, "an object"),
               &outputs = part(json, "outputs", Json::kObject, "an object of names and nodes");
    for (const Json &input : inputs.items) graph.add_input(text_of(input, "an input"));
    for (const Json &node : nodes.items) add_node(graph, node.key, node);
    for (const Json &node : nodes.items) connect(graph, node.key, node);
    for (const Json &node : outputs.items) graph.add_output(node.key, text_of(node, "an output"));
    for (const Place &place : graph.places) {
        if (!place.type_of_input.empty()) graph.input(place.type_of_input);
    }
}

}  // namespace sepflow
