// Graphs as JSON; the format is in README.md.
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/error.h"
#include "runtime/host/graph.h"

namespace sepflow {

namespace {

using Json = nlohmann::ordered_json;  // outputs keep the order of the text

[[noreturn]] void fail(const std::string &what) {
    throw Error(SEPFLOW_E_PARAM, "graph: " + what);
}

void check_keys(const Json &object, const std::string &where,
                const std::vector<std::string> &known) {
    if (!object.is_object()) fail(where + " must be an object");
    for (const auto &[key, value] : object.items()) {
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            fail(where + " has an unknown key '" + key + "'" + nearest_name(key, known));
        }
    }
}

const std::string &text_of(const Json &value, const std::string &where) {
    if (!value.is_string()) fail(where + " must be text");
    return value.get_ref<const std::string &>();
}

// [[a, b], [c, d]] as a kernel.
void set_matrix(sepflow_graph &graph, const std::string &node, const std::string &param,
                const Json &rows) {
    std::vector<double> taps;
    size_t columns = 0;
    for (const Json &row : rows) {
        if (!row.is_array() || row.empty() || (columns != 0 && row.size() != columns)) {
            fail("parameter '" + param + "' of '" + node + "' must be rows of equal length");
        }
        columns = row.size();
        for (const Json &tap : row) {
            if (!tap.is_number())
                fail("parameter '" + param + "' of '" + node + "' must hold numbers");
            taps.push_back(tap.get<double>());
        }
    }
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = SEPFLOW_VALUE_MATRIX;
    value.rows = static_cast<int64_t>(rows.size());
    value.columns = static_cast<int64_t>(columns);
    value.a = taps.data();
    graph.set_param(node, param, value);
}

void set_params(sepflow_graph &graph, const std::string &node, const Json &params) {
    if (!params.is_object()) fail("'params' of '" + node + "' must be an object");
    for (const auto &[param, value] : params.items()) {
        if (value.is_array()) {
            set_matrix(graph, node, param, value);
        } else if (value.is_string()) {
            graph.set_text(node, param, value.get_ref<const std::string &>());
        } else if (value.is_boolean()) {
            graph.set_text(node, param, value.get<bool>() ? "1" : "0");
        } else if (value.is_number()) {
            graph.set_text(node, param, value.dump());
        } else {
            fail("parameter '" + param + "' of '" + node +
                 "' must be a number, text, true, false or a matrix");
        }
    }
}

void add_node(sepflow_graph &graph, const std::string &name, const Json &node) {
    const std::string where = "node '" + name + "'";
    check_keys(node, where, {"type", "out_type", "params", "in"});
    if (!node.contains("type")) fail(where + " needs a 'type'");
    const std::string out_type =
        node.contains("out_type") ? text_of(node["out_type"], "out_type of " + where) : "";
    const std::string prefix = "input:";
    const bool follows =
        out_type.size() > prefix.size() && out_type.compare(0, prefix.size(), prefix) == 0;
    const sepflow_type type = type_from_name(out_type);
    if (node.contains("out_type") && !follows && type == SEPFLOW_TYPE_NONE) {
        fail("out_type '" + out_type + "' of " + where +
             " is none of u8, u16, s16, f16, f32, f64, input:NAME");
    }
    graph.add_node(name, text_of(node["type"], "type of " + where), type);
    if (follows) graph.places.back().type_of_input = out_type.substr(prefix.size());
    if (node.contains("params")) set_params(graph, name, node["params"]);
}

void connect(sepflow_graph &graph, const std::string &name, const Json &node) {
    if (!node.contains("in")) return;
    const Json &in = node["in"];
    if (in.is_string()) {  // a node with one port that must be fed
        const Place &place = graph.places[graph.find_node(name)];
        if (place.required_ports() != 1)
            fail("'in' of '" + name + "' must name its ports: it has several");
        graph.connect(in.get<std::string>(), name, place.desc->ports[0].name);
        return;
    }
    if (!in.is_object()) fail("'in' of '" + name + "' must be a name or an object of ports");
    for (const auto &[port, source] : in.items()) {
        graph.connect(text_of(source, "port '" + port + "' of '" + name + "'"), name, port);
    }
}

// The parser keeps the last of equal keys; a graph has no use for two nodes of one name.
class UniqueKeys {
  public:
    bool operator()(int, Json::parse_event_t event, const Json &parsed) {
        if (event == Json::parse_event_t::object_start) {
            keys_.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            keys_.pop_back();
        } else if (event == Json::parse_event_t::key) {
            const auto key = parsed.get<std::string>();
            if (!keys_.back().insert(key).second) fail("the key '" + key + "' is there twice");
        }
        return true;
    }

  private:
    std::vector<std::set<std::string>> keys_;  // of the objects that are open
};

Json parse(const std::string &text) {
    UniqueKeys unique;
    try {
        return Json::parse(text, std::ref(unique));
    } catch (const Json::exception &e) {
        // "[json.exception.parse_error.101] parse error at line 3, column 4: ..."
        const std::string what = e.what();
        fail(what.substr(std::min(what.find(']') + 2, what.size())));
    }
}

}  // namespace

void read_json(const std::string &text, sepflow_graph &graph) {
    const Json json = parse(text);
    check_keys(json, "the top level", {"comment", "inputs", "nodes", "outputs"});
    for (const char *key : {"inputs", "nodes", "outputs"}) {
        if (!json.contains(key)) fail(std::string("the top level needs '") + key + "'");
    }
    if (!json["inputs"].is_array()) fail("'inputs' must be a list of names");
    if (!json["nodes"].is_object()) fail("'nodes' must be an object");
    if (!json["outputs"].is_object()) fail("'outputs' must be an object of names and nodes");
    for (const Json &input : json["inputs"]) graph.add_input(text_of(input, "an input"));
    for (const auto &[name, node] : json["nodes"].items()) add_node(graph, name, node);
    for (const auto &[name, node] : json["nodes"].items()) connect(graph, name, node);
    for (const auto &[name, node] : json["outputs"].items())
        graph.add_output(name, text_of(node, "an output"));
    for (const Place &place : graph.places) {
        if (!place.type_of_input.empty()) graph.input(place.type_of_input);
    }
}

}  // namespace sepflow
