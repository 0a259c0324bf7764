#include "runtime/host/graph.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/error.h"
#include "runtime/base/nearest.h"
#include "runtime/base/structs.h"
#include "runtime/base/value.h"

using sepflow::Error;
using sepflow::host::Outlet;
using sepflow::host::Place;

namespace {

[[noreturn]] void fail(const std::string &what) {
    throw Error(SEPFLOW_E_PARAM, what);
}

std::vector<std::string> names_of(const std::vector<Place> &places) {
    std::vector<std::string> names;
    for (const Place &place : places) names.push_back(place.name);
    return names;
}

sepflow_error new_error() {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    return error;
}

// Names of the ports of one direction; the inputs come before the outputs.
std::vector<std::string> port_names(const sepflow_node_desc &desc, int32_t direction) {
    std::vector<std::string> names;
    for (uint32_t i = 0; i < desc.port_count; ++i) {
        const sepflow_port_desc port = sepflow::element(desc.ports, i);
        if (port.direction == direction) names.push_back(port.name);
    }
    return names;
}

}  // namespace

size_t sepflow::host::Place::required_ports() const {
    size_t count = 0;
    for (size_t i = 0; i < feeds.size(); ++i) count += (port(i).flags & SEPFLOW_PORT_OPTIONAL) == 0;
    return count;
}

size_t sepflow_graph::find(const std::string &name) const {
    const auto place =
        std::find_if(places.begin(), places.end(), [&](const Place &p) { return p.name == name; });
    if (place == places.end()) {
        fail("there is no node or input '" + name + "'" +
             sepflow::nearest_name(name, names_of(places)));
    }
    return static_cast<size_t>(place - places.begin());
}

size_t sepflow_graph::find_node(const std::string &name) const {
    const size_t index = find(name);
    if (places[index].is_input()) fail("'" + name + "' is an input of the graph, not a node");
    return index;
}

Place &sepflow_graph::input(const std::string &name) {
    Place &place = places[find(name)];
    if (!place.is_input()) fail("'" + name + "' is a node, not an input of the graph");
    return place;
}

Outlet sepflow_graph::find_outlet(const std::string &name) const {
    const size_t dot = name.rfind('.');
    const auto is_named = [&](const std::string &wanted) {
        return std::any_of(places.begin(), places.end(),
                           [&](const Place &place) { return place.name == wanted; });
    };
    if (dot == std::string::npos || is_named(name) || !is_named(name.substr(0, dot)))
        return {find(name), 0};
    const std::string node = name.substr(0, dot), port = name.substr(dot + 1);
    const size_t place = find_node(node);
    const std::vector<std::string> names = port_names(*places[place].desc, SEPFLOW_OUTPUT);
    const auto found = std::find(names.begin(), names.end(), port);
    if (found == names.end()) {
        fail("node '" + node + "' has no output port '" + port + "'" +
             sepflow::nearest_name(port, names));
    }
    return {place, static_cast<size_t>(found - names.begin())};
}

Outlet sepflow_graph::output(const std::string &name) const {
    std::vector<std::string> names;
    for (const sepflow::host::Output &output : outputs) {
        if (output.name == name) return output.outlet;
        names.push_back(output.name);
    }
    fail("there is no output '" + name + "'" + sepflow::nearest_name(name, names));
}

void sepflow_graph::check_new_name(const std::string &name) const {
    if (name.empty()) fail("a name is empty");
    if (places.size() >= sepflow::host::kMaxPlaces)
        throw Error(SEPFLOW_E_UNSUPPORTED, "a graph has at most 10000 inputs and nodes");
    for (const Place &place : places) {
        if (place.name == name) fail("the name '" + name + "' is taken");
    }
}

void sepflow_graph::add_input(const std::string &name) {
    check_new_name(name);
    order.clear();
    places.emplace_back();
    places.back().name = name;
}

