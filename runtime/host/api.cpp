// The C functions of host.h that build and run graphs.
#include <cstring>

#include "runtime/base/error.h"
#include "runtime/base/image.h"
#include "runtime/base/structs.h"
#include "runtime/host/graph.h"

using sepflow::Error;
using sepflow::guarded;
using sepflow::host::Place;

namespace {

template <typename... Pointers>
void require(Pointers... pointers) {
    if (((pointers == nullptr) || ...)) throw Error(SEPFLOW_E_INVALID, "an argument is NULL");
}

void check_input(const std::string &name, sepflow_type type, int32_t channels,
                 const sepflow_rect &domain) {
    if (!sepflow::is_type(type)) throw Error(SEPFLOW_E_FORMAT, name + ": unknown pixel type");
    if (channels < 1) throw Error(SEPFLOW_E_FORMAT, name + ": channels must be at least 1");
    if (!sepflow::is_sane(domain) || sepflow::is_empty(domain))
        throw Error(SEPFLOW_E_INVALID,
                    name + ": its domain is empty or has coordinates beyond 2^48");
}

void bind(Place &place, sepflow_type type, int32_t channels, const sepflow_rect &domain) {
    place.is_bound = true;
    place.type = type;
    place.channels = channels;
    place.domain = domain;
    place.image = {};
    place.source = {};
}

}  // namespace

extern "C" {

sepflow_status sepflow_graph_create(const sepflow_registry *registry, sepflow_graph **graph,
                                    sepflow_error *error) {
    return guarded(error, [&] {
        require(registry, graph);
        *graph = new sepflow_graph(registry);
    });
}

sepflow_status sepflow_graph_from_json(const sepflow_registry *registry, const char *json,
                                       uint64_t length, sepflow_graph **graph,
                                       sepflow_error *error) {
    return guarded(error, [&] {
        require(registry, json, graph);
        *graph = nullptr;
        if (length > sepflow::host::kMaxGraphBytes)
            throw Error(SEPFLOW_E_UNSUPPORTED, "graph: its text is longer than 16 MiB");
        auto made = std::make_unique<sepflow_graph>(registry);
        sepflow::host::read_json(std::string(json, length), *made);
        *graph = made.release();
    });
}

void sepflow_graph_free(sepflow_graph *graph) {
    delete graph;
}

sepflow_status sepflow_graph_allow_files(sepflow_graph *graph, const char *folder,
                                         sepflow_error *error) {
    return guarded(error, [&] {
        require(graph);
        if (folder == nullptr) {
            graph->files.allow_none();
        } else {
            graph->files.allow(folder);
        }
        graph->forget_files();
    });
}

sepflow_status sepflow_graph_add_input(sepflow_graph *graph, const char *name,
                                       sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, name);
        graph->add_input(name);
    });
}

sepflow_status sepflow_graph_add_node(sepflow_graph *graph, const char *name, const char *node_id,
                                      sepflow_type out_type, sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, name, node_id);
        graph->add_node(name, node_id, out_type);
    });
}

sepflow_status sepflow_graph_set_text(sepflow_graph *graph, const char *node, const char *param,
                                      const char *text, sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, node, param, text);
        graph->set_text(node, param, text);
    });
}

sepflow_status sepflow_graph_set_value(sepflow_graph *graph, const char *node, const char *param,
                                       const sepflow_value *value, sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, node, param, value);
        graph->set_param(node, param, *value);
    });
}

sepflow_status sepflow_graph_connect(sepflow_graph *graph, const char *source, const char *node,
                                     const char *port, sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, source, node, port);
        graph->connect(source, node, port);
    });
}

sepflow_status sepflow_graph_add_output(sepflow_graph *graph, const char *name, const char *source,
                                        sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, name, source);
        graph->add_output(name, source);
    });
}

const char *sepflow_graph_input_name(const sepflow_graph *graph, uint32_t index) {
    if (graph == nullptr) return nullptr;
    for (const Place &place : graph->places) {
        if (place.is_input() && index-- == 0) return place.name.c_str();
    }
    return nullptr;
}

const char *sepflow_graph_output_name(const sepflow_graph *graph, uint32_t index) {
    if (graph == nullptr || index >= graph->outputs.size()) return nullptr;
    return graph->outputs[index].name.c_str();
}

sepflow_status sepflow_graph_bind_image(sepflow_graph *graph, const char *input,
                                        const sepflow_image *image, sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, input, image);
        Place &place = graph->input(input);
        const std::string name = "input '" + std::string(input) + "'";
        const sepflow_image known = sepflow::known_part(image, name.c_str());
        const sepflow_image bound =
            sepflow::checked_image(&known, name.c_str(), known.type, known.channels);
        if (!sepflow::same(bound.domain, bound.bounds)) {
            throw Error(SEPFLOW_E_INVALID, name + ": must hold the whole domain of its image");
        }
        check_input(name, bound.type, bound.channels, bound.domain);
        sepflow::check_memory(bound, name.c_str());
        bind(place, bound.type, bound.channels, bound.domain);
        place.image = bound;
        graph->order.clear();
    });
}

sepflow_status sepflow_graph_bind_source(sepflow_graph *graph, const char *input,
                                         const sepflow_source *source, sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, input, source);
        const sepflow_source known = sepflow::known_part(source, "source");
        if (known.flags != 0)
            throw Error(SEPFLOW_E_UNSUPPORTED, "source: flags that this version does not know");
        if (known.read == nullptr) throw Error(SEPFLOW_E_INVALID, "source: read is NULL");
        Place &place = graph->input(input);
        check_input("input '" + place.name + "'", known.type, known.channels, known.domain);
        bind(place, known.type, known.channels, known.domain);
        place.source = known;
        graph->order.clear();
    });
}

sepflow_status sepflow_graph_prepare(sepflow_graph *graph, sepflow_error *error) {
    return guarded(error, [&] {
        require(graph);
        graph->prepare();
    });
}

sepflow_status sepflow_graph_describe_output(const sepflow_graph *graph, const char *output,
                                             sepflow_image *image, sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, output, image);
        if (graph->order.empty()) throw Error(SEPFLOW_E_NOT_READY, "the graph is not prepared");
        const Place &place = graph->places[graph->output(output).place];
        sepflow_image described = {};
        described.type = place.type;
        described.channels = place.channels;
        described.bounds = described.domain = place.domain;
        sepflow::fill(image, described, "image");
    });
}

sepflow_status sepflow_graph_node_plan_info(const sepflow_graph *graph, const char *node,
                                            sepflow_plan_info *info, sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, node, info);
        if (graph->order.empty()) throw Error(SEPFLOW_E_NOT_READY, "the graph is not prepared");
        sepflow::fill(info, graph->places[graph->find_node(node)].info, "info");
    });
}

sepflow_status sepflow_graph_compute(const sepflow_graph *graph, const char *output,
                                     const sepflow_image *out, const sepflow_run *run,
                                     sepflow_error *error) {
    return guarded(error, [&] {
        require(graph, output, out);
        graph->compute(output, *out, run);
    });
}

}  // extern "C"
