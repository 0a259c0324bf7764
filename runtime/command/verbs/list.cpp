// sepflow list and sepflow info: the nodes that were found, and what each takes.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/base/error.h"
#include "runtime/base/structs.h"
#include "runtime/command/files/band_format.h"
#include "runtime/command/verbs/describe.h"
#include "runtime/command/verbs/plugins.h"
#include "runtime/command/verbs/verbs.h"

namespace sepflow::command {

namespace {

using Json = nlohmann::ordered_json;

struct FoundNode {
    const sepflow_node_desc *desc;
    std::string file;
};

std::vector<FoundNode> nodes_of(const sepflow_registry *registry) {
    std::vector<FoundNode> nodes;
    for (uint32_t i = 0; i < sepflow_registry_count(registry); ++i) {
        const char *file = "";
        const sepflow_entry *entry = nullptr;
        const sepflow_node_desc *desc = sepflow_registry_node(registry, i, &file, &entry);
        nodes.push_back({desc, file});
    }
    return nodes;
}

std::string text_of(const char *text) {
    return text != nullptr ? text : "";
}

void list(bool as_json) {
    const Plugins plugins = find_plugins();
    const std::vector<FoundNode> nodes = nodes_of(plugins.registry.get());
    if (as_json) {
        Json json = {{"nodes", Json::array()}, {"skipped", Json::array()}};
        for (const auto &[desc, file] : nodes) {
            json["nodes"].push_back({{"id", desc->id},
                                     {"name", text_of(desc->name)},
                                     {"summary", text_of(desc->summary)},
                                     {"file", file}});
        }
        for (const SkippedPlugin &plugin : plugins.skipped) {
            json["skipped"].push_back({{"file", plugin.path}, {"reason", plugin.reason}});
        }
        std::cout << json_text(json) << '\n';
        return;
    }
    for (const auto &[desc, file] : nodes) {
        std::cout << desc->id << "  " << text_of(desc->summary) << "\n    " << file << '\n';
    }
    for (const SkippedPlugin &plugin : plugins.skipped) {
        std::cout << "skipped " << plugin.path << ": " << plugin.reason << '\n';
    }
}

const char *kind_name(sepflow_value_type type) {
    switch (type) {
        case SEPFLOW_VALUE_INT:
            return "int";
        case SEPFLOW_VALUE_FLOAT:
            return "float";
        case SEPFLOW_VALUE_TEXT:
            return "text";
        case SEPFLOW_VALUE_CHOICE:
            return "choice";
        case SEPFLOW_VALUE_MATRIX:
            return "matrix";
        default:
            return "none";
    }
}

bool is_number(const sepflow_param_desc &param) {
    return param.type == SEPFLOW_VALUE_INT || param.type == SEPFLOW_VALUE_FLOAT;
}

std::vector<std::string> choices_of(const sepflow_param_desc &param) {
    return std::vector<std::string>(param.choices, param.choices + param.choice_count);
}

Json port_json(const sepflow_port_desc &port) {
    Json types = Json::array();
    for (uint32_t i = 0; i < port.type_count; ++i) types.push_back(type_name(port.types[i]));
    return {{"name", port.name},
            {"direction", port.direction == SEPFLOW_INPUT ? "input" : "output"},
            {"optional", (port.flags & SEPFLOW_PORT_OPTIONAL) != 0},
            {"types", types},
            {"min_channels", port.min_channels},
            {"max_channels", port.max_channels}};
}

Json param_json(const sepflow_param_desc &param) {
    Json json = {{"id", param.id},
                 {"name", text_of(param.name)},
                 {"doc", text_of(param.doc)},
                 {"type", kind_name(param.type)},
                 {"live", (param.flags & SEPFLOW_PARAM_LIVE) != 0},
                 {"advanced", (param.flags & SEPFLOW_PARAM_ADVANCED) != 0}};
    if (param.unit != nullptr) json["unit"] = param.unit;
    if (is_number(param)) {
        json["default"] = param.def;
        if (param.min != 0 || param.max != 0) json["range"] = {param.min, param.max};
    } else {
        json["default"] = param.text_default != nullptr ? Json(param.text_default) : Json();
    }
    if (param.choice_count > 0) json["choices"] = choices_of(param);
    return json;
}

std::string param_line(const sepflow_param_desc &param) {
    std::string line = std::string("  ") + param.id + "  (" + kind_name(param.type);
    if (is_number(param)) {
        if (param.min != 0 || param.max != 0) {
            line += " " + short_number(param.min) + " .. " + short_number(param.max);
        }
        line += ", default " + short_number(param.def);
    } else {
        if (param.choice_count > 0) line += " " + CLI::detail::join(choices_of(param), ", ");
        line += param.text_default != nullptr ? std::string("; default ") + param.text_default
                                              : std::string("; must be set");
    }
    if (param.unit != nullptr) line += std::string(", ") + param.unit;
    if (param.flags & SEPFLOW_PARAM_LIVE) line += ", live";
    if (param.flags & SEPFLOW_PARAM_ADVANCED) line += ", advanced";
    return line + ")\n      " + text_of(param.doc) + '\n';
}

void print_info(const sepflow_node_desc &desc) {
    std::cout << desc.id << "  " << text_of(desc.name) << " " << text_of(desc.version) << '\n'
              << text_of(desc.summary) << "\n\nports\n";
    for (uint32_t i = 0; i < desc.port_count; ++i) {
        const sepflow_port_desc port = element(desc.ports, i);
        std::cout << "  " << port.name
                  << (port.direction == SEPFLOW_OUTPUT ? "  output" : "  input")
                  << (port.flags & SEPFLOW_PORT_OPTIONAL ? ", optional" : "");
        for (uint32_t t = 0; t < port.type_count; ++t) std::cout << " " << type_name(port.types[t]);
        std::cout << '\n';
    }
    std::cout << "\nparameters\n";
    for (uint32_t i = 0; i < desc.param_count; ++i)
        std::cout << param_line(element(desc.params, i));
}

void info(const std::string &id, bool as_json) {
    const Plugins plugins = find_plugins();
    const sepflow_node_desc *desc = sepflow_registry_find(plugins.registry.get(), id.c_str());
    if (desc == nullptr) {
        throw Error(SEPFLOW_E_PARAM,
                    "there is no node '" + id + "'; sepflow list shows those found");
    }
    if (!as_json) return print_info(*desc);
    Json json = {{"id", desc->id},
                 {"name", text_of(desc->name)},
                 {"summary", text_of(desc->summary)},
                 {"version", text_of(desc->version)},
                 {"ports", Json::array()},
                 {"parameters", Json::array()}};
    for (uint32_t i = 0; i < desc->port_count; ++i)
        json["ports"].push_back(port_json(element(desc->ports, i)));
    for (uint32_t i = 0; i < desc->param_count; ++i) {
        json["parameters"].push_back(param_json(element(desc->params, i)));
    }
    std::cout << json_text(json) << '\n';
}

}  // namespace

void add_list(CLI::App &app) {
    CLI::App *verb = app.add_subcommand("list", "List the nodes found, and the plugins skipped");
    const auto json = std::make_shared<bool>(false);
    verb->add_flag("--json", *json, "Write JSON");
    verb->callback([json] { list(*json); });
}

void add_info(CLI::App &app) {
    CLI::App *verb = app.add_subcommand("info", "Describe a node: ports, types, parameters");
    const auto json = std::make_shared<bool>(false);
    const auto id = std::make_shared<std::string>();
    verb->add_option("node", *id, "Id of the node, such as org.sepflow.separable")
        ->required()
        ->type_name("NODE");
    verb->add_flag("--json", *json, "Write JSON");
    verb->callback([json, id] { info(*id, *json); });
}

}  // namespace sepflow::command
