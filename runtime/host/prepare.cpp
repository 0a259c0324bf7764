// Checks a graph and makes every node's plan, in the order of the data.
#include <algorithm>
#include <cstring>

#include "runtime/base/error.h"
#include "runtime/base/image.h"
#include "runtime/base/structs.h"
#include "runtime/host/graph.h"

using sepflow::Error;
using sepflow::host::Place;

namespace {

// Depth first; a place that is met again while its own feeds are visited lies on a cycle.
class Sorter {
  public:
    explicit Sorter(const std::vector<Place> &places)
        : places_(places), state_(places.size(), kNew) {}

    std::vector<size_t> sorted() {
        for (size_t i = 0; i < places_.size(); ++i) visit(i);
        return std::move(order_);
    }

  private:
    enum State : char { kNew, kOpen, kDone };

    // Not recursive: a graph may be a chain of any length.
    void visit(size_t start) {
        if (state_[start] != kNew) return;
        std::vector<std::pair<size_t, size_t>> stack = {{start, 0}};  // place, next port
        state_[start] = kOpen;
        while (!stack.empty()) {
            auto &[place, port] = stack.back();
            if (port == places_[place].feeds.size()) {
                state_[place] = kDone;
                order_.push_back(place);
                stack.pop_back();
                continue;
            }
            const sepflow::host::Outlet outlet = places_[place].feeds[port++];
            const size_t feed = outlet.place;
            if (!outlet.is_connected()) {
                const sepflow_port_desc desc = places_[place].port(port - 1);
                if (desc.flags & SEPFLOW_PORT_OPTIONAL) continue;
                const char *name = desc.name;
                throw Error(SEPFLOW_E_NOT_READY, "port '" + std::string(name) + "' of node '" +
                                                     places_[place].name + "' is not connected");
            }
            if (state_[feed] == kOpen) {
                throw Error(SEPFLOW_E_PARAM, "the graph has a cycle through '" +
                                                 places_[place].name + "' and '" +
                                                 places_[feed].name + "'");
            }
            if (state_[feed] == kNew) {
                state_[feed] = kOpen;
                stack.push_back({feed, 0});
            }
        }
    }

    const std::vector<Place> &places_;
    std::vector<State> state_;
    std::vector<size_t> order_;
};

void prepare_input(Place &place) {
    if (!place.is_bound) {
        throw Error(SEPFLOW_E_NOT_READY, "input '" + place.name + "' is not bound to an image");
    }
}

std::string described(const Place &place) {
    return "'" + place.name + "' (" + sepflow::type_name(place.type) + ", " +
           std::to_string(place.channels) + (place.channels == 1 ? " channel" : " channels") + ")";
}

// All inputs of a node share type, channels and domain.
void check_edges(const std::vector<Place> &places, const Place &place) {
    for (size_t i = 1; i < place.feeds.size(); ++i) {
        if (!place.feeds[i].is_connected()) continue;
        const Place &first = places[place.feeds[0].place], &other = places[place.feeds[i].place];
        const sepflow_port_desc port = place.port(i);
        if (port.flags & SEPFLOW_PORT_OWN_FORMAT) {
            if (other.channels != 1 && other.channels != first.channels) {
                throw Error(SEPFLOW_E_FORMAT, "port '" + std::string(port.name) + "' of node '" +
                                                  place.name + "' is fed by " + described(other) +
                                                  ", which needs one channel, or as many as " +
                                                  described(first));
            }
        } else if (other.type != first.type || other.channels != first.channels) {
            throw Error(SEPFLOW_E_FORMAT,
                        "node '" + place.name + "' is fed by " + described(first) + " and " +
                            described(other) +
                            ", which must be alike; put an org.sepflow.convert node between");
        }
        if (!sepflow::same(other.domain, first.domain)) {
            throw Error(SEPFLOW_E_FORMAT, "node '" + place.name + "' is fed by '" + first.name +
                                              "' and '" + other.name +
                                              "', whose sizes or positions differ");
        }
    }
}

void prepare_node(const sepflow_graph &graph, Place &place, sepflow_type wanted) {
    const std::vector<Place> &places = graph.places;
    check_edges(places, place);
    if (place.feeds.empty())
        throw Error(SEPFLOW_E_UNSUPPORTED, "node '" + place.name + "' has no input");
    const Place &feed = places[place.feeds[0].place];
    sepflow_config config = {};
    config.struct_size = sizeof config;
    config.in_type = feed.type;
    config.out_type = wanted != SEPFLOW_TYPE_NONE ? wanted : feed.type;
    config.channels = feed.channels;
    config.threads_hint = 1;
    config.domain_w = feed.domain.w;
    config.domain_h = feed.domain.h;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    sepflow_plan *plan = nullptr;
    const sepflow_status status = graph.call_node(place, "configure", [&] {
        return place.desc->configure(place.node.get(), &config, &plan, &error);
    });
    if (status == SEPFLOW_E_FORMAT) {
        throw Error(status, "node '" + place.name + "', fed by " + described(feed) +
                                " and making " + sepflow::type_name(config.out_type) + ": " +
                                error.message);
    }
    if (status != SEPFLOW_OK) {
        throw Error(status, "node '" + place.name + "': " + error.message, error.param_index);
    }
    place.plan.reset(plan, sepflow::host::released_by(place.desc->plan_release));
    place.type = config.out_type;
    place.channels = config.channels;
    place.info = {};
    place.info.struct_size = sizeof place.info;
    const bool is_described = graph.call_node(place, "plan_info", [&] {
        return place.desc->plan_info(plan, &place.info) == SEPFLOW_OK &&
               place.desc->output_domain(plan, &feed.domain, &place.domain) == SEPFLOW_OK;
    });
    if (!is_described || !sepflow::is_sane(place.domain)) {
        throw Error(SEPFLOW_E_INTERNAL, "node '" + place.name + "' does not describe its plan");
    }
}

}  // namespace

void sepflow_graph::prepare() {
    order.clear();
    std::vector<size_t> sorted = Sorter(places).sorted();
    for (const size_t i : sorted) {
        Place &place = places[i];
        if (place.is_input()) {
            prepare_input(place);
            continue;
        }
        sepflow_type wanted = place.wanted_type;
        if (!place.type_of_input.empty()) {
            prepare_input(input(place.type_of_input));
            wanted = input(place.type_of_input).type;
        }
        prepare_node(*this, place, wanted);
    }
    order = std::move(sorted);
}
