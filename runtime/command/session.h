// What filter and run share: plugins found, a graph fed from files, outputs computed with a progress bar and
// Ctrl-C.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sepflow/host.h>

#include "runtime/command/image_file.h"

namespace sepflow {

struct SkippedPlugin {
    std::string file, reason;
};

struct FreeRegistry {
    void operator()(sepflow_registry *registry) const { sepflow_registry_free(registry); }
};
using RegistryPointer = std::unique_ptr<sepflow_registry, FreeRegistry>;

// SEPFLOW_PLUGIN_PATH, then beside this program, then the user's and the system's directories.
RegistryPointer find_plugins(std::vector<SkippedPlugin> *skipped = nullptr);

struct FreeGraph {
    void operator()(sepflow_graph *graph) const { sepflow_graph_free(graph); }
};
using GraphPointer = std::unique_ptr<sepflow_graph, FreeGraph>;

// Computes one output of a prepared graph into a file; metadata come from `like`.
void write_output(const sepflow_graph *graph, const std::string &output, const std::string &path,
                  int threads, VipsImage *like);

}  // namespace sepflow
