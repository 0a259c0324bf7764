// Callers whose header is a later one: their structs are longer, and what they know more of is
// zero.
#include "tests/unit/host/fixture.h"

namespace {

struct LaterImage {
    sepflow_image known;
    uint64_t more[64];
};

LaterImage later(std::vector<float> &pixels) {
    LaterImage image = {};
    image.known = sepflow_image_dense(pixels.data(), SEPFLOW_F32, 8, 8, 1);
    image.known.struct_size = sizeof image;
    return image;
}

}  // namespace

TEST_CASE("longer images are inputs of a node with several") {
    Host host;
    std::vector<float> ten(64, 10), twenty(64, 20);
    const LaterImage a = later(ten), b = later(twenty);
    host.input("a");
    host.input("b");
    host.node("sum", "org.sepflow.add");
    host.connect("a", "sum", "a");
    host.connect("b", "sum", "b");
    host.output("result", "sum");
    host.bind("a", a.known);
    host.bind("b", b.known);
    host.prepare();
    CHECK(host.compute("result") == std::vector<float>(64, 30));
}

TEST_CASE("a longer image is an output of a node with several") {
    Host host;
    std::vector<float> ten(64, 10), result(64);
    host.input("photo");
    host.node("bank", "org.sepflow.bank");
    host.set("bank", "kernels", "box 3 norm; box 5 norm; box 7 norm");
    host.connect("photo", "bank", "in");
    host.output("result", "bank");
    host.bind("photo", later(ten).known);
    host.prepare();
    const LaterImage out = later(result);
    host.ok(sepflow_graph_compute(host.graph, "result", &out.known, nullptr, &host.error));
    CHECK(result[27] == doctest::Approx(10));
}
