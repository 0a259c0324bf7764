/* Direct calls: plans of each kind, their descriptions, and their pixels compared with a sum of its
   own. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sepflow/sepflow.h>

enum { W = 11, H = 7 };
static float in[W * H], mask[W * H], out[W * H], second[W * H];
static const double taps[] = {1, 2, -1, 0.5, 3, 4}; /* 2 rows of 3 */

static int failures = 0;
static void check(int holds, const char *what) {
    if (holds) return;
    ++failures;
    fprintf(stderr, "not so: %s\n", what);
}

static int clamped(int i, int size) {
    return i < 0 ? 0 : i >= size ? size - 1 : i;
}

/* 2 x 3 taps, anchored at row 1 and column 1, over replicated borders. */
static double sum_at(int x, int y) {
    double sum = 0;
    for (int j = 0; j < 2; ++j)
        for (int i = 0; i < 3; ++i)
            sum += taps[j * 3 + i] * in[clamped(y + j - 1, H) * W + clamped(x + i - 1, W)];
    return sum;
}

static void check_sums(const float *got, const char *what) {
    double worst = 0;
    for (int y = 0; y < H; ++y)
        for (int x = 0; x < W; ++x) worst = fmax(worst, fabs(got[y * W + x] - sum_at(x, y)));
    check(worst < 1e-3, what);
}

int main(void) {
    sepflow_options options = {.struct_size = sizeof options, .in_type = SEPFLOW_F32};
    sepflow_error error = {.struct_size = sizeof error};
    sepflow_plan *plan = NULL, *blur = NULL, *bank = NULL;
    sepflow_image images[2] = {sepflow_image_dense(in, SEPFLOW_F32, W, H, 1),
                               sepflow_image_dense(mask, SEPFLOW_F32, W, H, 1)};
    sepflow_image outputs[2] = {sepflow_image_dense(out, SEPFLOW_F32, W, H, 1),
                                sepflow_image_dense(second, SEPFLOW_F32, W, H, 1)};
    for (int i = 0; i < W * H; ++i) in[i] = (float)(i * i % 31), mask[i] = 1;
    options.border_x = options.border_y = SEPFLOW_BORDER_REPLICATE;

    check(sepflow_plan_create(taps, 2, 3, 3, &options, &plan, &error) == SEPFLOW_OK, error.message);
    check(sepflow_apply(plan, &images[0], &outputs[0], NULL, 1, &error) == SEPFLOW_OK,
          error.message);
    check_sums(out, "apply gives the sums");

    sepflow_plan_info info = {.struct_size = sizeof info};
    sepflow_plan_description description = {.struct_size = sizeof description};
    check(sepflow_plan_query(plan, &info) == SEPFLOW_OK, "query");
    check(info.struct_size == sizeof info && info.left == 1 && info.right == 1 && info.top == 1 &&
              info.bottom == 0 && info.variant != NULL && info.method != NULL,
          "query fills the info");
    check(sepflow_plan_describe(plan, &description) == SEPFLOW_OK, "describe");
    check(description.rows == 2 && description.columns == 3 && description.reason != NULL &&
              description.fft_cost > 0,
          "describe fills the description");

    check(sepflow_plan_from_text("box 3", &options, &blur, &error) == SEPFLOW_OK, error.message);
    const sepflow_plan *members[] = {plan, blur};
    check(sepflow_plan_bank(members, 2, &bank, &error) == SEPFLOW_OK, error.message);
    sepflow_process call = {.struct_size = sizeof call, .input_count = 1, .output_count = 2};
    call.inputs = images;
    call.outputs = outputs;
    call.region = images[0].bounds;
    memset(out, 0, sizeof out);
    check(sepflow_process_plan(bank, &call, &error) == SEPFLOW_OK, error.message);
    check_sums(out, "the bank's first output has the sums");
    check(second[0] > 0, "the bank's second output is computed");
    sepflow_plan_free(bank);
    sepflow_plan_free(plan);

    /* A mask as the second image of an array. */
    options.missing = SEPFLOW_MISSING_IGNORE;
    check(sepflow_plan_create(taps, 2, 3, 3, &options, &plan, &error) == SEPFLOW_OK, error.message);
    call.input_count = 2;
    call.output_count = 1;
    check(sepflow_process_plan(plan, &call, &error) == SEPFLOW_OK, error.message);
    check_sums(out, "with a mask of ones the sums are the same");
    memset(mask, 0, sizeof mask);
    check(sepflow_process_plan(plan, &call, &error) == SEPFLOW_OK, error.message);
    check(out[0] == 0 && out[W * H - 1] == 0, "with a mask of zeros nothing is left");

    options.in_type = 0x999;
    sepflow_plan *none = NULL;
    check(sepflow_plan_from_text("box 3", &options, &none, &error) == SEPFLOW_E_FORMAT,
          "a bad type");
    check(none == NULL && error.code == SEPFLOW_E_FORMAT && strlen(error.message) > 8,
          "the error's record is filled");
    sepflow_plan_free(plan);
    sepflow_plan_free(blur);
    return failures != 0;
}
