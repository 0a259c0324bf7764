// Files that a graph may read, and places that plugins may come from.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/host/fixture.h"
#include "tests/unit/host/folder.h"

namespace fs = std::filesystem;

namespace {

// Prepares a graph whose kernel has this text.
sepflow_status prepared(Host &host, const std::string &kernel) {
    host.set("blur", "kernel", kernel.c_str());
    return sepflow_graph_prepare(host.graph, &host.error);
}

struct Blur : Host {
    float pixels[5 * 4] = {};

    Blur() {
        input("photo");
        node("blur", "org.sepflow.separable");
        connect("photo", "blur", "in");
        output("result", "blur");
        bind("photo", sepflow_image_dense(pixels, SEPFLOW_F32, 5, 4, 1));
    }
    void allow(const fs::path &folder) {
        ok(sepflow_graph_allow_files(graph, folder.c_str(), &error));
    }
};

using Skipped = std::map<std::string, std::string>;  // path -> reason

// Scans the usual places with this SEPFLOW_PLUGIN_PATH.
Skipped skipped_in(const std::string &path) {
    setenv("SEPFLOW_PLUGIN_PATH", path.c_str(), 1);
    Skipped skipped;
    sepflow_registry *registry = nullptr;
    REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
    const auto note = [](void *ctx, const char *file, const char *reason) {
        (*static_cast<Skipped *>(ctx))[file] = reason;
    };
    REQUIRE(sepflow_registry_scan(registry, nullptr, note, &skipped) == SEPFLOW_OK);
    sepflow_registry_free(registry);
    unsetenv("SEPFLOW_PLUGIN_PATH");
    return skipped;
}

void set_mode(const fs::path &path, mode_t mode) {
    REQUIRE(chmod(path.c_str(), mode) == 0);
}

}  // namespace

TEST_CASE("a graph reads the files of the folder that is allowed, and no others") {
    const Folder top;
    const fs::path inside = top.path / "kernels";
    fs::create_directories(inside / "deep");
    for (const fs::path &file : {inside / "a.csv", inside / "deep" / "b.csv", top.path / "c.csv"})
        std::ofstream(file) << "1,2,1\n";
    fs::create_symlink("deep/b.csv", inside / "link.csv");
    fs::create_symlink("../c.csv", inside / "way_out.csv");
    fs::create_directory_symlink(top.path, inside / "up");

    Blur blur;
    CHECK(prepared(blur, "file " + (inside / "a.csv").string()) == SEPFLOW_E_UNSUPPORTED);
    blur.fails(prepared(blur, "file a.csv"), SEPFLOW_E_UNSUPPORTED, "no folder is allowed");
    blur.allow(inside);
    for (const std::string &name :
         {std::string("a.csv"), std::string("deep/b.csv"), std::string("link.csv"),
          std::string("deep/../a.csv"), (inside / "a.csv").string()}) {
        CAPTURE(name);
        CHECK(prepared(blur, "file " + name) == SEPFLOW_OK);
    }
    for (const std::string &name :
         {std::string("../c.csv"), std::string("way_out.csv"), std::string("up/c.csv"),
          (top.path / "c.csv").string(), std::string("/etc/passwd"), std::string("."),
          std::string("deep/../../c.csv"), inside.string() + "/../c.csv"}) {
        CAPTURE(name);
        blur.fails(prepared(blur, "file " + name), SEPFLOW_E_UNSUPPORTED, "not in the folder");
    }
    blur.fails(prepared(blur, "file absent.csv"), SEPFLOW_E_UNSUPPORTED, "absent.csv");
    blur.ok(sepflow_graph_allow_files(blur.graph, nullptr, &blur.error));
    CHECK(prepared(blur, "file a.csv") == SEPFLOW_E_UNSUPPORTED);
    blur.fails(sepflow_graph_allow_files(blur.graph, "/no/such/folder", &blur.error), SEPFLOW_E_IO,
               "/no/such/folder");
}

