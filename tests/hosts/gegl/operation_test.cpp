// The operation as GEGL sees it: its properties, set-up, messages and what it tells of regions.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <fstream>
#include <unistd.h>

#include "tests/hosts/gegl/scene.h"

using namespace scene;

namespace {

constexpr GeglRectangle kBox = {2, 3, 41, 30};

std::string key(const char *name) {
    const gchar *value = gegl_operation_get_key("sepflow:separable", name);
    return value != nullptr ? value : "";
}

// A file with a kernel, which is read at each set-up: so set-ups show.
struct KernelFile {
    std::string path = "/tmp/sepflow-gegl-XXXXXX";
    KernelFile() { close(mkstemp(path.data())); }
    ~KernelFile() { std::remove(path.c_str()); }
    void write(const char *taps) const { std::ofstream(path) << taps << '\n'; }
};

}  // namespace

TEST_CASE("loading starts no thread, leaves the FPU alone, and is undone by unloading") {
    const Loading &loading = start();
    CHECK(loading.threads_after == loading.threads_before);
    CHECK(loading.fpu_after == loading.fpu_before);
    CHECK(loading.is_unloaded);
    FILE *pipe =
        popen("nm -D --defined-only --format=posix " SEPFLOW_GEGL " | cut -d' ' -f1 | sort", "r");
    char text[256] = {};
    const size_t count = fread(text, 1, sizeof text - 1, pipe);
    CHECK(pclose(pipe) == 0);
    CHECK(std::string(text, count) == "gegl_module_query\ngegl_module_register\n");
}

TEST_CASE("the keys by which GIMP lists it, and a property for each parameter of the node") {
    start();
    CHECK(key("title") == "Separable convolution");
    CHECK(key("categories") == "blur:edge-detect");
    CHECK(!key("description").empty());
    guint count = 0;
    GParamSpec **specs = gegl_operation_list_properties("sepflow:separable", &count);
    std::vector<std::string> names;
    for (guint i = 0; i < count; ++i) {
        names.emplace_back(specs[i]->name);
        CHECK(std::strlen(g_param_spec_get_nick(specs[i])) > 0);
        CHECK(std::strlen(g_param_spec_get_blurb(specs[i])) > 0);
    }
    g_free(specs);
    CHECK(names == std::vector<std::string>{"kernel", "border", "keep-alpha", "convolve",
                                            "anchor-x", "anchor-y", "tolerance", "rank", "scale",
                                            "delta", "variant", "schedule", "method", "strict",
                                            "no-files"});
}

TEST_CASE(
    "an identity passes through what comes in, to the last bit and beyond the range of colours") {
    Picture in = noise("R'G'B'A float", kBox);
    for (const std::string kernel : {"identity", "1x1 1", "3x3 0 0 0 0 1 0 0 0 0"}) {
        CAPTURE(kernel);
        Graph graph(in);
        graph.add("sepflow:separable", {{"kernel", kernel}, {"border", "none"}});
        CHECK(graph.render("R'G'B'A float", kBox).pixels == in.pixels);
    }
}

TEST_CASE("a kernel is set up once, and again only after a property changed") {
    KernelFile file;
    Picture in = noise("Y float", kBox);
    Warnings warnings;
    // A node by itself reads no kernel: this one would be a complaint.
    GeglNode *alone = gegl_node_new();
    gegl_node_new_child(alone, "operation", "sepflow:separable", "kernel", "file /nowhere",
                        nullptr);
    g_object_unref(alone);
    CHECK(warnings.texts.empty());

    file.write("1,2,3");
    Graph graph(in);
    GeglNode *node = graph.add("sepflow:separable", {{"kernel", "file " + file.path}});
    Picture first = filtered(in, "1x3 1 2 3");
    CHECK(graph.render("Y float", kBox).pixels == first.pixels);
    file.write("5,0,-3");
    for (int i = 0; i < 3; ++i) {
        gegl_buffer_set(graph.in(), &kBox, 0, in.format, in.pixels.data(), GEGL_AUTO_ROWSTRIDE);
        CHECK(graph.render("Y float", kBox).pixels == first.pixels);
    }
    set(node, "delta", "0");
    CHECK(graph.render("Y float", kBox).pixels == filtered(in, "1x3 5 0 -3").pixels);
    CHECK_MESSAGE(warnings.texts.empty(), warnings.texts.back());
}

