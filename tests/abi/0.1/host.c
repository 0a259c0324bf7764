/* host.c FOLDER: a host by node.h alone. Loads the plugins of the folder and runs their nodes: a
   filter with a mask and the host's memory, threads and polls, and a difference of two images. */
#define _POSIX_C_SOURCE 200112L

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sepflow/node.h>

enum { W = 13, H = 8 };
static float a[W * H], b[W * H], out[W * H];

static int failures = 0, allocations = 0, loops = 0, polls = 0;
static void check(int holds, const char *what) {
    if (holds) return;
    ++failures;
    fprintf(stderr, "not so: %s\n", what);
}

static void *host_alloc(void *ctx, uint64_t bytes, uint64_t align) {
    void *memory = NULL;
    (void)ctx;
    ++allocations;
    return posix_memalign(&memory, align < 8 ? 8 : align, bytes) == 0 ? memory : NULL;
}
static void host_free(void *ctx, void *memory) {
    (void)ctx;
    free(memory);
}
static sepflow_status host_parallel_for(void *ctx, void *call_ctx, int64_t count, sepflow_task task,
                                        void *arg) {
    (void)ctx, (void)call_ctx;
    ++loops;
    for (int64_t i = count; i-- > 0;) task(arg, i);
    return SEPFLOW_OK;
}
static int32_t host_is_cancelled(void *ctx, void *call_ctx) {
    (void)ctx, (void)call_ctx;
    ++polls;
    return 0;
}

static const sepflow_entry *load(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.sepflow.so", folder, name);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    void *symbol = dlsym(library, SEPFLOW_ENTRY_SYMBOL);
    sepflow_entry_function entry;
    memcpy(&entry, &symbol, sizeof entry);
    return entry();
}

/* Descriptors are stepped over as growth rule 9 says. */
static const sepflow_param_desc *param(const sepflow_node_desc *desc, const char *id,
                                       uint32_t *index) {
    const char *at = (const char *)desc->params;
    for (*index = 0; *index < desc->param_count; ++*index, at += desc->params->struct_size) {
        const sepflow_param_desc *found = (const sepflow_param_desc *)at;
        if (strcmp(found->id, id) == 0) return found;
    }
    check(0, id);
    exit(1);
}

static void set(const sepflow_node_desc *desc, sepflow_node *node, const char *id,
                const char *text) {
    sepflow_error error = {.struct_size = sizeof error};
    sepflow_value value = {.struct_size = sizeof value, .s = text};
    sepflow_value read = {.struct_size = sizeof read};
    uint32_t index;
    value.type = param(desc, id, &index)->type;
    check(desc->set_param(node, index, &value, &error) == SEPFLOW_OK, error.message);
    check(desc->get_param(node, index, &read, &error) == SEPFLOW_OK, error.message);
    check(read.struct_size == sizeof read && strcmp(read.s, text) == 0, "a value comes back");
}

static sepflow_image dense(float *pixels) {
    sepflow_image image = {.struct_size = sizeof image, .type = SEPFLOW_F32, .channels = 1};
    image.data = pixels;
    image.bounds.w = W;
    image.bounds.h = H;
    image.stride_c = image.stride_x = sizeof(float);
    image.stride_y = W * (int64_t)sizeof(float);
    return image;
}

/* The call of a plan with both images as inputs. */
static void process(const sepflow_node_desc *desc, sepflow_node *node, int32_t max_threads) {
    sepflow_error error = {.struct_size = sizeof error};
    sepflow_config config = {.struct_size = sizeof config, .in_type = SEPFLOW_F32, .channels = 1};
    sepflow_plan_info info = {.struct_size = sizeof info};
    sepflow_plan *plan = NULL;
    sepflow_image inputs[2] = {dense(a), dense(b)}, output = dense(out);
    sepflow_process call = {.struct_size = sizeof call, .input_count = 2, .output_count = 1};
    sepflow_rect in;
    check(desc->configure(node, &config, &plan, &error) == SEPFLOW_OK, error.message);
    check(desc->plan_info(plan, &info) == SEPFLOW_OK && info.struct_size == sizeof info &&
              info.variant != NULL,
          "plan_info fills the info");
    call.inputs = inputs;
    call.outputs = &output;
    call.region = output.bounds;
    call.max_threads = max_threads;
    check(desc->input_region(plan, 0, &call.region, &inputs[0].bounds, &in) == SEPFLOW_OK &&
              in.w == W && in.h == H,
          "input_region");
    check(desc->process(plan, &call, &error) == SEPFLOW_OK, error.message);
    call.region.w = W + 1;
    check(desc->process(plan, &call, &error) == SEPFLOW_E_INVALID && strlen(error.message) > 8,
          "a region outside is refused with a sentence");
    desc->plan_release(plan);
}

int main(int argc, char **argv) {
    sepflow_host host = {.struct_size = sizeof host,
                         .abi_major = SEPFLOW_ABI_MAJOR,
                         .abi_minor = SEPFLOW_ABI_TARGET_MINOR,
                         .name = "host.c",
                         .version = "0.1",
                         .alloc = host_alloc,
                         .free = host_free,
                         .parallel_for = host_parallel_for,
                         .is_cancelled = host_is_cancelled};
    sepflow_error error = {.struct_size = sizeof error};
    sepflow_format_pair pair = {.struct_size = sizeof pair};
    if (argc != 2) return 2;
    for (int i = 0; i < W * H; ++i) a[i] = (float)(i * i % 37), b[i] = 1;

    const sepflow_entry *entry = load(argv[1], "separable");
    check(entry->abi_major == SEPFLOW_ABI_MAJOR &&
              entry->abi_minor_needed <= SEPFLOW_ABI_TARGET_MINOR,
          "a host of minor version 0 loads the plugin");
    check(entry->init(&host, &error) == SEPFLOW_OK, error.message);
    const sepflow_node_desc *desc = entry->node(0);
    sepflow_node *node = NULL;
    check(desc->create(desc, &host, &node, &error) == SEPFLOW_OK, error.message);
    check(desc->query_formats(node, 0, &pair, &error) == SEPFLOW_OK && pair.in_type != 0,
          "query_formats fills the pair");
    set(desc, node, "kernel", "row 1 1 1 col 1");
    set(desc, node, "border_x", "replicate");
    set(desc, node, "missing", "ignore");
    process(desc, node, 0);
    for (int y = 0; y < H; ++y)
        for (int x = 0; x < W; ++x) {
            const float *row = a + y * W;
            const float sum = row[x > 0 ? x - 1 : 0] + row[x] + row[x + 1 < W ? x + 1 : W - 1];
            check(fabsf(out[y * W + x] - sum) < 1e-3f, "a sum of three pixels");
        }
    check(allocations > 0 && polls > 0, "the host's functions are called");
    desc->destroy(node);
    entry->deinit();

    entry = load(argv[1], "arithmetic");
    check(entry->init(&host, &error) == SEPFLOW_OK, error.message);
    for (uint32_t i = 0; i < entry->node_count; ++i) {
        desc = entry->node(i);
        if (strcmp(desc->id, "org.sepflow.subtract/1") != 0) continue;
        check(desc->create(desc, &host, &node, &error) == SEPFLOW_OK, error.message);
        process(desc, node, 1);
        for (int k = 0; k < W * H; ++k) check(out[k] == a[k] - 1, "a difference");
        desc->destroy(node);
        ++loops;
    }
    check(loops > 0, "the node subtract is there");
    entry->deinit();
    return failures != 0;
}
