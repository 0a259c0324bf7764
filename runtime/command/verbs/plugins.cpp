#include "runtime/command/verbs/plugins.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "runtime/command/verbs/call.h"

namespace sepflow::command {

namespace {

// Returns the plugin path of the build tree that holds this program. The host finds installed
// plugins itself.
std::string built_plugin_path() {
    std::error_code unknown;
    const auto executable = std::filesystem::read_symlink("/proc/self/exe", unknown);
    if (unknown) return "";
    return (executable.parent_path().parent_path() / "plugins").string();
}

void note_skipped(void *ctx, const char *path, const char *reason) {
    auto &skipped = *static_cast<std::vector<SkippedPlugin> *>(ctx);
    const bool known =
        std::any_of(skipped.begin(), skipped.end(),
                    [&](const SkippedPlugin &plugin) { return plugin.path == path; });
    if (!known) skipped.push_back({path, reason});
}

}  // namespace

Plugins find_plugins() {
    sepflow_registry *registry = nullptr;
    call([&](sepflow_error *error) { return sepflow_registry_create(&registry, error); });
    Plugins plugins;
    plugins.registry.reset(registry);
    const auto scan = [&](const char *path) {
        const sepflow_status status =
            sepflow_registry_scan(registry, path, note_skipped, &plugins.skipped);
        if (status != SEPFLOW_OK) throw Error(status, "cannot look for plugins");
    };
    // Who works on Sepflow means these, whatever is installed.
    const std::string built = built_plugin_path();
    const char *preferred = secure_getenv("SEPFLOW_PLUGIN_PATH");
    if (std::filesystem::is_directory(built)) {
        if (preferred != nullptr) scan(preferred);
        scan(built.c_str());
    }
    scan(nullptr);
    return plugins;
}

RegistryPointer open_plugins() {
    Plugins plugins = find_plugins();
    for (const SkippedPlugin &plugin : plugins.skipped) {
        std::cerr << "skipped plugin " << plugin.path << ": " << plugin.reason << '\n';
    }
    return std::move(plugins.registry);
}

}  // namespace sepflow::command
