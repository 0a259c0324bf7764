// Structs that the functions of host.h read.
#include <cstring>

#include "tests/abi/sizes/graph.h"

namespace abi_test {

namespace {

sepflow_status read_ramp(void *, const sepflow_image *into, sepflow_error *) {
    const Pixels pixels = ramp(1);
    const sepflow_rect &b = into->bounds;
    for (int64_t y = 0; y < b.h; ++y) {
        char *row = static_cast<char *>(into->data) + y * into->stride_y;
        std::memcpy(row, &pixels[static_cast<size_t>((b.y + y) * kW + b.x)],
                    static_cast<size_t>(b.w) * sizeof(float));
    }
    return SEPFLOW_OK;
}

std::vector<Row> host_rows() {
    return {
        row<sepflow_image>("sepflow_graph_bind_image",
                           [](uint32_t size) {
                               Graph g;
                               g.add_blur();
                               Records<sepflow_image> image(g.images.inputs[0], size);
                               sepflow_status status =
                                   sepflow_graph_bind_image(g.graph, "in", image.get(), g.error);
                               if (status != SEPFLOW_OK) return g.computed(status);
                               g.ok(sepflow_graph_prepare(g.graph, g.error));
                               return g.computed(g.compute(&g.images.outputs[0]));
                           }),
        row<sepflow_source>("sepflow_graph_bind_source",
                            [](uint32_t size) {
                                sepflow_source content = {};
                                content.type = SEPFLOW_F32;
                                content.channels = 1;
                                content.domain = {0, 0, kW, kH};
                                content.read = read_ramp;
                                Graph g;
                                g.add_blur();
                                Records<sepflow_source> source(content, size);
                                sepflow_status status =
                                    sepflow_graph_bind_source(g.graph, "in", source.get(), g.error);
                                if (status != SEPFLOW_OK) return g.computed(status);
                                g.ok(sepflow_graph_prepare(g.graph, g.error));
                                return g.computed(g.compute(&g.images.outputs[0]));
                            }),
        row<sepflow_image>("sepflow_graph_compute, out",
                           [](uint32_t size) {
                               Graph g;
                               g.add_blur().prepare();
                               Records<sepflow_image> out(g.images.outputs[0], size);
                               return g.computed(g.compute(out.get()));
                           }),
        row<sepflow_run>(
            "sepflow_graph_compute, run",
            [](uint32_t size) {
                int tiles = 0;
                sepflow_run content = {};
                content.max_threads = 1;
                content.tile_w = content.tile_h = 3;
                content.ctx = &tiles;
                content.progress = [](void *ctx, int64_t, int64_t) { ++*static_cast<int *>(ctx); };
                content.is_cancelled = [](void *) -> int32_t { return 0; };
                Graph g;
                g.add_blur().prepare();
                Records<sepflow_run> run(content, size);
                const sepflow_status status = g.compute(&g.images.outputs[0], run.get());
                CHECK(tiles == (status == SEPFLOW_OK ? 6 : 0));
                return g.computed(status);
            }),
        row<sepflow_value>("sepflow_graph_set_value",
                           [](uint32_t size) {
                               Graph g;
                               g.add_blur();
                               Records<sepflow_value> value(
                                   text_value(SEPFLOW_VALUE_MATRIX, "gaussian 1"), size);
                               const sepflow_status status = sepflow_graph_set_value(
                                   g.graph, "f", "kernel", value.get(), g.error);
                               if (status != SEPFLOW_OK) return g.computed(status);
                               g.prepare();
                               return g.computed(g.compute(&g.images.outputs[0]));
                           }),
    };
}

}  // namespace

TEST_CASE("graphs take every struct from its first size on, and refuse smaller ones") {
    check_rows(host_rows());
}

}  // namespace abi_test
