/* The README's example of the C API: blurs a drawn picture, in C99, with libsepflow alone. */
#include <stdio.h>
#include <stdlib.h>

#include <sepflow/sepflow.h>

int main(void) {
    enum { W = 640, H = 480 };
    unsigned char *in = malloc(W * H), *out = malloc(W * H);
    for (int i = 0; i < W * H; ++i) in[i] = (i % W / 40 + i / W / 40) % 2 ? 230 : 25;

    sepflow_options options = {.struct_size = sizeof options};
    sepflow_error error = {.struct_size = sizeof error};
    sepflow_plan *plan = NULL;
    options.in_type = SEPFLOW_U8;
    if (sepflow_plan_from_text("gaussian 3", &options, &plan, &error) != SEPFLOW_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    sepflow_image from = sepflow_image_dense(in, SEPFLOW_U8, W, H, 1);
    sepflow_image to = sepflow_image_dense(out, SEPFLOW_U8, W, H, 1);
    if (sepflow_apply(plan, &from, &to, NULL, 0, &error) != SEPFLOW_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    sepflow_plan_free(plan);

    printf("P5\n%d %d\n255\n", W, H);
    fwrite(out, 1, W * H, stdout);
    free(in);
    free(out);
    return 0;
}
