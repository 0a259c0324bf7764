#include "runtime/host/registry.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

#include "runtime/base/error.h"
#include "runtime/base/structs.h"
#include "runtime/host/probe.h"
#include "runtime/host/search.h"

namespace sepflow::host {

namespace {

void check_ports(const sepflow_node_desc &desc, const std::string &node) {
    bool outputs = false;
    for (uint32_t i = 0; i < desc.port_count; ++i) {
        const sepflow_port_desc given = element(desc.ports, i);
        const sepflow_port_desc port = known_part(&given, (node + ": a port").c_str());
        if (port.name == nullptr || (port.type_count > 0 && port.types == nullptr))
            throw Error(SEPFLOW_E_ABI, node + ": a port lacks its name or types");
        if (i == 0 && (port.flags & SEPFLOW_PORT_OPTIONAL))
            throw Error(SEPFLOW_E_ABI, node + ": its first port cannot be optional");
        if (port.direction == SEPFLOW_OUTPUT) {
            outputs = true;
        } else if (port.direction != SEPFLOW_INPUT || outputs) {
            throw Error(SEPFLOW_E_ABI,
                        node + ": port '" + port.name +
                            "' is neither an input before the outputs nor an output");
        }
    }
}

void check_params(const sepflow_node_desc &desc, const std::string &node) {
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        const sepflow_param_desc given = element(desc.params, i);
        const sepflow_param_desc param = known_part(&given, (node + ": a parameter").c_str());
        if (param.id == nullptr || (param.choice_count > 0 && param.choices == nullptr))
            throw Error(SEPFLOW_E_ABI, node + ": a parameter lacks its id or choices");
    }
}

void check_node(const sepflow_node_desc *given) {
    if (given == nullptr)
        throw Error(SEPFLOW_E_ABI,
                    "it returns NULL for a node below its node_count, or it has no memory");
    const sepflow_node_desc desc = known_part(given, "a node's descriptor");
    if (desc.id == nullptr || desc.name == nullptr)
        throw Error(SEPFLOW_E_ABI, "a node's descriptor lacks its id or name");
    const std::string node = "node '" + std::string(desc.id) + "'";
    const bool complete = desc.create && desc.destroy && desc.set_param && desc.get_param &&
                          desc.query_formats && desc.configure && desc.plan_retain &&
                          desc.plan_release && desc.plan_info && desc.output_domain &&
                          desc.input_region && desc.process;
    if (!complete) throw Error(SEPFLOW_E_ABI, node + " lacks a function");
    if ((desc.port_count > 0 && desc.ports == nullptr) ||
        (desc.param_count > 0 && desc.params == nullptr)) {
        throw Error(SEPFLOW_E_ABI, node + " lacks its ports or parameters");
    }
    check_ports(desc, node);
    check_params(desc, node);
}

sepflow_entry checked_entry(const sepflow_entry *given) {
    if (given == nullptr) throw Error(SEPFLOW_E_ABI, "its entry is NULL");
    const sepflow_entry entry = known_part(given, "its entry");
    if (entry.abi_major != SEPFLOW_ABI_MAJOR) {
        throw Error(SEPFLOW_E_ABI, "it speaks ABI " + std::to_string(entry.abi_major) +
                                       ", this host " + std::to_string(SEPFLOW_ABI_MAJOR));
    }
    if (entry.abi_minor_needed > SEPFLOW_ABI_MINOR_SHOWN) {
        throw Error(SEPFLOW_E_ABI, "it needs ABI minor version " +
                                       std::to_string(entry.abi_minor_needed) + ", this host has " +
                                       std::to_string(SEPFLOW_ABI_MINOR_SHOWN));
    }
    if (entry.node == nullptr || entry.init == nullptr || entry.deinit == nullptr) {
        throw Error(SEPFLOW_E_ABI, "its entry lacks a function");
    }
    for (uint32_t i = 0; i < entry.node_count; ++i) check_node(entry.node(i));
    return entry;
}

// "org.sepflow.separable/1" -> "org.sepflow.separable", 1
std::string without_generation(const std::string &id, long *generation) {
    const size_t slash = id.rfind('/');
    *generation = slash == std::string::npos ? 0 : std::atol(id.c_str() + slash + 1);
    return id.substr(0, slash);
}

std::string first_line(const char *text) {
    const std::string whole = text != nullptr ? text : "unknown reason";
    return whole.substr(0, whole.find('\n'));
}

}  // namespace

}  // namespace sepflow::host

using sepflow::Error;
using sepflow::host::Plugin;

Plugin::~Plugin() {
    if (!initialised_) return;
    try {
        entry->deinit();
    } catch (...) {
    }
}

void Plugin::initialise(const sepflow::host::CallObserver &observer) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (initialised_) return;
    static const sepflow_host host = sepflow::host::host_services(nullptr);
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const std::string who = "plugin '" + std::string(entry->id ? entry->id : "") + "'";
    const sepflow_status status = sepflow::host::plugin_call(
        observer, who, "init", [&] { return entry->init(&host, &error); });
    if (status != SEPFLOW_OK) throw Error(status, who + ": " + error.message);
    initialised_ = true;
}

void sepflow_registry::add(sepflow_entry_function entry_of, const std::string &file) {
    sepflow::host::plugin_call(observer, file, "entry", [&] { add_nodes(entry_of(), file); });
}

