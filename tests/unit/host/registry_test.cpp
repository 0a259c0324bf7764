#include <cstdlib>
#include <filesystem>
#include <map>

#include "tests/unit/host/fixture.h"
#include "tests/unit/host/variable.h"

namespace {

using Skipped = std::map<std::string, std::string>;  // file name -> reason

void note(void *ctx, const char *path, const char *reason) {
    const std::string whole = path;
    (*static_cast<Skipped *>(ctx))[whole.substr(whole.rfind('/') + 1)] = reason;
}

}  // namespace

TEST_CASE(
    "a bad plugin is skipped with one line that says why, and the good ones next to it load") {
    sepflow_registry *registry = nullptr;
    REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
    Skipped skipped;
    const std::string path =
        std::string("/no/such/directory:") + SEPFLOW_BAD_PLUGINS_DIR + ":" + SEPFLOW_PLUGIN_DIR;
    REQUIRE(sepflow_registry_scan(registry, path.c_str(), note, &skipped) == SEPFLOW_OK);
    CHECK(skipped.size() == 6);
    CHECK(skipped["text.sepflow.so"].find("text.sepflow.so") !=
          std::string::npos);  // the loader's words
    CHECK(skipped["no_entry.sepflow.so"].find("sepflow_entry_v1") != std::string::npos);
    CHECK(skipped["wrong_major.sepflow.so"].find("ABI 7") != std::string::npos);
    CHECK(skipped["newer_minor.sepflow.so"].find("99") != std::string::npos);
    CHECK(skipped["null_entry.sepflow.so"].find("NULL") != std::string::npos);
    CHECK(skipped["lacks_function.sepflow.so"].find("lacks a function") != std::string::npos);
    for (const auto &[file, reason] : skipped) CHECK(reason.find('\n') == std::string::npos);
    CHECK(sepflow_registry_count(registry) == 10);
    sepflow_registry_free(registry);
}

TEST_CASE("nodes are found by id, with and without the generation") {
    Host host;
    const sepflow_node_desc *desc = sepflow_registry_find(host.registry, "org.sepflow.separable/1");
    REQUIRE(desc != nullptr);
    CHECK(sepflow_registry_find(host.registry, "org.sepflow.separable") == desc);
    CHECK(sepflow_registry_find(host.registry, "org.sepflow.separable/2") == nullptr);
    CHECK(sepflow_registry_find(host.registry, "org.sepflow") == nullptr);
    const char *file = nullptr;
    const sepflow_entry *entry = nullptr;
    uint32_t i = 0;
    while (sepflow_registry_node(host.registry, i, &file, &entry) != desc) ++i;
    CHECK(std::string(file).find("separable.sepflow.so") != std::string::npos);
    CHECK(std::string(entry->license) == "MIT");
    CHECK(sepflow_registry_node(host.registry, 1000, nullptr, nullptr) == nullptr);
}

namespace {

// The file that brings the node add, in the usual places.
std::string file_of_add() {
    sepflow_registry *registry = nullptr;
    REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_registry_scan(registry, nullptr, nullptr, nullptr) == SEPFLOW_OK);
    std::string found;
    const char *file = nullptr;
    for (uint32_t i = 0; const auto *desc = sepflow_registry_node(registry, i, &file, nullptr);
         ++i) {
        if (std::string(desc->id) != "org.sepflow.add/1") continue;
        CHECK(found.empty());  // the others that bring it are passed over
        found = file;
    }
    sepflow_registry_free(registry);
    return found;
}

}  // namespace

TEST_CASE("places are searched in order, and the first plugin that brings a node wins") {
    namespace fs = std::filesystem;
    std::string pattern = (fs::temp_directory_path() / "sepflow-host-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    const fs::path top = pattern;
    const auto plugin_in = [&](const char *folder) {
        fs::create_directories(top / folder);
        const fs::path file = top / folder / "copy.sepflow.so";
        fs::copy_file(SEPFLOW_PLUGIN_DIR "/arithmetic.sepflow.so", file);
        return file.string();
    };
    const std::string first = plugin_in("first"), second = plugin_in("second"),
                      data = plugin_in("data/sepflow-1"),
                      home = plugin_in("home/.local/share/sepflow-1");
    {
        const Variable home_variable("HOME", (top / "home").c_str());
        {
            const Variable data_variable("XDG_DATA_HOME", (top / "data").c_str());
            {
                const std::string path =
                    first.substr(0, first.rfind('/')) + "::" + second.substr(0, second.rfind('/'));
                const Variable path_variable("SEPFLOW_PLUGIN_PATH", path.c_str());
                CHECK(file_of_add() == first);
            }
            const Variable none("SEPFLOW_PLUGIN_PATH", nullptr);
            CHECK(file_of_add() == data);
        }
        const Variable no_path("SEPFLOW_PLUGIN_PATH", nullptr), no_data("XDG_DATA_HOME", nullptr);
        CHECK(file_of_add() == home);
    }
    fs::remove_all(top);
}

TEST_CASE("loading one file") {
    Host host;
    host.fails(sepflow_registry_load(host.registry, "/no/such.sepflow.so", &host.error),
               SEPFLOW_E_IO, "no/such");
    host.fails(sepflow_registry_load(
                   host.registry, SEPFLOW_BAD_PLUGINS_DIR "/wrong_major.sepflow.so", &host.error),
               SEPFLOW_E_ABI, "ABI 7");
}
