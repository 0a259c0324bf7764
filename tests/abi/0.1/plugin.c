/* A plugin: out = a + weight * b, of f32. */
#include <stdlib.h>
#include <string.h>

#include <sepflow/node.h>

struct sepflow_node {
    double weight;
    sepflow_plan *plan; /* of the parameters as they are */
};
struct sepflow_plan {
    double weight;
    int32_t channels;
    int owners;
};

static sepflow_status fail(sepflow_error *error, sepflow_status code, int32_t param,
                           const char *message) {
    if (error != NULL && error->struct_size >= sizeof *error) {
        error->code = code;
        error->param_index = param;
        strncpy(error->message, message, sizeof error->message - 1);
        error->message[sizeof error->message - 1] = '\0';
    }
    return code;
}

static sepflow_status fill(void *to, const void *from, uint32_t bytes) {
    const uint32_t size = *(const uint32_t *)to;
    if (size < sizeof size) return SEPFLOW_E_ABI;
    memcpy(to, from, size < bytes ? size : bytes);
    memcpy(to, &size, sizeof size);
    return SEPFLOW_OK;
}

static void plan_retain(sepflow_plan *plan) {
    __atomic_add_fetch(&plan->owners, 1, __ATOMIC_RELAXED);
}

static void plan_release(sepflow_plan *plan) {
    if (plan != NULL && __atomic_sub_fetch(&plan->owners, 1, __ATOMIC_ACQ_REL) == 0) free(plan);
}

static sepflow_status create(const sepflow_node_desc *desc, const sepflow_host *host,
                             sepflow_node **node, sepflow_error *error) {
    (void)desc, (void)host;
    if (node == NULL) return fail(error, SEPFLOW_E_INVALID, -1, "no place for the node");
    *node = calloc(1, sizeof **node);
    if (*node == NULL) return fail(error, SEPFLOW_E_MEMORY, -1, "no memory for a node");
    (*node)->weight = 1;
    return SEPFLOW_OK;
}

static void destroy(sepflow_node *node) {
    if (node != NULL) plan_release(node->plan);
    free(node);
}

static sepflow_status set_param(sepflow_node *node, uint32_t index, const sepflow_value *value,
                                sepflow_error *error) {
    if (value == NULL) return fail(error, SEPFLOW_E_INVALID, 0, "the value is NULL");
    if (value->struct_size < sizeof *value) return fail(error, SEPFLOW_E_ABI, 0, "a short value");
    if (index != 0) return fail(error, SEPFLOW_E_INVALID, -1, "there is no such parameter");
    if (value->type != SEPFLOW_VALUE_FLOAT) return fail(error, SEPFLOW_E_PARAM, 0, "not a number");
    if (!(value->f >= -4 && value->f <= 4))
        return fail(error, SEPFLOW_E_PARAM, 0, "the weight lies in -4 .. 4");
    node->weight = value->f;
    plan_release(node->plan);
    node->plan = NULL;
    return SEPFLOW_OK;
}

static sepflow_status get_param(const sepflow_node *node, uint32_t index, sepflow_value *value,
                                sepflow_error *error) {
    sepflow_value is = {.struct_size = sizeof is, .type = SEPFLOW_VALUE_FLOAT, .f = node->weight};
    if (index != 0) return fail(error, SEPFLOW_E_INVALID, -1, "there is no such parameter");
    return fill(value, &is, sizeof is);
}

static sepflow_status query_formats(const sepflow_node *node, uint32_t index,
                                    sepflow_format_pair *pair, sepflow_error *error) {
    static const sepflow_format_pair only = {sizeof only, SEPFLOW_F32, SEPFLOW_F32};
    (void)node;
    if (index > 0) return fail(error, SEPFLOW_E_INVALID, -1, "there is one format");
    return fill(pair, &only, sizeof only);
}

static sepflow_status configure(sepflow_node *node, const sepflow_config *config,
                                sepflow_plan **plan, sepflow_error *error) {
    if (config == NULL || plan == NULL) return fail(error, SEPFLOW_E_INVALID, -1, "a NULL");
    *plan = NULL;
    if (config->struct_size < sizeof *config)
        return fail(error, SEPFLOW_E_ABI, -1, "a short config");
    if (config->flags != 0) return fail(error, SEPFLOW_E_UNSUPPORTED, -1, "unknown flags");
    if (config->in_type != SEPFLOW_F32 || config->channels < 1 ||
        (config->out_type != SEPFLOW_F32 && config->out_type != SEPFLOW_TYPE_NONE))
        return fail(error, SEPFLOW_E_FORMAT, -1, "f32 only, of one channel or more");
    if (node->plan != NULL && node->plan->channels != config->channels) {
        plan_release(node->plan);
        node->plan = NULL;
    }
    if (node->plan == NULL) {
        node->plan = calloc(1, sizeof *node->plan);
        if (node->plan == NULL) return fail(error, SEPFLOW_E_MEMORY, -1, "no memory for a plan");
        node->plan->weight = node->weight;
        node->plan->channels = config->channels;
        node->plan->owners = 1;
    }
    plan_retain(node->plan);
    *plan = node->plan;
    return SEPFLOW_OK;
}