TEST_CASE("a bank's kernels are held to the same folder") {
    const Folder top;
    std::ofstream(top.path / "a.csv") << "1,2,1\n";
    Host host;
    float pixels[5 * 4] = {};
    host.input("photo");
    host.node("bank", "org.sepflow.bank");
    host.connect("photo", "bank", "in");
    host.output("result", "bank");
    host.bind("photo", sepflow_image_dense(pixels, SEPFLOW_F32, 5, 4, 1));
    host.set("bank", "kernels", "sobel x;file a.csv");
    CHECK(sepflow_graph_prepare(host.graph, &host.error) == SEPFLOW_E_UNSUPPORTED);
    host.ok(sepflow_graph_allow_files(host.graph, top.path.c_str(), &host.error));
    CHECK(sepflow_graph_prepare(host.graph, &host.error) == SEPFLOW_OK);
}

TEST_CASE(
    "a plugin that others could have put there is skipped in the usual places, and loaded when "
    "named") {
    const Folder top;
    set_mode(top.path, 0755);
    const fs::path folder = top.path / "plugins", file = folder / "copy.sepflow.so";
    fs::create_directory(folder);
    fs::copy_file(SEPFLOW_PLUGIN_DIR "/arithmetic.sepflow.so", file);
    set_mode(folder, 0755);
    set_mode(file, 0644);
    CHECK(skipped_in(folder).count(file) == 0);

    struct Case {
        fs::path changed;
        mode_t mode;
        const char *reason;
    };
    for (const Case &c :
         {Case{file, 0666, "others can write"}, Case{file, 0664, "others can write"},
          Case{folder, 0777, "others can write"}, Case{folder, 01777, "others can write"},
          Case{top.path, 0775, "others can write"}}) {
        CAPTURE(c.changed);
        CAPTURE(c.mode);
        struct stat before;
        REQUIRE(stat(c.changed.c_str(), &before) == 0);
        set_mode(c.changed, c.mode);
        Skipped skipped = skipped_in(folder);
        CHECK_MESSAGE(skipped[file].find(c.reason) != std::string::npos, skipped[file]);
        set_mode(c.changed, before.st_mode & 07777);
    }
    // As in /tmp, where each can touch only what is his.
    set_mode(top.path, 01777);
    CHECK(skipped_in(folder).count(file) == 0);
    set_mode(top.path, 0755);

    const fs::path before = fs::current_path();
    fs::current_path(top.path);
    CHECK(skipped_in("plugins")["plugins/copy.sepflow.so"].find("relative") != std::string::npos);
    Host host;
    set_mode(folder, 0777);
    CHECK(sepflow_registry_scan(host.registry, "plugins", nullptr, nullptr) == SEPFLOW_OK);
    CHECK(sepflow_registry_load(host.registry, "plugins/copy.sepflow.so", nullptr) == SEPFLOW_OK);
    fs::current_path(before);
    if (geteuid() == 0) {
        set_mode(folder, 0755);
        REQUIRE(chown(file.c_str(), 12345, 12345) == 0);
        CHECK(skipped_in(folder)[file].find("another user") != std::string::npos);
    }
}

TEST_CASE("a graph that is too large is refused") {
    Host host;
    const std::string long_text(17 << 20, ' ');
    sepflow_graph *graph = nullptr;
    host.fails(sepflow_graph_from_json(host.registry, long_text.data(), long_text.size(), &graph,
                                       &host.error),
               SEPFLOW_E_UNSUPPORTED, "16 MiB");
    for (int i = 0; i < 10000; ++i) host.input(("in" + std::to_string(i)).c_str());
    host.fails(sepflow_graph_add_input(host.graph, "one_more", &host.error), SEPFLOW_E_UNSUPPORTED,
               "10000");
    const std::string deep = std::string(100000, '[') + std::string(100000, ']');
    CHECK(sepflow_graph_from_json(host.registry, deep.data(), deep.size(), &graph, &host.error) ==
          SEPFLOW_E_PARAM);
}