void sepflow_graph::add_node(const std::string &name, const std::string &id,
                             sepflow_type out_type) {
    check_new_name(name);
    const sepflow::host::RegistryNode *found = registry->find(id);
    if (found == nullptr) {
        std::vector<std::string> ids;
        for (const sepflow::host::RegistryNode &node : registry->nodes)
            ids.push_back(node.desc->id);
        fail("node '" + name + "': no plugin provides '" + id + "'" +
             sepflow::nearest_name(id, ids));
    }
    found->plugin->initialise(registry->observer);
    sepflow_error error = new_error();
    sepflow_node *node = nullptr;
    const sepflow_status status = sepflow::host::plugin_call(
        registry->observer, "node '" + name + "'", "create",
        [&] { return found->desc->create(found->desc, &host, &node, &error); });
    if (status != SEPFLOW_OK) throw Error(status, "node '" + name + "': " + error.message);

    Place place;
    // First: from here on the node has an owner.
    place.node.reset(node, sepflow::host::released_by(found->desc->destroy));
    place.name = name;
    place.desc = found->desc;
    place.image_size = found->plugin->image_size;
    place.wanted_type = out_type;
    place.feeds.resize(port_names(*found->desc, SEPFLOW_INPUT).size());
    if (place.output_count() == 0)
        throw Error(SEPFLOW_E_UNSUPPORTED, "node '" + name + "': '" + id + "' has no output");
    order.clear();
    places.push_back(std::move(place));
}

sepflow_param_desc sepflow_graph::param(const std::string &node, const std::string &name,
                                        uint32_t *index) const {
    const sepflow_node_desc &desc = *places[find_node(node)].desc;
    std::vector<std::string> names;
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        *index = i;
        const sepflow_param_desc candidate = sepflow::element(desc.params, i);
        if (name == candidate.id) return candidate;
        names.push_back(candidate.id);
    }
    fail("node '" + node + "' has no parameter '" + name + "'" +
         sepflow::nearest_name(name, names));
}

void sepflow_graph::set_param(const std::string &node, const std::string &name,
                              const sepflow_value &value) {
    uint32_t index = 0;
    param(node, name, &index);
    set_param(places[find_node(node)], index, value);
}

void sepflow_graph::set_param(const Place &place, uint32_t index, const sepflow_value &value) {
    sepflow_error error = new_error();
    const sepflow_status status = call_node(place, "set_param", [&] {
        return place.desc->set_param(place.node.get(), index, &value, &error);
    });
    if (status != SEPFLOW_OK) {
        throw Error(status, "node '" + place.name + "': " + error.message,
                    static_cast<int32_t>(index));
    }
    order.clear();
}

void sepflow_graph::set_text(const std::string &node, const std::string &name,
                             const std::string &text) {
    uint32_t index = 0;
    set_param(node, name, sepflow::value_from_text(param(node, name, &index), text));
}

// Nodes keep their plans, and what they read for them, until a parameter is set: so each text is
// set to itself.
void sepflow_graph::forget_files() {
    order.clear();
    for (const Place &place : places) {
        for (uint32_t i = 0; !place.is_input() && i < place.desc->param_count; ++i) {
            const sepflow_param_desc desc = sepflow::element(place.desc->params, i);
            if (desc.type != SEPFLOW_VALUE_TEXT && desc.type != SEPFLOW_VALUE_MATRIX) continue;
            sepflow_error error = new_error();
            sepflow_value value = {};
            value.struct_size = sizeof value;
            const sepflow_status status = call_node(place, "get_param", [&] {
                return place.desc->get_param(place.node.get(), i, &value, &error);
            });
            if (status != SEPFLOW_OK || value.s == nullptr) continue;
            const std::string text = value.s;
            set_param(place, i, sepflow::value_from_text(desc, text));
        }
    }
}

void sepflow_graph::connect(const std::string &source, const std::string &node,
                            const std::string &port) {
    const Outlet from = find_outlet(source);
    Place &place = places[find_node(node)];
    const std::vector<std::string> names = port_names(*place.desc, SEPFLOW_INPUT);
    for (size_t i = 0; i < names.size(); ++i) {
        if (port != names[i]) continue;
        if (place.feeds[i].is_connected()) {
            fail("port '" + port + "' of '" + node + "' is already fed by '" +
                 places[place.feeds[i].place].name + "'");
        }
        place.feeds[i] = from;
        order.clear();
        return;
    }
    fail("node '" + node + "' has no input port '" + port + "'" +
         sepflow::nearest_name(port, names));
}

void sepflow_graph::add_output(const std::string &name, const std::string &source) {
    if (name.empty()) fail("a name is empty");
    if (outputs.size() >= sepflow::host::kMaxPlaces)
        throw Error(SEPFLOW_E_UNSUPPORTED, "a graph has at most 10000 outputs");
    for (const sepflow::host::Output &output : outputs) {
        if (output.name == name) fail("the output '" + name + "' already exists");
    }
    const Outlet from = find_outlet(source);
    if (places[from.place].is_input())
        fail("'" + source + "' is an input of the graph, not a node");
    outputs.push_back({name, from});
    order.clear();
}
