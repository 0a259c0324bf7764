// Plugins and their nodes.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <sepflow/host.h>

#include "runtime/host/plugin_call.h"

namespace sepflow::host {

// A loaded plugin. Its library stays open until the process ends: plans and threads of others may
// still be inside it when a registry goes.
class Plugin {
  public:
    Plugin(const std::string &path, const sepflow_entry *found, uint32_t its_image_size)
        : file(path), entry(found), image_size(its_image_size) {}
    Plugin(const Plugin &) = delete;
    ~Plugin();

    // Before its first node. Graphs of one registry may be built on several threads at once.
    void initialise(const CallObserver &observer);  // throws Error

    const std::string file;  // "" if static
    const sepflow_entry *const entry;
    const uint32_t image_size;  // sizeof(sepflow_image) as the plugin was compiled

  private:
    std::mutex mutex_;
    bool initialised_ = false;
};

struct RegistryNode {
    const sepflow_node_desc *desc;
    Plugin *plugin;
};

// Returns the services for the nodes of a graph. NULL: those for plugins before there is a graph.
class AllowedFiles;
sepflow_host host_services(AllowedFiles *files);

// Target of a graph's call_ctx.
struct RunContext {
    const sepflow_run *run;
};

}  // namespace sepflow::host

struct sepflow_registry {
    std::vector<std::unique_ptr<sepflow::host::Plugin>> plugins;
    std::vector<sepflow::host::RegistryNode> nodes;
    sepflow::host::CallObserver observer;

    void add(sepflow_entry_function entry, const std::string &file);  // throws Error
    void load(const std::string &file);                               // throws Error
    const sepflow::host::RegistryNode *find(const std::string &id) const;

  private:
    void add_nodes(const sepflow_entry *entry, const std::string &file);
};
