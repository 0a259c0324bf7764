/* The README's example of a host: the separable node, loaded as a plugin, in a graph. */
#include <stdio.h>

#include <sepflow/host.h>
#include <sepflow/sepflow.h>

enum { W = 640, H = 480 };
static unsigned char in[W * H], out[W * H];

static int done(sepflow_status status, const sepflow_error *error) {
    if (status != SEPFLOW_OK) fprintf(stderr, "%s\n", error->message);
    return status == SEPFLOW_OK;
}

int main(int argc, char **argv) {
    sepflow_error e = {.struct_size = sizeof e};
    sepflow_registry *registry = NULL;
    sepflow_graph *graph = NULL;
    sepflow_image from = sepflow_image_dense(in, SEPFLOW_U8, W, H, 1);
    sepflow_image to = sepflow_image_dense(out, SEPFLOW_U8, W, H, 1);
    for (int i = 0; i < W * H; ++i) in[i] = (i % W / 40 + i / W / 40) % 2 ? 230 : 25;

    int ok = done(sepflow_registry_create(&registry, &e), &e) &&
             /* a directory of plugins, or NULL for the usual places */
             done(sepflow_registry_scan(registry, argc > 1 ? argv[1] : NULL, NULL, NULL), &e) &&
             done(sepflow_graph_create(registry, &graph, &e), &e) &&
             done(sepflow_graph_add_input(graph, "photo", &e), &e) &&
             done(sepflow_graph_add_node(graph, "blur", "org.sepflow.separable", 0, &e), &e) &&
             done(sepflow_graph_set_text(graph, "blur", "kernel", "disc 7.5", &e), &e) &&
             done(sepflow_graph_connect(graph, "photo", "blur", "in", &e), &e) &&
             done(sepflow_graph_add_output(graph, "result", "blur", &e), &e) &&
             done(sepflow_graph_bind_image(graph, "photo", &from, &e), &e) &&
             done(sepflow_graph_prepare(graph, &e), &e) &&
             done(sepflow_graph_compute(graph, "result", &to, NULL, &e), &e);
    if (ok) {
        printf("P5\n%d %d\n255\n", W, H);
        fwrite(out, 1, sizeof out, stdout);
    }
    sepflow_graph_free(graph);
    sepflow_registry_free(registry);
    return !ok;
}
