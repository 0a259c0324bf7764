// Pixels of graphs against sepflow_apply, byte for byte: the formats that we filter in are asked
// for, so nothing is converted.
#include <cstring>
#include <doctest/doctest.h>

#include "tests/hosts/gegl/scene.h"

using namespace scene;

namespace {

const std::string kKernels[] = {"gaussian 1.5", "row 1 2 3 4 col 1 0 -1 2 5 norm",
                                "3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 -3 norm", "disc 3 norm",
                                "3x7 0 0 0 0 0 0 1 0 0 0 0 0 0 2 0 0 0 0 0 0 3"};
const std::string kFormats[] = {"RaGaBaA float", "RGB float", "YaA float", "Y float"};
constexpr GeglRectangle kBox = {-7, 5, 61, 38};

// Unequal parts, which together are the box.
std::vector<GeglRectangle> parts(const GeglRectangle &box) {
    const int w = box.width / 3, h = box.height / 4;
    return {{box.x, box.y, w, box.height},
            {box.x + w, box.y, box.width - w, h},
            {box.x + w, box.y + h, box.width - w, box.height - h}};
}

Picture part_of(Picture &whole, const GeglRectangle &part) {
    Picture picture = whole;
    picture.box = part;
    picture.pixels.clear();
    for (int y = part.y; y < part.y + part.height; ++y) {
        const float *row = whole.at(part.x, y);
        picture.pixels.insert(picture.pixels.end(), row, row + part.width * whole.channels());
    }
    return picture;
}

// Whole and in parts: these behind an operation that computes no more than it was asked for.
using Make = std::function<Picture(Picture &)>;

void check_graph(Picture &in, const Properties &properties, const Make &make) {
    const char *format = babl_get_name(in.format);
    Graph whole(in);
    whole.add("sepflow:separable", properties);
    CHECK(whole.format() == in.format);
    CHECK(whole.render(format, in.box).pixels == make(in).pixels);
    Graph behind(in);
    behind.add("sepflow:separable", {{"kernel", "1x1 3"}});
    behind.add("sepflow:separable", properties);
    Picture tripled = filtered(in, "1x1 3"), wanted = make(tripled);
    for (const GeglRectangle &part : parts(in.box))
        CHECK(behind.render(format, part).pixels == part_of(wanted, part).pixels);
}

}  // namespace

TEST_CASE("every border, format and kernel gives the bytes of sepflow_apply, whole and in parts") {
    const std::pair<const char *, int> borders[] = {{"clamp", SEPFLOW_BORDER_REPLICATE},
                                                    {"loop", SEPFLOW_BORDER_WRAP},
                                                    {"reflect", SEPFLOW_BORDER_REFLECT},
                                                    {"reflect101", SEPFLOW_BORDER_REFLECT101},
                                                    {"truncate", SEPFLOW_BORDER_TRUNCATE}};
    for (const std::string &format : kFormats) {
        Picture in = noise(format.c_str(), kBox);
        for (const std::string &kernel : kKernels) {
            for (const auto &[name, border] : borders) {
                CAPTURE(format);
                CAPTURE(kernel);
                CAPTURE(name);
                const int rule = border;
                check_graph(in, {{"kernel", kernel}, {"border", name}}, [&](Picture &picture) {
                    return filtered(picture, kernel, [rule](sepflow_options &options) {
                        options.border_x = options.border_y = rule;
                    });
                });
            }
        }
    }
}

TEST_CASE("black and white lie around the picture as opaque as it is") {
    const std::map<std::string, std::pair<std::vector<float>, std::vector<float>>> colours = {
        {"RaGaBaA float", {{0, 0, 0, 1}, {1, 1, 1, 1}}},
        {"RGB float", {{0, 0, 0}, {1, 1, 1}}},
        {"YaA float", {{0, 1}, {1, 1}}},
        {"Y float", {{0}, {1}}}};
    for (const std::string &format : kFormats) {
        Picture in = noise(format.c_str(), kBox);
        for (const std::string &kernel : kKernels) {
            CAPTURE(format);
            CAPTURE(kernel);
            for (const bool is_white : {false, true}) {
                const auto &colour =
                    is_white ? colours.at(format).second : colours.at(format).first;
                check_graph(
                    in, {{"kernel", kernel}, {"border", is_white ? "white" : "black"}},
                    [&](Picture &picture) { return filtered_inside(picture, kernel, colour); });
            }
        }
    }
}

