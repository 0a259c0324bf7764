/* graph.c PLUGIN FOLDER: a program of graphs. Loads a plugin and the plugins of the folder, and
   computes photo + 3 * blurred, in tiles. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sepflow/host.h>
#include <sepflow/sepflow.h>

enum { W = 50, H = 40 };
static float in[W * H], out[W * H];
static int tiles = 0;

static int failures = 0;
static void check(int holds, const char *what) {
    if (holds) return;
    ++failures;
    fprintf(stderr, "not so: %s\n", what);
}

static void count_tile(void *ctx, int64_t done, int64_t total) {
    (void)ctx, (void)done, (void)total;
    ++tiles;
}

static sepflow_status read_photo(void *ctx, const sepflow_image *into, sepflow_error *error) {
    const sepflow_rect *r = &into->bounds;
    (void)ctx, (void)error;
    for (int64_t y = 0; y < r->h; ++y)
        memcpy((char *)into->data + y * into->stride_y, in + (r->y + y) * W + r->x,
               (size_t)r->w * sizeof(float));
    return SEPFLOW_OK;
}

static void check_result(const char *what) {
    for (int y = 0; y < H; ++y)
        for (int x = 0; x < W; ++x) {
            const float *row = in + y * W;
            const float blurred =
                (row[x > 0 ? x - 1 : 0] + row[x] + row[x + 1 < W ? x + 1 : W - 1]) / 3;
            check(fabsf(out[y * W + x] - (row[x] + 3 * blurred)) < 1e-3f, what);
        }
}

int main(int argc, char **argv) {
    sepflow_error error = {.struct_size = sizeof error};
    sepflow_registry *registry = NULL;
    sepflow_graph *graph = NULL;
    if (argc != 3) return 2;
    for (int i = 0; i < W * H; ++i) in[i] = (float)(i * i % 101);
    check(sepflow_registry_create(&registry, &error) == SEPFLOW_OK, error.message);
    check(sepflow_registry_load(registry, argv[1], &error) == SEPFLOW_OK, error.message);
    check(sepflow_registry_scan(registry, argv[2], NULL, NULL) == SEPFLOW_OK, "scan");
    const sepflow_entry *entry = NULL;
    check(sepflow_registry_node(registry, 0, NULL, &entry) != NULL && entry->node_count == 1,
          "the plugin's node is found");
    check(sepflow_graph_create(registry, &graph, &error) == SEPFLOW_OK, error.message);

    sepflow_value weight = {.struct_size = sizeof weight, .type = SEPFLOW_VALUE_FLOAT, .f = 3};
    const int is_built =
        sepflow_graph_add_input(graph, "photo", &error) == SEPFLOW_OK &&
        sepflow_graph_add_node(graph, "blur", "org.sepflow.separable", 0, &error) == SEPFLOW_OK &&
        sepflow_graph_set_text(graph, "blur", "kernel", "box 3 1", &error) == SEPFLOW_OK &&
        sepflow_graph_set_text(graph, "blur", "border_x", "replicate", &error) == SEPFLOW_OK &&
        sepflow_graph_add_node(graph, "sum", "test.v0_1.sum", 0, &error) == SEPFLOW_OK &&
        sepflow_graph_set_value(graph, "sum", "weight", &weight, &error) == SEPFLOW_OK &&
        sepflow_graph_connect(graph, "photo", "blur", "in", &error) == SEPFLOW_OK &&
        sepflow_graph_connect(graph, "photo", "sum", "a", &error) == SEPFLOW_OK &&
        sepflow_graph_connect(graph, "blur", "sum", "b", &error) == SEPFLOW_OK &&
        sepflow_graph_add_output(graph, "result", "sum", &error) == SEPFLOW_OK;
    check(is_built, error.message);

    sepflow_image from = sepflow_image_dense(in, SEPFLOW_F32, W, H, 1);
    sepflow_image to = sepflow_image_dense(out, SEPFLOW_F32, W, H, 1);
    sepflow_image result = {.struct_size = sizeof result};
    sepflow_plan_info info = {.struct_size = sizeof info};
    sepflow_run run = {.struct_size = sizeof run, .max_threads = 1, .tile_w = 16, .tile_h = 16};
    run.progress = count_tile;
    check(sepflow_graph_bind_image(graph, "photo", &from, &error) == SEPFLOW_OK, error.message);
    check(sepflow_graph_prepare(graph, &error) == SEPFLOW_OK, error.message);
    check(sepflow_graph_describe_output(graph, "result", &result, &error) == SEPFLOW_OK &&
              result.struct_size == sizeof result && result.type == SEPFLOW_F32 &&
              result.domain.w == W && result.domain.h == H,
          "describe_output");
    check(sepflow_graph_node_plan_info(graph, "blur", &info, &error) == SEPFLOW_OK &&
              info.left == 1 && info.top == 0,
          "node_plan_info");
    check(sepflow_graph_compute(graph, "result", &to, &run, &error) == SEPFLOW_OK, error.message);
    check(tiles == 12, "the run is read");
    check_result("from an image");

    sepflow_source source = {.struct_size = sizeof source, .type = SEPFLOW_F32, .channels = 1};
    source.domain = from.bounds;
    source.read = read_photo;
    memset(out, 0, sizeof out);
    check(sepflow_graph_bind_source(graph, "photo", &source, &error) == SEPFLOW_OK, error.message);
    check(sepflow_graph_prepare(graph, &error) == SEPFLOW_OK, error.message);
    check(sepflow_graph_compute(graph, "result", &to, NULL, &error) == SEPFLOW_OK, error.message);
    check_result("from a source");
    check(sepflow_graph_set_text(graph, "sum", "weight", "5", &error) == SEPFLOW_E_PARAM &&
              strlen(error.message) > 8,
          "the plugin's own complaint arrives");
    sepflow_graph_free(graph);
    sepflow_registry_free(registry);
    return failures != 0;
}
