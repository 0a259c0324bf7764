// sepflow list, sepflow info NODE: the nodes that plugins bring.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/command/command.h"
#include "runtime/command/session.h"

namespace sepflow {

namespace {

using Json = nlohmann::ordered_json;

const char *text_or_empty(const char *text) {
    return text != nullptr ? text : "";
}

const char *value_type_name(sepflow_value_type type) {
    constexpr const char *kNames[] = {"none", "integer", "number", "text", "choice", "kernel"};
    return type >= 0 && type < 6 ? kNames[type] : "unknown";
}

Json describe(const sepflow_param_desc &param) {
    Json json = {
        {"id", param.id}, {"type", value_type_name(param.type)}, {"doc", text_or_empty(param.doc)}};
    if (param.type == SEPFLOW_VALUE_INT || param.type == SEPFLOW_VALUE_FLOAT) {
        json["default"] = param.def;
        if (param.min != 0 || param.max != 0) json["range"] = {param.min, param.max};
    } else if (param.text_default != nullptr) {
        json["default"] = param.text_default;
    }
    for (uint32_t i = 0; i < param.choice_count; ++i) json["choices"].push_back(param.choices[i]);
    if (param.unit != nullptr) json["unit"] = param.unit;
    return json;
}

Json describe(const sepflow_port_desc &port) {
    Json json = {{"name", port.name},
                 {"direction", port.direction == SEPFLOW_INPUT ? "input" : "output"}};
    for (uint32_t i = 0; i < port.type_count; ++i)
        json["types"].push_back(name_of_type(port.types[i]));
    return json;
}

Json describe(const sepflow_node_desc &node, const char *file, const sepflow_entry *entry) {
    Json json = {{"id", node.id},
                 {"name", text_or_empty(node.name)},
                 {"summary", text_or_empty(node.summary)},
                 {"version", text_or_empty(node.version)},
                 {"vendor", text_or_empty(entry->vendor)},
                 {"license", text_or_empty(entry->license)},
                 {"plugin", file}};
    for (uint32_t i = 0; i < node.port_count; ++i) json["ports"].push_back(describe(node.ports[i]));
    json["params"] = Json::array();
    for (uint32_t i = 0; i < node.param_count; ++i)
        json["params"].push_back(describe(node.params[i]));
    return json;
}

Json all_nodes(const sepflow_registry *registry) {
    Json nodes = Json::array();
    for (uint32_t i = 0; i < sepflow_registry_count(registry); ++i) {
        const char *file = nullptr;
        const sepflow_entry *entry = nullptr;
        const sepflow_node_desc *node = sepflow_registry_node(registry, i, &file, &entry);
        nodes.push_back(describe(*node, file, entry));
    }
    return nodes;
}

void list(bool as_json) {
    std::vector<SkippedPlugin> skipped;
    const RegistryPointer registry = find_plugins(&skipped);
    const Json nodes = all_nodes(registry.get());
    if (as_json) {
        Json json = {{"nodes", nodes}, {"skipped", Json::array()}};
        for (const SkippedPlugin &plugin : skipped) {
            json["skipped"].push_back({{"plugin", plugin.file}, {"reason", plugin.reason}});
        }
        std::printf("%s\n", json.dump(2).c_str());
        return;
    }
    for (const Json &node : nodes) {
        std::printf("%-28s %s\n", node["id"].get<std::string>().c_str(),
                    node["summary"].get<std::string>().c_str());
    }
    for (const SkippedPlugin &plugin : skipped) {
        std::fprintf(stderr, "sepflow: skipped %s: %s\n", plugin.file.c_str(),
                     plugin.reason.c_str());
    }
    if (nodes.empty()) throw Failure("no plugin was found; set SEPFLOW_PLUGIN_PATH");
}

void print(const Json &node) {
    const auto text = [](const Json &value) {
        return value.is_string() ? value.get<std::string>() : value.dump();
    };
    for (const char *key : {"id", "name", "summary", "version", "vendor", "license", "plugin"}) {
        std::printf("%-8s %s\n", key, text(node[key]).c_str());
    }
    for (const Json &port : node["ports"]) {
        std::string types;
        for (const Json &type : port["types"]) types += " " + text(type);
        std::printf("\n%s %s:%s", text(port["direction"]).c_str(), text(port["name"]).c_str(),
                    types.c_str());
    }
    std::printf("\n");
    for (const Json &param : node["params"]) {
        std::printf("\n%s (%s", text(param["id"]).c_str(), text(param["type"]).c_str());
        if (param.contains("default"))
            std::printf(", default '%s'", text(param["default"]).c_str());
        if (param.contains("range")) {
            std::printf(", %s .. %s", param["range"][0].dump().c_str(),
                        param["range"][1].dump().c_str());
        }
        if (param.contains("unit")) std::printf(", %s", text(param["unit"]).c_str());
        std::printf(")\n    %s\n", text(param["doc"]).c_str());
        if (!param.contains("choices")) continue;
        std::printf("   ");
        for (const Json &choice : param["choices"]) std::printf(" %s", text(choice).c_str());
        std::printf("\n");
    }
}

void info(const std::string &id, bool as_json) {
    const RegistryPointer registry = find_plugins();
    const sepflow_node_desc *found = sepflow_registry_find(registry.get(), id.c_str());
    if (found == nullptr) throw Failure("no plugin brings a node '" + id + "'; see sepflow list");
    for (const Json &node : all_nodes(registry.get())) {
        if (node["id"] != found->id) continue;
        if (as_json) {
            std::printf("%s\n", node.dump(2).c_str());
        } else {
            print(node);
        }
    }
}

}  // namespace

void add_list(CLI::App &app) {
    const auto as_json = std::make_shared<bool>(false);
    CLI::App *verb = app.add_subcommand(
        "list", "List the nodes that plugins bring, and the plugins that were skipped");
    verb->add_flag("--json", *as_json, "As JSON");
    verb->callback([as_json] { list(*as_json); });
}

void add_info(CLI::App &app) {
    const auto as_json = std::make_shared<bool>(false);
    const auto id = std::make_shared<std::string>();
    CLI::App *verb =
        app.add_subcommand("info", "Describe a node: its ports, pixel types and parameters");
    verb->add_option("NODE", *id, "Such as org.sepflow.separable")->required();
    verb->add_flag("--json", *as_json, "As JSON");
    verb->callback([as_json, id] { info(*id, *as_json); });
}

}  // namespace sepflow