TEST_CASE("with nothing around it a picture gets alpha and fades") {
    const std::map<std::string, std::string> with_alpha = {{"RaGaBaA float", "RaGaBaA float"},
                                                           {"RGB float", "RaGaBaA float"},
                                                           {"YaA float", "YaA float"},
                                                           {"Y float", "YaA float"}};
    for (const auto &[opaque, alpha] : with_alpha) {
        CAPTURE(opaque);
        Picture in = noise(opaque.c_str(), kBox);
        Graph graph(in);
        graph.add("sepflow:separable", {{"kernel", kKernels[1]}, {"border", "none"}});
        CHECK(babl_get_name(graph.format()) == alpha);
        Picture seen(alpha.c_str(), kBox);
        babl_process(babl_fish(in.format, seen.format), in.pixels.data(), seen.pixels.data(),
                     kBox.width * kBox.height);
        Picture wanted = filtered(seen, kKernels[1], [](sepflow_options &options) {
            options.border_x = options.border_y = SEPFLOW_BORDER_CONSTANT;
        });
        CHECK(graph.render(alpha.c_str(), kBox).pixels == wanted.pixels);
    }
}

TEST_CASE("anchor, flip, scale, delta, rank and method mean what they mean in sepflow_apply") {
    Picture in = noise("RGB float", kBox);
    const std::string kernel = "3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 -3";
    const Set set = [](sepflow_options &options) {
        options.flags = SEPFLOW_OPTION_CONVOLVE | SEPFLOW_OPTION_ANCHOR;
        options.anchor_x = 4;
        options.anchor_y = 0;
        options.scale = 0.125;
        options.delta = 0.25;
        options.rank = 2;
    };
    check_graph(in,
                {{"kernel", kernel},
                 {"convolve", "1"},
                 {"anchor-x", "4"},
                 {"anchor-y", "0"},
                 {"scale", "0.125"},
                 {"delta", "0.25"},
                 {"rank", "2"}},
                [&](Picture &picture) { return filtered(picture, kernel, set); });
    for (const auto &[name, method] :
         {std::pair{"fft", SEPFLOW_METHOD_FFT}, std::pair{"direct", SEPFLOW_METHOD_DIRECT}}) {
        const int chosen = method;
        check_graph(in, {{"kernel", kernel}, {"method", name}}, [&](Picture &picture) {
            return filtered(picture, kernel,
                            [chosen](sepflow_options &options) { options.method = chosen; });
        });
    }
}

TEST_CASE("transparent pixels have no colour to give") {
    start();
    const GeglRectangle box = {0, 0, 60, 8};
    std::vector<uint8_t> pixels(60 * 8 * 4);
    for (size_t i = 0; i < pixels.size(); i += 4) {
        const bool is_clear = i / 4 % 3 == 0;  // a red that is not there, between blue
        pixels[is_clear ? i : i + 2] = 200;
        pixels[i + 3] = is_clear ? 0 : 255;
    }
    GeglBuffer *buffer = gegl_buffer_new(&box, babl_format("R'G'B'A u8"));
    gegl_buffer_set(buffer, &box, 0, nullptr, pixels.data(), GEGL_AUTO_ROWSTRIDE);
    Graph graph(buffer);
    graph.add("sepflow:separable", {{"kernel", "gaussian 4"}, {"border", "loop"}});
    gegl_node_blit(graph.last(), 1, &box, babl_format("R'G'B'A u8"), pixels.data(),
                   GEGL_AUTO_ROWSTRIDE, GEGL_BLIT_DEFAULT);
    int unlike = 0;
    for (size_t i = 0; i < pixels.size(); i += 4) {
        unlike += pixels[i] != 0 || pixels[i + 1] != 0;
        unlike += std::abs(pixels[i + 2] - 200) > 1 || std::abs(pixels[i + 3] - 170) > 1;
    }
    CHECK(unlike == 0);
}