static sepflow_status plan_info(const sepflow_plan *plan, sepflow_plan_info *info) {
    static const sepflow_plan_info is = {
        .struct_size = sizeof is, .error_bound = 1e-6, .variant = "C"};
    (void)plan;
    return fill(info, &is, sizeof is);
}

static sepflow_status output_domain(const sepflow_plan *plan, const sepflow_rect *in,
                                    sepflow_rect *out) {
    (void)plan;
    *out = *in;
    return SEPFLOW_OK;
}

static sepflow_status input_region(const sepflow_plan *plan, uint32_t port, const sepflow_rect *out,
                                   const sepflow_rect *domain, sepflow_rect *in) {
    (void)plan, (void)port, (void)domain;
    *in = *out;
    return SEPFLOW_OK;
}

static float *sample(const sepflow_image *image, int64_t x, int64_t y, int32_t channel) {
    return (float *)((char *)image->data + (x - image->bounds.x) * image->stride_x +
                     (y - image->bounds.y) * image->stride_y + channel * image->stride_c);
}

static int fits(const sepflow_image *image, const sepflow_plan *plan) {
    return image->struct_size >= sizeof *image && image->flags == 0 && image->type == SEPFLOW_F32 &&
           image->channels == plan->channels && image->data != NULL;
}

static sepflow_status process(const sepflow_plan *plan, const sepflow_process *call,
                              sepflow_error *error) {
    if (call == NULL) return fail(error, SEPFLOW_E_INVALID, -1, "the call is NULL");
    if (call->struct_size < sizeof *call) return fail(error, SEPFLOW_E_ABI, -1, "a short call");
    if (call->flags != 0) return fail(error, SEPFLOW_E_UNSUPPORTED, -1, "unknown flags");
    if (call->inputs == NULL || call->input_count != 2 || call->outputs == NULL ||
        call->output_count != 1)
        return fail(error, SEPFLOW_E_INVALID, -1, "two inputs and one output");
    const sepflow_image *a = &call->inputs[0], *b = &call->inputs[1], *out = &call->outputs[0];
    if (!fits(a, plan) || !fits(b, plan) || !fits(out, plan))
        return fail(error, SEPFLOW_E_FORMAT, -1, "an image is not as the plan takes it");
    const sepflow_host *host = call->host;
    const sepflow_rect *r = &call->region;
    for (int64_t y = r->y; y < r->y + r->h; ++y) {
        if (host != NULL && host->is_cancelled != NULL &&
            host->is_cancelled(host->ctx, call->call_ctx) != 0)
            return fail(error, SEPFLOW_E_CANCELLED, -1, "cancelled");
        for (int64_t x = r->x; x < r->x + r->w; ++x)
            for (int32_t c = 0; c < plan->channels; ++c)
                *sample(out, x, y, c) =
                    (float)(*sample(a, x, y, c) + plan->weight * *sample(b, x, y, c));
    }
    return SEPFLOW_OK;
}

static const sepflow_type types[] = {SEPFLOW_F32};
static const sepflow_port_desc ports[] = {
    {sizeof ports[0], SEPFLOW_INPUT, 0, 1, "a", 1, 0, types},
    {sizeof ports[0], SEPFLOW_INPUT, 0, 1, "b", 1, 0, types},
    {sizeof ports[0], SEPFLOW_OUTPUT, 0, 1, "out", 1, 0, types},
};
static const sepflow_param_desc params[] = {
    {.struct_size = sizeof params[0],
     .type = SEPFLOW_VALUE_FLOAT,
     .flags = SEPFLOW_PARAM_SETUP,
     .id = "weight",
     .name = "Weight",
     .doc = "Of b",
     .min = -4,
     .max = 4,
     .def = 1},
};
static const sepflow_node_desc desc = {
    .struct_size = sizeof desc,
    .flags = SEPFLOW_NODE_PURE | SEPFLOW_NODE_TILE_EXACT | SEPFLOW_NODE_THREAD_EXACT,
    .id = "test.v0_1.sum/1",
    .name = "Weighted sum",
    .summary = "out = a + weight * b",
    .version = "0.1",
    .port_count = 3,
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

static const sepflow_node_desc *node(uint32_t index) {
    return index == 0 ? &desc : NULL;
}
static sepflow_status init(const sepflow_host *host, sepflow_error *error) {
    (void)host, (void)error;
    return SEPFLOW_OK;
}
static void deinit(void) {}

SEPFLOW_EXPORT const sepflow_entry *SEPFLOW_ENTRY_NAME(void);

const sepflow_entry *SEPFLOW_ENTRY_NAME(void) {
    static const sepflow_entry entry = {
        .struct_size = sizeof entry,
        .abi_major = SEPFLOW_ABI_MAJOR,
        .abi_minor_needed = SEPFLOW_ABI_TARGET_MINOR,
        .node_count = 1,
        .id = "test.v0_1",
        .version = "0.1",
        .vendor = "tests",
        .license = "MIT",
        .node = node,
        .init = init,
        .deinit = deinit,
    };
    return &entry;
}
