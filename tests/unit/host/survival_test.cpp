// The host among plugins that crash, hang and throw. SEPFLOW_FAULTY_DIR/FAULT/FAULT.sepflow.so is
// faulty_node.cpp.
#include <map>

#include "tests/unit/host/fixture.h"
#include "tests/unit/host/folder.h"
#include "tests/unit/host/variable.h"

namespace {

using Skipped = std::map<std::string, std::string>;  // file name -> reason

Skipped scan(sepflow_registry *registry, const std::string &path) {
    Skipped skipped;
    const auto note = [](void *ctx, const char *file, const char *reason) {
        const std::string whole = file;
        (*static_cast<Skipped *>(ctx))[whole.substr(whole.rfind('/') + 1)] = reason;
    };
    REQUIRE(sepflow_registry_scan(registry, path.c_str(), note, &skipped) == SEPFLOW_OK);
    return skipped;
}

std::string folder_of(const std::string &fault) {
    return std::string(SEPFLOW_FAULTY_DIR) + "/" + fault;
}

// photo -> bad -> result, and photo -> good -> other.
struct Mixed : Host {
    float pixels[5 * 4];

    explicit Mixed(const std::string &fault) {
        for (float &pixel : pixels) pixel = 7;
        REQUIRE(scan(registry, folder_of(fault)).empty());
        input("photo");
        node("good", "org.sepflow.absolute");
        connect("photo", "good", "in");
        output("other", "good");
        bind("photo", sepflow_image_dense(pixels, SEPFLOW_F32, 5, 4, 1));
    }
    sepflow_status add_bad(const std::string &fault) {
        return sepflow_graph_add_node(graph, "bad", ("test." + fault).c_str(), SEPFLOW_TYPE_NONE,
                                      &error);
    }
};

}  // namespace

// Under an emulator the program that tries plugins does not run.
TEST_CASE(
    "a plugin that crashes, hangs or ends the process while it is scanned is skipped and named" *
    doctest::skip(SEPFLOW_IS_EMULATED)) {
    const Folder cache;
    const Variable variable("XDG_CACHE_HOME", cache.path.c_str());
    Host host;
    std::string path;
    for (const char *fault : {"crash_entry", "hang_entry", "exit_entry", "throw_entry"})
        path += folder_of(fault) + ":";
    Skipped skipped = scan(host.registry, path + SEPFLOW_PLUGIN_DIR);
    CHECK(skipped.size() == 4);
    CHECK(skipped["crash_entry.sepflow.so"].find("crashes") != std::string::npos);
    CHECK(skipped["hang_entry.sepflow.so"].find("hangs") != std::string::npos);
    CHECK(skipped["exit_entry.sepflow.so"].find("ends the process") != std::string::npos);
    CHECK(skipped["throw_entry.sepflow.so"].find("a fault") != std::string::npos);
    CHECK(sepflow_registry_find(host.registry, "org.sepflow.separable") != nullptr);
}

TEST_CASE("what a node throws is an error that names it, and the rest of the graph runs") {
    {
        Mixed mixed("throw_init");
        mixed.fails(mixed.add_bad("throw_init"), SEPFLOW_E_INTERNAL, "init threw: a fault");
    }
    {
        Mixed mixed("throw_create");
        mixed.fails(mixed.add_bad("throw_create"), SEPFLOW_E_INTERNAL,
                    "node 'bad': its create threw: a fault");
        mixed.prepare();
        CHECK(mixed.compute("other")[3] == 7);
    }
    {
        Mixed mixed("throw_configure");
        mixed.ok(mixed.add_bad("throw_configure"));
        mixed.connect("photo", "bad", "in");
        mixed.fails(sepflow_graph_prepare(mixed.graph, &mixed.error), SEPFLOW_E_INTERNAL,
                    "node 'bad': its configure threw: a fault");
    }
    for (const char *fault : {"throw_process", "throw_destroy"}) {
        Mixed mixed(fault);
        mixed.ok(mixed.add_bad(fault));
        mixed.connect("photo", "bad", "in");
        mixed.output("result", "bad");
        mixed.prepare();
        std::vector<float> result(5 * 4);
        const sepflow_image out = sepflow_image_dense(result.data(), SEPFLOW_F32, 5, 4, 1);
        const sepflow_status status =
            sepflow_graph_compute(mixed.graph, "result", &out, nullptr, &mixed.error);
        if (std::string(fault) == "throw_process") {
            mixed.fails(status, SEPFLOW_E_INTERNAL, "node 'bad': its process threw: a fault");
        } else {
            CHECK(status == SEPFLOW_OK);
        }
        CHECK(mixed.compute("other")[3] == 7);
    }
}

TEST_CASE("an observer hears whose code runs") {
    Mixed mixed("none");
    std::vector<std::string> heard;
    const auto note = [](void *ctx, const char *who, const char *function) {
        auto &all = *static_cast<std::vector<std::string> *>(ctx);
        all.push_back(who != nullptr ? std::string(who) + " " + function : "");
    };
    CHECK(sepflow_registry_observe(mixed.registry, note, &heard) == SEPFLOW_OK);
    mixed.ok(mixed.add_bad("none"));
    CHECK(heard == std::vector<std::string>{"plugin '' init", "", "node 'bad' create", ""});
    CHECK(sepflow_registry_observe(mixed.registry, nullptr, nullptr) == SEPFLOW_OK);
    heard.clear();
    mixed.connect("photo", "bad", "in");
    mixed.prepare();
    CHECK(heard.empty());
}