TEST_CASE("alpha is kept if asked for, and colours stay what they are") {
    Picture in = noise("RaGaBaA float", kBox);
    for (const std::string &kernel :
         {std::string("sobel x"), std::string("3x7 0 0 0 0 0 0 1 0 0 0 0 0 0 2 0 0 0 0 0 0 3")}) {
        CAPTURE(kernel);
        check_graph(in, {{"kernel", kernel}, {"keep-alpha", "1"}}, [&](Picture &picture) {
            Picture wanted = filtered(picture, kernel);
            for (size_t i = 3; i < wanted.pixels.size(); i += 4)
                wanted.pixels[i] = picture.pixels[i];
            return wanted;
        });
    }
}

TEST_CASE("1 and 8 threads give the same bytes") {
    Picture in = noise("RaGaBaA float", {3, -4, 701, 500});
    for (const std::string &kernel : kKernels) {
        for (const std::string border : {"clamp", "loop", "none", "white"}) {
            CAPTURE(kernel);
            CAPTURE(border);
            std::vector<float> pixels[2];
            for (const int threads : {1, 8}) {
                g_object_set(gegl_config(), "threads", threads, nullptr);
                Graph graph(in);
                graph.add("sepflow:separable", {{"kernel", kernel}, {"border", border}});
                pixels[threads / 8] = graph.render("RaGaBaA float", in.box).pixels;
            }
            g_object_set(gegl_config(), "threads", 1, nullptr);
            CHECK(pixels[0] == pixels[1]);
        }
    }
}

TEST_CASE("between other operations, and from XML") {
    Picture in = noise("Y float", {0, 0, 61, 38});
    const GeglRectangle cut = {10, 4, 40, 30}, placed = {13, 2, 40, 30};
    Picture wanted(babl_get_name(in.format), cut);
    for (int y = cut.y; y < cut.y + cut.height; ++y) {
        for (int x = cut.x; x < cut.x + cut.width; ++x) *wanted.at(x, y) = 1 - *in.at(x, y);
    }
    wanted = filtered(wanted, kKernels[2], [](sepflow_options &options) {
        options.border_x = options.border_y = SEPFLOW_BORDER_WRAP;
    });
    for (float &value : wanted.pixels) value = 1 - value;

    Graph graph(in);
    graph.add("gegl:invert-linear");
    graph.add("gegl:crop", {{"x", "10"}, {"y", "4"}, {"width", "40"}, {"height", "30"}});
    graph.add("gegl:translate", {{"x", "3"}, {"y", "-2"}});
    graph.add("sepflow:separable", {{"kernel", kKernels[2]}, {"border", "loop"}});
    graph.add("gegl:invert-linear");
    CHECK(graph.render("Y float", placed).pixels == wanted.pixels);

    // The same as XML, whose last node comes first; the picture takes the place of its own source.
    const std::string xml = std::string(
                                "<?xml version='1.0'?><gegl>"
                                "<node operation='gegl:invert-linear'/>"
                                "<node operation='sepflow:separable'><params>"
                                "<param name='kernel'>") +
                            kKernels[2] +
                            "</param><param name='border'>loop</param></params></node>"
                            "<node operation='gegl:translate' x='3' y='-2'/>"
                            "<node operation='gegl:crop' x='10' y='4' width='40' height='30'/>"
                            "<node operation='gegl:invert-linear' name='first'/></gegl>";
    GeglNode *from_xml = gegl_node_new_from_xml(xml.c_str(), "/");
    REQUIRE(from_xml != nullptr);
    Graph source(in);
    GSList *children = gegl_node_get_children(from_xml);
    GeglNode *first = nullptr;
    for (GSList *child = children; child != nullptr; child = child->next) {
        gchar *name = nullptr;
        gegl_node_get(static_cast<GeglNode *>(child->data), "name", &name, nullptr);
        if (name != nullptr && std::strcmp(name, "first") == 0)
            first = static_cast<GeglNode *>(child->data);
        g_free(name);
    }
    g_slist_free(children);
    REQUIRE(first != nullptr);
    gegl_node_link(source.last(), first);
    Picture out("Y float", placed);
    gegl_node_blit(from_xml, 1, &placed, out.format, out.pixels.data(), GEGL_AUTO_ROWSTRIDE,
                   GEGL_BLIT_DEFAULT);
    CHECK(out.pixels == wanted.pixels);
    g_object_unref(from_xml);
}