TEST_CASE(
    "with a bad kernel the picture passes through, one warning says why, and a good one filters") {
    Picture in = noise("RGB float", kBox);
    Graph graph(in);
    Warnings warnings;
    GeglNode *node = graph.add("sepflow:separable", {{"kernel", "gausian 3"}});
    for (int i = 0; i < 3; ++i) CHECK(graph.render("RGB float", kBox).pixels == in.pixels);
    REQUIRE(warnings.texts.size() == 1);
    CHECK(warnings.texts[0].find("sepflow:separable: the picture passes through unchanged: ") == 0);
    CHECK(warnings.texts[0].find("did you mean 'gaussian'?") != std::string::npos);
    CHECK(warnings.texts[0].find('\n') == std::string::npos);
    for (const char *bad :
         {"", "row 1 2", "3x3 1", "gaussian nan", "file /nowhere", "gaussian 1e9"}) {
        CAPTURE(bad);
        warnings.texts.clear();
        set(node, "kernel", bad);
        CHECK(graph.render("RGB float", kBox).pixels == in.pixels);
        CHECK(warnings.texts.size() == 1);
    }
    warnings.texts.clear();
    set(node, "kernel", "gaussian 2");
    CHECK(graph.render("RGB float", kBox).pixels == filtered(in, "gaussian 2").pixels);
    const std::pair<const char *, std::pair<const char *, const char *>> bad[] = {
        {"scale", {"0", "scale must not be 0"}},
        {"tolerance", {"7", "tolerance must lie in 0 .. 1"}},
        {"rank", {"70000", "rank must lie in 0 .. 4095"}},
        {"anchor-x", {"4000", "anchor"}}};
    for (const auto &[name, value] : bad) {
        CAPTURE(name);
        warnings.texts.clear();
        gchar *old = nullptr;
        GValue text = G_VALUE_INIT;
        g_value_init(&text, G_TYPE_STRING);
        g_object_get_property(G_OBJECT(gegl_node_get_gegl_operation(node)), name, &text);
        old = g_value_dup_string(&text);
        g_value_unset(&text);
        set(node, name, value.first);
        CHECK(graph.render("RGB float", kBox).pixels == in.pixels);
        REQUIRE(warnings.texts.size() == 1);
        CHECK_MESSAGE(warnings.texts[0].find(value.second) != std::string::npos, warnings.texts[0]);
        set(node, name, old);
        g_free(old);
        CHECK(graph.render("RGB float", kBox).pixels == filtered(in, "gaussian 2").pixels);
    }
}

TEST_CASE("kernels from files can be forbidden, by a property and by SEPFLOW_NO_FILES") {
    const KernelFile file;
    file.write("1,2,3");
    Picture in = noise("Y float", kBox);
    Graph graph(in);
    Warnings warnings;
    GeglNode *node = graph.add("sepflow:separable", {{"kernel", "file " + file.path}});
    const std::vector<float> wanted = filtered(in, "1x3 1 2 3").pixels;
    CHECK(graph.render("Y float", kBox).pixels == wanted);
    set(node, "no-files", "1");
    CHECK(graph.render("Y float", kBox).pixels == in.pixels);
    REQUIRE(warnings.texts.size() == 1);
    CHECK(warnings.texts[0].find("files are not allowed here") != std::string::npos);
    set(node, "no-files", "0");
    CHECK(graph.render("Y float", kBox).pixels == wanted);
    setenv("SEPFLOW_NO_FILES", "1", 1);
    set(node, "delta", "0");
    CHECK(graph.render("Y float", kBox).pixels == in.pixels);
    unsetenv("SEPFLOW_NO_FILES");
    CHECK(warnings.texts.back().find("SEPFLOW_NO_FILES is set") != std::string::npos);
}

// A buffer's change is reported downstream as a rectangle, outside which pixels may be kept.
TEST_CASE("pixels change nowhere but in the rectangle that is invalidated") {
    const GeglRectangle box = {-5, 2, 60, 50}, changed = {8, 3, 4, 2};
    for (const std::string kernel : {"row 1 2 3 4 5 6 7 8 col 1 2", "3x1 0 0 1", "disc 4"}) {
        for (const std::string border : {"clamp", "loop", "reflect", "truncate", "none"}) {
            CAPTURE(kernel);
            CAPTURE(border);
            Picture in = noise("YaA float", box);
            Graph graph(in);
            GeglNode *node = graph.add("sepflow:separable",
                                       {{"kernel", kernel}, {"border", border}, {"anchor-x", "0"}});
            Picture before = graph.render("YaA float", box);
            GeglRectangle told = {0, 0, 0, 0};
            const auto keep = +[](GeglNode *, const GeglRectangle *area, GeglRectangle *all) {
                gegl_rectangle_bounding_box(all, all, area);
            };
            g_signal_connect(node, "invalidated", G_CALLBACK(keep), &told);
            const std::vector<float> other(static_cast<size_t>(changed.width * changed.height) * 2,
                                           9);
            gegl_buffer_set(graph.in(), &changed, 0, in.format, other.data(), GEGL_AUTO_ROWSTRIDE);
            CHECK(!gegl_rectangle_is_empty(&told));
            CHECK(gegl_rectangle_contains(&box, &told));
            Picture after = graph.render("YaA float", box);
            int unlike = 0, outside = 0;
            for (int y = box.y; y < box.y + box.height; ++y) {
                for (int x = box.x; x < box.x + box.width; ++x) {
                    if (*after.at(x, y) == *before.at(x, y)) continue;
                    ++unlike;
                    const GeglRectangle pixel = {x, y, 1, 1};
                    outside += !gegl_rectangle_contains(&told, &pixel);
                }
            }
            CHECK(unlike > 0);
            CHECK(outside == 0);
        }
    }
}

