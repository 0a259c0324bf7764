// Files that a graph names, where links lead out of the folder, and where the folder is changed.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/host/fixture.h"
#include "tests/unit/host/folder.h"

namespace fs = std::filesystem;

namespace {

// One pixel through the kernel of a file.
struct Filtered : Host {
    float pixel = 10;

    explicit Filtered(const char *id) {
        input("photo");
        node("filter", id);
        connect("photo", "filter", "in");
        output("result", "filter");
        bind("photo", sepflow_image_dense(&pixel, SEPFLOW_F32, 1, 1, 1));
    }
    void allow(const fs::path &folder) {
        ok(sepflow_graph_allow_files(graph, folder.c_str(), &error));
    }
};

}  // namespace

TEST_CASE("a link behind a folder that is not there leads nowhere") {
    const Folder top;
    const fs::path inside = top.path / "kernels";
    fs::create_directory(inside);
    std::ofstream(top.path / "secret.csv") << "3\n";
    std::ofstream(inside / "own.csv") << "2\n";
    fs::create_symlink("../secret.csv", inside / "link.csv");

    Filtered filtered("org.sepflow.separable");
    filtered.allow(inside);
    const auto prepared = [&](const std::string &name) {
        filtered.set("filter", "kernel", ("file " + name).c_str());
        return sepflow_graph_prepare(filtered.graph, &filtered.error);
    };
    fs::create_symlink("../absent.csv", inside / "nowhere.csv");
    fs::create_symlink("..", inside / "up");
    CHECK(prepared("own.csv") == SEPFLOW_OK);
    // Whether it is there or not: graphs do not learn which files others have.
    for (const std::string name : {"absent/../link.csv", "absent/../own.csv", "own.csv/../link.csv",
                                   "link.csv", "../secret.csv", "../absent.csv", "nowhere.csv",
                                   "up/secret.csv", "up/absent.csv", "absent.csv"}) {
        CAPTURE(name);
        filtered.fails(prepared(name), SEPFLOW_E_UNSUPPORTED, "not in the folder");
    }
}

TEST_CASE("kernels that were read are read anew from the folder that is allowed next") {
    const Folder first, second;
    std::ofstream(first.path / "kernel.csv") << "2\n";
    std::ofstream(second.path / "kernel.csv") << "3\n";
    struct Case {
        std::string id, param;
    };
    for (const Case &c :
         {Case{"org.sepflow.separable", "kernel"}, {"org.sepflow.bank", "kernels"}}) {
        CAPTURE(c.id);
        Filtered filtered(c.id.c_str());
        filtered.set("filter", c.param.c_str(), "file kernel.csv");
        filtered.set("filter", "scale", "7");
        for (const Folder *folder : {&first, &second}) {
            filtered.allow(folder->path);
            filtered.prepare();
            CHECK(filtered.compute("result")[0] == (folder == &first ? 140 : 210));
        }
        filtered.ok(sepflow_graph_allow_files(filtered.graph, nullptr, &filtered.error));
        filtered.fails(sepflow_graph_prepare(filtered.graph, &filtered.error),
                       SEPFLOW_E_UNSUPPORTED, "no folder is allowed");
    }
}

TEST_CASE(
    "another folder leaves kernels that are no text as they are, and those that are not set") {
    const Folder top;
    Filtered filtered("org.sepflow.separable");
    filtered.allow(top.path);
    CHECK(sepflow_graph_prepare(filtered.graph, &filtered.error) == SEPFLOW_E_NOT_READY);
    const double tap = 4;
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = SEPFLOW_VALUE_MATRIX;
    value.rows = value.columns = 1;
    value.a = &tap;
    filtered.ok(
        sepflow_graph_set_value(filtered.graph, "filter", "kernel", &value, &filtered.error));
    filtered.allow(top.path);
    filtered.prepare();
    CHECK(filtered.compute("result")[0] == 40);
}
