// The operation in the program gegl: files in, files out.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>

#include "tests/hosts/gegl/scene.h"

using namespace scene;
namespace fs = std::filesystem;

namespace {

struct Run {
    int exit_code;
    std::string err;
};

constexpr GeglRectangle kBox = {0, 0, 1300, 901};  // several of the parts in which gegl computes

// A folder with in.png, in which gegl runs.
class Studio {
  public:
    Studio() {
        start();
        std::string pattern = "/tmp/sepflow-gegl-XXXXXX";
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        Picture colours = noise("R'G'B'A float", kBox);
        Graph graph(colours);
        GeglNode *save = graph.add("gegl:png-save");
        gegl_node_set(save, "path", (folder_ / "in.png").c_str(), "bitdepth", 8, nullptr);
        gegl_node_process(save);
    }
    Studio(const Studio &) = delete;
    ~Studio() { fs::remove_all(folder_); }

    Run gegl(const std::string &arguments,
             const std::string &environment = "GEGL_PATH=" SEPFLOW_GEGL_PATH) const {
        const std::string command = "cd " + folder_.string() + " && env -u GEGL_PATH " +
                                    environment + " GEGL_USE_OPENCL=no " SEPFLOW_PRELOAD " " GEGL +
                                    " " + arguments + " > out 2> err < /dev/null";
        const int status = std::system(command.c_str());
        std::ifstream err(folder_ / "err");
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 128,
                std::string(std::istreambuf_iterator<char>(err), {})};
    }
    // A file's picture in the format that we filter in.
    Picture load(const std::string &name) const {
        Picture unused("Y float", {0, 0, 1, 1});
        Graph graph(unused);
        gegl_node_set(graph.add("gegl:load"), "path", (folder_ / name).c_str(), nullptr);
        const GeglRectangle box = gegl_node_get_bounding_box(graph.last());
        REQUIRE(gegl_rectangle_equal(&box, &kBox));
        return graph.render("RaGaBaA float", kBox);
    }
    void write(const std::string &name, const std::string &text) const {
        std::ofstream(folder_ / name) << text;
    }
    const fs::path &folder() const { return folder_; }

  private:
    fs::path folder_;
};

// Files of floats hold colours with alpha divided out, so that the last bits differ.
float worst(const Picture &a, const Picture &b) {
    float difference = 0;
    for (size_t i = 0; i < a.pixels.size(); ++i)
        difference = std::max(difference, std::abs(a.pixels[i] - b.pixels[i]));
    return difference;
}

size_t count(const std::string &text, const std::string &part) {
    size_t found = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

}  // namespace

TEST_CASE("the program gegl filters a file, with 1 and 8 threads and from XML to the same bytes") {
    const Studio studio;
    Picture in = studio.load("in.png");
    Picture wanted = filtered(in, "gaussian 3");
    CHECK(worst(in, wanted) > 0.1f);
    const std::string path = "GEGL_PATH=" SEPFLOW_GEGL_PATH;
    for (const std::string threads : {"1", "8"}) {
        CAPTURE(threads);
        const Run run =
            studio.gegl("in.png -o " + threads + ".tif -- sepflow:separable kernel='gaussian 3'",
                        path + " GEGL_THREADS=" + threads);
        CHECK(run.exit_code == 0);
        CHECK_MESSAGE(count(run.err, "sepflow") == 0, run.err);
    }
    Picture one = studio.load("1.tif"), eight = studio.load("8.tif");
    CHECK(worst(one, wanted) < 1e-6f);
    CHECK(one.pixels == eight.pixels);

    studio.write("graph.xml",
                 "<?xml version='1.0'?><gegl>"
                 "<node operation='sepflow:separable'><params>"
                 "<param name='kernel'>gaussian 3</param></params></node>"
                 "<node operation='gegl:load' path='in.png'/></gegl>");
    CHECK(studio.gegl("-i graph.xml -o xml.tif").exit_code == 0);
    CHECK(studio.load("xml.tif").pixels == one.pixels);
}

TEST_CASE("with a refused kernel the program writes the picture as it was, and one line says why") {
    const Studio studio;
    Picture in = studio.load("in.png");
    studio.write("secret.csv", "hunter2:x:0:0\n");
    const std::pair<std::string, const char *> refused[] = {
        {"kernel='gausian 3'", "did you mean 'gaussian'?"},
        {"kernel='box 3' tolerance=7", "tolerance must lie in 0 .. 1"},
        {"kernel='3x3 -1 -1 -1 -1 8 -1 -1 -1 -1' border=truncate", "sum of the taps"},
        {"kernel='file secret.csv'", "line 1, column 1"},
        {"no-files=true kernel='file secret.csv'", "files are not allowed here"}};
    for (const auto &[arguments, sentence] : refused) {
        CAPTURE(arguments);
        const Run run = studio.gegl("in.png -o out.tif -- sepflow:separable " + arguments);
        CHECK(run.exit_code == 0);
        CHECK_MESSAGE(count(run.err, "passes through unchanged: ") == 1, run.err);
        CHECK_MESSAGE(run.err.find(sentence) != std::string::npos, run.err);
        CHECK_MESSAGE(run.err.find("hunter2") == std::string::npos, run.err);
        CHECK(worst(studio.load("out.tif"), in) < 1e-5f);  // from 8 bits to floats and back
    }
}

TEST_CASE("the program finds it where ./dev install-plugins puts it for a user") {
    const Studio studio;
    const fs::path place = studio.folder() / "share/gegl-0.4/plug-ins";
    fs::create_directories(place);
    fs::copy(SEPFLOW_GEGL, place / "sepflow.so");
    const std::string home = "XDG_DATA_HOME=" + (studio.folder() / "share").string();
    CHECK(studio.gegl("--exists sepflow:separable", home).exit_code == 0);
    CHECK(studio.gegl("--exists sepflow:separable", "HOME=/nowhere").exit_code != 0);
}
