// A graph: inputs and nodes by name, edges, outputs; and what prepare finds out about each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sepflow/host.h>

#include "runtime/base/pixel_type.h"
#include "runtime/base/structs.h"
#include "runtime/host/files.h"
#include "runtime/host/registry.h"

namespace sepflow::host {

constexpr size_t kNowhere = static_cast<size_t>(-1);

// One of the outputs of a place, which feeds a port or is wanted. An input of the graph has one.
struct Outlet {
    size_t place = kNowhere;
    size_t output = 0;

    bool is_connected() const { return place != kNowhere; }
    bool operator==(const Outlet &other) const {
        return place == other.place && output == other.output;
    }
};

// An input of the graph or a node: whatever makes pixels.
struct Place {
    std::string name;

    // A node: its object, and what feeds each input port.
    const sepflow_node_desc *desc = nullptr;  // NULL: an input of the graph
    uint32_t image_size = 0;                  // of sepflow_image in the node's plugin
    std::shared_ptr<sepflow_node> node;
    std::vector<Outlet> feeds;
    sepflow_type wanted_type = SEPFLOW_TYPE_NONE;
    std::string type_of_input;  // or: the type of this input of the graph

    // An input: pixels in memory, or a source.
    bool is_bound = false;
    sepflow_image image = {};
    sepflow_source source = {};

    // From prepare; the same for all its outputs.
    sepflow_type type = SEPFLOW_TYPE_NONE;
    int32_t channels = 0;
    sepflow_rect domain = {};
    std::shared_ptr<sepflow_plan> plan;
    sepflow_plan_info info = {};

    bool is_input() const { return desc == nullptr; }
    size_t output_count() const { return is_input() ? 1 : desc->port_count - feeds.size(); }
    sepflow_port_desc port(size_t i) const {
        return element(desc->ports, static_cast<uint32_t>(i));
    }
    sepflow_port_desc output_port(size_t i) const { return port(feeds.size() + i); }
    // Input ports that must be connected.
    size_t required_ports() const;
};

struct Output {
    std::string name;
    Outlet outlet;
};

}  // namespace sepflow::host

struct sepflow_graph {
    explicit sepflow_graph(const sepflow_registry *owner) : registry(owner) {}

    const sepflow_registry *registry;
    sepflow::host::AllowedFiles files;
    const sepflow_host host = sepflow::host::host_services(&files);  // which the nodes below keep
    std::vector<sepflow::host::Place> places;
    std::vector<sepflow::host::Output> outputs;
    std::vector<size_t> order;  // of the places, each behind what feeds it; empty: not prepared

    // All throw Error with the names at fault.
    void add_input(const std::string &name);
    void add_node(const std::string &name, const std::string &id, sepflow_type out_type);
    void set_param(const std::string &node, const std::string &param, const sepflow_value &value);
    void set_text(const std::string &node, const std::string &param, const std::string &text);
    sepflow_param_desc param(const std::string &node, const std::string &name,
                             uint32_t *index) const;
    void forget_files();  // those that nodes have read
    void connect(const std::string &source, const std::string &node, const std::string &port);
    void add_output(const std::string &name, const std::string &source);
    void prepare();
    void compute(const std::string &output, const sepflow_image &out, const sepflow_run *run) const;

    size_t find(const std::string &name) const;            // of a place
    size_t find_node(const std::string &name) const;       // of a place that is a node
    sepflow::host::Place &input(const std::string &name);  // a place that is an input
    // "NAME" is a place's first output, "NAME.PORT" a node's output of that name.
    sepflow::host::Outlet find_outlet(const std::string &name) const;
    sepflow::host::Outlet output(const std::string &name) const;

    // Calls a function of a node's plugin.
    template <typename Call>
    auto call_node(const sepflow::host::Place &place, const char *function, Call &&call) const {
        return sepflow::host::plugin_call(registry->observer, "node '" + place.name + "'", function,
                                          std::forward<Call>(call));
    }

  private:
    void check_new_name(const std::string &name) const;
    void set_param(const sepflow::host::Place &place, uint32_t index, const sepflow_value &value);
};

namespace sepflow::host {

// Graphs come from files; these keep one from taking the machine.
inline constexpr uint64_t kMaxGraphBytes = uint64_t{16} << 20;
inline constexpr size_t kMaxPlaces = 10000;

// Fills `graph` from JSON; see README.md.
void read_json(const std::string &text, sepflow_graph &graph);

}  // namespace sepflow::host
