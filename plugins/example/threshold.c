/* A whole plugin, in C: samples of u8 become 255 from `level` on, and 0 below it.

       cc -O2 -fPIC -fvisibility=hidden -shared -I INCLUDE threshold.c -o threshold.sepflow.so
       sepflow check ./threshold.sepflow.so
       SEPFLOW_PLUGIN_PATH=$PWD sepflow info org.example.threshold */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <sepflow/node.h>

struct sepflow_plan {
    atomic_int owners; /* come and go on any thread */
    const sepflow_host *host;
    double level;
    int32_t channels;
};

struct sepflow_node {
    const sepflow_host *host;
    double level;
    sepflow_plan *plan; /* the last one, or NULL */
};

static sepflow_status fail(sepflow_error *error, sepflow_status code, int32_t param,
                           const char *message) {
    if (error != NULL && error->struct_size >= SEPFLOW_ERROR_FIRST_SIZE) {
        error->code = code;
        error->param_index = param;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return code;
}

/* ---- Node: its parameter ----------------------------------------------------------------- */

static void plan_retain(sepflow_plan *plan) {
    atomic_fetch_add(&plan->owners, 1);
}

static void plan_release(sepflow_plan *plan) {
    if (plan != NULL && atomic_fetch_sub(&plan->owners, 1) == 1) free(plan);
}

static sepflow_status create(const sepflow_node_desc *desc, const sepflow_host *host,
                             sepflow_node **node, sepflow_error *error) {
    (void)desc;
    if (node == NULL) return fail(error, SEPFLOW_E_INVALID, -1, "node is NULL");
    if (host != NULL && host->struct_size < SEPFLOW_HOST_FIRST_SIZE)
        return fail(error, SEPFLOW_E_ABI, -1, "host: struct_size is too small");
    *node = malloc(sizeof **node);
    if (*node == NULL) return fail(error, SEPFLOW_E_MEMORY, -1, "no memory for a node");
    **node = (sepflow_node){.host = host, .level = 128};
    return SEPFLOW_OK;
}

static void destroy(sepflow_node *node) {
    if (node == NULL) return;
    plan_release(node->plan); /* those that hosts own live on */
    free(node);
}

static sepflow_status set_param(sepflow_node *node, uint32_t index, const sepflow_value *given,
                                sepflow_error *error) {
    sepflow_value value;
    const sepflow_status status =
        sepflow_read_struct(&value, sizeof value, given, SEPFLOW_VALUE_FIRST_SIZE);
    if (status != SEPFLOW_OK) return fail(error, status, -1, "value: NULL or too small");
    if (index != 0) return fail(error, SEPFLOW_E_INVALID, -1, "there is no such parameter");
    if (value.type != SEPFLOW_VALUE_FLOAT || !(value.f >= 0 && value.f <= 255)) /* or NaN */
        return fail(error, SEPFLOW_E_PARAM, 0, "level is a number within 0 .. 255");
    node->level = value.f;
    return SEPFLOW_OK;
}

static sepflow_status get_param(const sepflow_node *node, uint32_t index, sepflow_value *value,
                                sepflow_error *error) {
    const sepflow_value level = {
        .struct_size = sizeof level, .type = SEPFLOW_VALUE_FLOAT, .f = node->level};
    if (index != 0) return fail(error, SEPFLOW_E_INVALID, -1, "there is no such parameter");
    const sepflow_status status = sepflow_write_struct(value, &level);
    return status == SEPFLOW_OK ? status : fail(error, status, -1, "value: NULL or too small");
}

/* ---- Plan: what process needs of the node ------------------------------------------------- */

static sepflow_status query_formats(const sepflow_node *node, uint32_t index,
                                    sepflow_format_pair *pair, sepflow_error *error) {
    const sepflow_format_pair only = {
        .struct_size = sizeof only, .in_type = SEPFLOW_U8, .out_type = SEPFLOW_U8};
    (void)node;
    if (index != 0) return fail(error, SEPFLOW_E_INVALID, -1, "there is no such format");
    const sepflow_status status = sepflow_write_struct(pair, &only);
    return status == SEPFLOW_OK ? status : fail(error, status, -1, "pair: NULL or too small");
}

static sepflow_status configure(sepflow_node *node, const sepflow_config *given,
                                sepflow_plan **plan, sepflow_error *error) {
    sepflow_config config;
    const sepflow_status status =
        sepflow_read_struct(&config, sizeof config, given, SEPFLOW_CONFIG_FIRST_SIZE);
    if (status != SEPFLOW_OK) return fail(error, status, -1, "config: NULL or too small");
    if (plan == NULL) return fail(error, SEPFLOW_E_INVALID, -1, "plan is NULL");
    if (config.flags != 0) return fail(error, SEPFLOW_E_UNSUPPORTED, -1, "config: unknown flags");
    if (config.in_type != SEPFLOW_U8 || (config.out_type != SEPFLOW_U8 && config.out_type != 0) ||
        config.channels < 1)
        return fail(error, SEPFLOW_E_FORMAT, -1, "images are of u8, with a channel or more");
    const sepflow_plan *last = node->plan;
    if (last == NULL || last->level != node->level || last->channels != config.channels) {
        sepflow_plan *made = malloc(sizeof *made);
        if (made == NULL) return fail(error, SEPFLOW_E_MEMORY, -1, "no memory for a plan");
        atomic_init(&made->owners, 1);
        made->host = node->host;
        made->level = node->level;
        made->channels = config.channels;
        plan_release(node->plan);
        node->plan = made;
    }
    plan_retain(node->plan);
    *plan = node->plan;
    return SEPFLOW_OK;
}

static sepflow_status plan_info(const sepflow_plan *plan, sepflow_plan_info *info) {
    const sepflow_plan_info mine = {
        .struct_size = sizeof mine, .cost_per_pixel = 1, .variant = "generic"};
    (void)plan;
    return sepflow_write_struct(info, &mine);
}

/* ---- Regions ----------------------------------------------------------------------------- */

static int is_sane(const sepflow_rect *r) {
    const int64_t most = (int64_t)1 << 48;
    return r->x > -most && r->x < most && r->y > -most && r->y < most && r->w >= 0 && r->w < most &&
           r->h >= 0 && r->h < most;
}

static int holds(const sepflow_rect *outer, const sepflow_rect *inner) {
    return is_sane(outer) && is_sane(inner) && inner->x >= outer->x && inner->y >= outer->y &&
           inner->x + inner->w <= outer->x + outer->w && inner->y + inner->h <= outer->y + outer->h;
}

static sepflow_status output_domain(const sepflow_plan *plan, const sepflow_rect *in,
                                    sepflow_rect *out) {
    (void)plan;
    if (in == NULL || out == NULL || !is_sane(in)) return SEPFLOW_E_INVALID;
    *out = *in;
    return SEPFLOW_OK;
}

static sepflow_status input_region(const sepflow_plan *plan, uint32_t port, const sepflow_rect *out,
                                   const sepflow_rect *domain, sepflow_rect *in) {
    (void)plan;
    if (port != 0 || out == NULL || domain == NULL || in == NULL || !holds(domain, out))
        return SEPFLOW_E_INVALID;
    *in = *out;
    return SEPFLOW_OK;
}

/* ---- Process ----------------------------------------------------------------------------- */

/* Reads the only image of a side of the call, and checks it. */
static sepflow_status read_image(sepflow_image *image, const sepflow_image *given, uint32_t count,
                                 const sepflow_plan *plan, sepflow_error *error) {
    if (count != 1 || given == NULL)
        return fail(error, SEPFLOW_E_INVALID, -1, "a call has one input and one output");
    const sepflow_status status =
        sepflow_read_struct(image, sizeof *image, given, SEPFLOW_IMAGE_FIRST_SIZE);
    if (status != SEPFLOW_OK) return fail(error, status, -1, "image: struct_size is too small");
    if (image->flags != 0) return fail(error, SEPFLOW_E_UNSUPPORTED, -1, "image: unknown flags");
    if (image->type != SEPFLOW_U8 || image->channels != plan->channels)
        return fail(error, SEPFLOW_E_FORMAT, -1, "an image is not of the plan's format");
    return SEPFLOW_OK;
}

static unsigned char *sample(const sepflow_image *image, int64_t x, int64_t y, int32_t channel) {
    return (unsigned char *)image->data + (x - image->bounds.x) * image->stride_x +
           (y - image->bounds.y) * image->stride_y + channel * image->stride_c;
}

static sepflow_status process(const sepflow_plan *plan, const sepflow_process *given,
                              sepflow_error *error) {
    sepflow_process call;
    sepflow_image in, out;
    sepflow_status status =
        sepflow_read_struct(&call, sizeof call, given, SEPFLOW_PROCESS_FIRST_SIZE);
    if (status != SEPFLOW_OK) return fail(error, status, -1, "call: NULL or too small");
    if (call.flags != 0) return fail(error, SEPFLOW_E_UNSUPPORTED, -1, "call: unknown flags");
    status = read_image(&in, call.inputs, call.input_count, plan, error);
    if (status == SEPFLOW_OK)
        status = read_image(&out, call.outputs, call.output_count, plan, error);
    if (status != SEPFLOW_OK) return status;
    const sepflow_rect r = call.region;
    if (r.w == 0 || r.h == 0) return SEPFLOW_OK;
    if (in.data == NULL || out.data == NULL || !holds(&in.bounds, &r) || !holds(&out.bounds, &r))
        return fail(error, SEPFLOW_E_INVALID, -1, "an image does not hold the region");
    const sepflow_host *host = call.host != NULL ? call.host : plan->host;
    for (int64_t y = r.y; y < r.y + r.h; ++y) {
        if (host != NULL && host->is_cancelled != NULL &&
            host->is_cancelled(host->ctx, call.call_ctx) != 0)
            return fail(error, SEPFLOW_E_CANCELLED, -1, "cancelled");
        for (int64_t x = r.x; x < r.x + r.w; ++x) {
            for (int32_t c = 0; c < plan->channels; ++c)
                *sample(&out, x, y, c) = *sample(&in, x, y, c) >= plan->level ? 255 : 0;
        }
    }
    return SEPFLOW_OK;
}

/* ---- Descriptors and entry ---------------------------------------------------------------- */

static const sepflow_type types[] = {SEPFLOW_U8};

static const sepflow_port_desc ports[] = {{.struct_size = sizeof ports[0],
                                           .direction = SEPFLOW_INPUT,
                                           .type_count = 1,
                                           .name = "in",
                                           .min_channels = 1,
                                           .types = types},
                                          {.struct_size = sizeof ports[0],
                                           .direction = SEPFLOW_OUTPUT,
                                           .type_count = 1,
                                           .name = "out",
                                           .min_channels = 1,
                                           .types = types}};

static const sepflow_param_desc params[] = {{.struct_size = sizeof params[0],
                                             .type = SEPFLOW_VALUE_FLOAT,
                                             .flags = SEPFLOW_PARAM_SETUP | SEPFLOW_PARAM_LIVE,
                                             .id = "level",
                                             .name = "Level",
                                             .doc = "The least sample that becomes 255.",
                                             .max = 255,
                                             .def = 128}};

static const sepflow_node_desc threshold = {
    .struct_size = sizeof threshold,
    .flags = SEPFLOW_NODE_PURE | SEPFLOW_NODE_TILE_EXACT | SEPFLOW_NODE_THREAD_EXACT |
             SEPFLOW_NODE_IN_PLACE,
    .id = "org.example.threshold/1",
    .name = "Threshold",
    .summary = "Makes samples black or white.",
    .version = "1.0",
    .port_count = 2,
    .param_count = 1,
    .ports = ports,
    .params = params,
    .create = create,
    .destroy = destroy,
    .set_param = set_param,
    .get_param = get_param,
    .query_formats = query_formats,
    .configure = configure,
    .plan_retain = plan_retain,
    .plan_release = plan_release,
    .plan_info = plan_info,
    .output_domain = output_domain,
    .input_region = input_region,
    .process = process,
};

static const sepflow_node_desc *node_at(uint32_t index) {
    return index == 0 ? &threshold : NULL;
}

static sepflow_status init(const sepflow_host *host, sepflow_error *error) {
    (void)host, (void)error;
    return SEPFLOW_OK;
}

static void deinit(void) {}

SEPFLOW_EXPORT const sepflow_entry *sepflow_entry_v1(void) {
    static const sepflow_entry entry = {
        .struct_size = sizeof entry,
        .abi_major = SEPFLOW_ABI_MAJOR,
        .abi_minor_needed = SEPFLOW_ABI_MINOR_NEEDED,
        .node_count = 1,
        .id = "org.example.threshold",
        .version = "1.0",
        .vendor = "Example",
        .license = "MIT",
        .node = node_at,
        .init = init,
        .deinit = deinit,
    };
    return &entry;
}
