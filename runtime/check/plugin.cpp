#include "runtime/check/plugin.h"

#include <algorithm>
#include <sstream>

#include <sepflow/host.h>

#include "runtime/check/check.h"
#include "runtime/error.h"

namespace sepflow::check {

namespace {

constexpr Check kLoad = {"load", "is loaded by a host", nullptr};

// In the child: the ids of the plugin's nodes, a line each, as a host finds them.
std::string node_lines(const std::string &file) {
    sepflow_registry *registry = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    now_doing("loading");
    sepflow_status status = sepflow_registry_create(&registry, &error);
    if (status == SEPFLOW_OK) status = sepflow_registry_load(registry, file.c_str(), &error);
    if (status != SEPFLOW_OK) throw Failed{error.message};
    std::string lines;
    for (uint32_t i = 0; i < sepflow_registry_count(registry); ++i)
        lines += std::string(sepflow_registry_node(registry, i, nullptr, nullptr)->id) + '\n';
    return lines;
}

// "tiles", "org.sepflow.separable:tiles" and "org.sepflow.separable/1:tiles" name the check tiles.
bool is_named(const Request &request, const std::string &node_id, const std::string &check) {
    if (request.names.empty()) return true;
    const std::string without_generation = node_id.substr(0, node_id.rfind('/'));
    return std::any_of(request.names.begin(), request.names.end(), [&](const std::string &name) {
        return name == check || name == node_id + ":" + check ||
               name == without_generation + ":" + check;
    });
}

}  // namespace

std::vector<Listed> listed_checks() {
    std::vector<Listed> listed = {{kLoad.name, kLoad.promise}};
    for (const auto *checks : {&plugin_checks(), &node_checks()}) {
        for (const Check &check : *checks) listed.push_back({check.name, check.promise});
    }
    return listed;
}

void check_plugin(const Request &request, const std::function<void(const Finding &)> &tell) {
    const Outcome loaded = try_in_child([&] { return node_lines(request.file); }, request.patience);
    const bool is_loaded = loaded.kind == Outcome::Kind::kPassed;
    if (!is_loaded || is_named(request, "", kLoad.name))
        tell({"", kLoad.name, kLoad.promise, {loaded.kind, is_loaded ? "" : loaded.text}});
    if (!is_loaded) return;

    const auto run = [&](const std::string &node_id, const Check &check) {
        if (!is_named(request, node_id, check.name)) return;
        const Target target = {request.file, node_id, request.settings};
        const auto body = [&] {
            Subject subject(target);
            check.run(subject);
            return std::string();
        };
        tell({node_id, check.name, check.promise, try_in_child(body, request.patience)});
    };
    for (const Check &check : plugin_checks()) run("", check);
    std::istringstream lines(loaded.text);
    for (std::string node_id; std::getline(lines, node_id);) {
        for (const Check &check : node_checks()) run(node_id, check);
    }
}

}  // namespace sepflow::check
