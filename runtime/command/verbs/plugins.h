// Where the command finds its plugins.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sepflow/host.h>

namespace sepflow::command {

struct FreeRegistry {
    void operator()(sepflow_registry *registry) const { sepflow_registry_free(registry); }
};
using RegistryPointer = std::unique_ptr<sepflow_registry, FreeRegistry>;

struct FreeGraph {
    void operator()(sepflow_graph *graph) const { sepflow_graph_free(graph); }
};
using GraphPointer = std::unique_ptr<sepflow_graph, FreeGraph>;

struct SkippedPlugin {
    std::string path, reason;
};

struct Plugins {
    RegistryPointer registry;
    std::vector<SkippedPlugin> skipped;
};

// Scans SEPFLOW_PLUGIN_PATH, then the plugins that belong to this executable, in its build tree or
// next to its installation, then the user's and the system's directories.
Plugins find_plugins();
// Does the same and reports each skipped plugin in a line on standard error.
RegistryPointer open_plugins();

}  // namespace sepflow::command