void sepflow_registry::add_nodes(const sepflow_entry *given, const std::string &file) {
    const sepflow_entry entry = sepflow::host::checked_entry(given);
    auto plugin = std::make_unique<Plugin>(file, given, sepflow::image_size_of(given));
    std::vector<sepflow::host::RegistryNode> more = nodes;
    for (uint32_t i = 0; i < entry.node_count; ++i) {
        const sepflow_node_desc *desc = entry.node(i);
        const bool known =
            std::any_of(more.begin(), more.end(), [&](const sepflow::host::RegistryNode &node) {
                return std::strcmp(node.desc->id, desc->id) == 0;
            });
        if (!known) more.push_back({desc, plugin.get()});
    }
    // All of it or, where there is no memory, nothing: the caller then unloads the plugin.
    plugins.push_back(std::move(plugin));
    nodes.swap(more);
}

void sepflow_registry::load(const std::string &file) {
    // A name without a slash would be searched for elsewhere.
    const std::string path = file.find('/') == std::string::npos ? "./" + file : file;
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw Error(SEPFLOW_E_IO, sepflow::host::first_line(dlerror()));
    try {
        void *symbol = dlsym(library, SEPFLOW_ENTRY_SYMBOL);
        if (symbol == nullptr) throw Error(SEPFLOW_E_ABI, "it has no " SEPFLOW_ENTRY_SYMBOL);
        sepflow_entry_function entry;
        std::memcpy(&entry, &symbol, sizeof entry);
        add(entry, file);
    } catch (...) {
        dlclose(library);
        throw;
    }
}

const sepflow::host::RegistryNode *sepflow_registry::find(const std::string &id) const {
    const sepflow::host::RegistryNode *best = nullptr;
    long best_generation = -1;
    for (const sepflow::host::RegistryNode &node : nodes) {
        if (id == node.desc->id) return &node;
        long generation = 0;
        if (sepflow::host::without_generation(node.desc->id, &generation) == id &&
            generation > best_generation) {
            best = &node;
            best_generation = generation;
        }
    }
    return best;
}

extern "C" {

sepflow_status sepflow_registry_create(sepflow_registry **registry, sepflow_error *error) {
    return sepflow::guarded(error, [&] {
        if (registry == nullptr) throw Error(SEPFLOW_E_INVALID, "registry is NULL");
        *registry = new sepflow_registry;
    });
}

void sepflow_registry_free(sepflow_registry *registry) {
    delete registry;
}

sepflow_status sepflow_registry_scan(sepflow_registry *registry, const char *path,
                                     sepflow_skipped skipped, void *ctx) {
    return sepflow::guarded(nullptr, [&] {
        if (registry == nullptr) throw Error(SEPFLOW_E_INVALID, "registry is NULL");
        for (const sepflow::host::SearchPlace &place : sepflow::host::search_places(path)) {
            for (const std::string &file : sepflow::host::plugin_files(place.directory)) {
                try {
                    if (!place.is_told) sepflow::host::check_trusted(file);
                    sepflow::host::probe(file);
                    registry->load(file);
                } catch (const Error &e) {
                    if (skipped != nullptr) skipped(ctx, file.c_str(), e.what());
                }
            }
        }
    });
}

sepflow_status sepflow_registry_load(sepflow_registry *registry, const char *file,
                                     sepflow_error *error) {
    return sepflow::guarded(error, [&] {
        if (registry == nullptr || file == nullptr)
            throw Error(SEPFLOW_E_INVALID, "registry or file is NULL");
        registry->load(file);
    });
}

sepflow_status sepflow_host_add_static(sepflow_registry *registry, sepflow_entry_function entry,
                                       sepflow_error *error) {
    return sepflow::guarded(error, [&] {
        if (registry == nullptr || entry == nullptr)
            throw Error(SEPFLOW_E_INVALID, "registry or entry is NULL");
        registry->add(entry, "");
    });
}

sepflow_status sepflow_registry_observe(sepflow_registry *registry, sepflow_observer observer,
                                        void *ctx) {
    return sepflow::guarded(nullptr, [&] {
        if (registry == nullptr) throw Error(SEPFLOW_E_INVALID, "registry is NULL");
        registry->observer = {observer, ctx};
    });
}

uint32_t sepflow_registry_count(const sepflow_registry *registry) {
    return registry != nullptr ? static_cast<uint32_t>(registry->nodes.size()) : 0;
}

const sepflow_node_desc *sepflow_registry_node(const sepflow_registry *registry, uint32_t index,
                                               const char **file, const sepflow_entry **entry) {
    if (index >= sepflow_registry_count(registry)) return nullptr;
    const sepflow::host::RegistryNode &node = registry->nodes[index];
    if (file != nullptr) *file = node.plugin->file.c_str();
    if (entry != nullptr) *entry = node.plugin->entry;
    return node.desc;
}

const sepflow_node_desc *sepflow_registry_find(const sepflow_registry *registry, const char *id) {
    if (registry == nullptr || id == nullptr) return nullptr;
    const sepflow::host::RegistryNode *node = registry->find(id);
    return node != nullptr ? node->desc : nullptr;
}

}  // extern "C"
