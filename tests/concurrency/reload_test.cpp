// Loaded, used and unloaded a thousand times, our libraries leave nothing: no memory, mappings or
// threads.
#include <dirent.h>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <fstream>
#include <sstream>
#include <string>

#include <sepflow/host.h>

#include "tests/concurrency/plugin.h"

using concurrency::Picture;

namespace {

// Resources of a process.
struct Holdings {
    int64_t resident_kib = 0, mappings = 0, threads = 0;

    Holdings() {
        std::ifstream status("/proc/self/status"), maps("/proc/self/maps");
        for (std::string line; std::getline(status, line);) {
            std::istringstream words(line);
            std::string name;
            int64_t value = 0;
            words >> name >> value;
            if (name == "VmRSS:") resident_kib = value;
            if (name == "Threads:") threads = value;
        }
        for (std::string line; std::getline(maps, line);) ++mappings;
    }
};

template <typename Use>
void check_without_growth(Use use) {
    for (int i = 0; i < 50; ++i) REQUIRE(use());
    const Holdings before;
    for (int i = 0; i < 1000; ++i) REQUIRE(use());
    const Holdings after;
    CHECK(after.mappings <= before.mappings + 5);
    CHECK(after.threads == before.threads);
    // A leak of one byte a time would not show; that of a page or of a library would.
    CHECK_MESSAGE(after.resident_kib < before.resident_kib + 1500, before.resident_kib,
                  " KiB grew to ", after.resident_kib);
}

template <typename Function>
Function symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    Function function;
    std::memcpy(&function, &found, sizeof function);
    return function;
}

}  // namespace

TEST_CASE("the plugin, loaded and unloaded a thousand times, with a plan between") {
    check_without_growth([] {
        const concurrency::Plugin plugin(SEPFLOW_PLUGIN_DIR "/separable.sepflow.so");
        if (plugin.entry == nullptr) return false;
        const sepflow_node_desc &desc = *plugin.entry->node(0);
        sepflow_node *node = nullptr;
        if (desc.create(&desc, nullptr, &node, nullptr) != SEPFLOW_OK) return false;
        sepflow_plan *plan = concurrency::configured(desc, node, "disc 2.5");
        desc.destroy(node);
        const bool is_right = !concurrency::processed(desc, plan).empty();
        desc.plan_release(plan);
        return is_right;
    });
}

TEST_CASE("the library, loaded and unloaded a thousand times, with threads between") {
    check_without_growth([] {
        void *library = dlopen(SEPFLOW_LIBRARY, RTLD_NOW);
        if (library == nullptr) return false;
        const auto make =
            symbol<decltype(&sepflow_plan_from_text)>(library, "sepflow_plan_from_text");
        const auto apply = symbol<decltype(&sepflow_apply)>(library, "sepflow_apply");
        const auto release = symbol<decltype(&sepflow_plan_free)>(library, "sepflow_plan_free");
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = SEPFLOW_F32;
        sepflow_plan *plan = nullptr;
        const Picture picture;
        const bool is_right =
            make("gaussian 2", &options, &plan, nullptr) == SEPFLOW_OK &&
            apply(plan, &picture.from, &picture.to, nullptr, 3, nullptr) == SEPFLOW_OK;
        release(plan);
        dlclose(library);
        return is_right;
    });
}

TEST_CASE("the host library, loaded and unloaded a thousand times, with a registry between") {
    check_without_growth([] {
        void *library = dlopen(SEPFLOW_HOST_LIBRARY, RTLD_NOW);
        if (library == nullptr) return false;
        const auto create =
            symbol<decltype(&sepflow_registry_create)>(library, "sepflow_registry_create");
        const auto scan =
            symbol<decltype(&sepflow_registry_scan)>(library, "sepflow_registry_scan");
        const auto count =
            symbol<decltype(&sepflow_registry_count)>(library, "sepflow_registry_count");
        const auto release =
            symbol<decltype(&sepflow_registry_free)>(library, "sepflow_registry_free");
        sepflow_registry *registry = nullptr;
        const bool is_right = create(&registry, nullptr) == SEPFLOW_OK &&
                              scan(registry, SEPFLOW_PLUGIN_DIR, nullptr, nullptr) == SEPFLOW_OK &&
                              count(registry) >= 10;
        release(registry);
        dlclose(library);
        return is_right;
    });
}