TEST_CASE("planes without end, and nothing at all") {
    start();
    Picture unused("RGB float", {0, 0, 1, 1});
    for (const std::string border : {"clamp", "none", "loop", "white", "reflect"}) {
        for (const std::string kernel : {"gaussian 2", "gaussian 50 20"}) {
            CAPTURE(border);
            CAPTURE(kernel);
            Graph graph(unused);
            graph.add("gegl:checkerboard");
            graph.add("sepflow:separable", {{"kernel", kernel}, {"border", border}});
            Picture out = graph.render("Y float", {100000, -3000, 40, 30});
            int unlike = 0;
            for (const float value : out.pixels) unlike += !(value > -0.001f && value < 1.001f);
            CHECK(unlike == 0);
        }
    }
    GeglNode *alone = gegl_node_new();
    GeglNode *node = gegl_node_new_child(alone, "operation", "sepflow:separable", nullptr);
    float pixel[4] = {1, 1, 1, 1};
    const GeglRectangle one = {0, 0, 1, 1};
    gegl_node_blit(node, 1, &one, babl_format("RGBA float"), pixel, GEGL_AUTO_ROWSTRIDE,
                   GEGL_BLIT_DEFAULT);
    CHECK(pixel[3] == 0);
    g_object_unref(alone);
}

TEST_CASE("every format of pixels is filtered as floats of its own kind") {
    const std::pair<std::string, std::string> formats[] = {
        {"R'G'B' u8", "RGB float"},      {"R'G'B'A u16", "RaGaBaA float"},
        {"RGBA half", "RaGaBaA float"},  {"RGBA double", "RaGaBaA float"},
        {"R~G~B~A u8", "RaGaBaA float"}, {"Y'CbCr u8", "RGB float"},
        {"HSVA float", "RaGaBaA float"}, {"Y' u8", "Y float"},
        {"Y'A u32", "YaA float"},        {"CIE Lab alpha float", "RaGaBaA float"},
        {"CMYK float", "cmyk float"},    {"CMYKA float", "camayakaA float"}};
    for (const auto &[format, working] : formats) {
        CAPTURE(format);
        Picture in("RGBA float", kBox);
        for (float &value : in.pixels) value = 0.5f;
        GeglBuffer *buffer = gegl_buffer_new(&kBox, babl_format(format.c_str()));
        gegl_buffer_set(buffer, &kBox, 0, in.format, in.pixels.data(), GEGL_AUTO_ROWSTRIDE);
        Graph graph(buffer);
        graph.add("sepflow:separable", {{"kernel", "gaussian 2"}});
        CHECK(std::string(babl_get_name(graph.format())) == working);
        Picture before("RGBA float", kBox), after = graph.render("RGBA float", kBox);
        gegl_buffer_get(buffer, &kBox, 1, before.format, before.pixels.data(), GEGL_AUTO_ROWSTRIDE,
                        GEGL_ABYSS_NONE);
        int unlike = 0;
        for (size_t i = 0; i < after.pixels.size(); ++i)
            unlike += std::abs(after.pixels[i] - before.pixels[i]) > 0.01f;
        CHECK(unlike == 0);
    }
}

TEST_CASE("channels without colour are filtered as they are; no colour can lie around them") {
    start();
    const Babl *floats = babl_format_n(babl_type("float"), 5);
    Picture in = noise("Y float", {0, 0, 30 * 5, 20});  // its rows taken as 30 pixels of 5 channels
    in.box.width = 30;
    in.format = floats;
    Graph graph(in);
    GeglNode *node = graph.add("sepflow:separable", {{"kernel", "gaussian 2"}});
    CHECK(graph.format() == floats);
    std::vector<float> out(in.pixels.size());
    gegl_node_blit(graph.last(), 1, &in.box, floats, out.data(), GEGL_AUTO_ROWSTRIDE,
                   GEGL_BLIT_DEFAULT);
    CHECK(out == filtered(in, "gaussian 2").pixels);
    Warnings warnings;
    set(node, "border", "white");
    gegl_node_blit(graph.last(), 1, &in.box, floats, out.data(), GEGL_AUTO_ROWSTRIDE,
                   GEGL_BLIT_DEFAULT);
    REQUIRE(warnings.texts.size() == 1);
    CHECK(warnings.texts[0].find("channels of float[5]") != std::string::npos);
    CHECK(warnings.texts[0].find("are not colours: white cannot") != std::string::npos);
    CHECK(out == in.pixels);  // passed through
}
