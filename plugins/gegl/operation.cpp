#include "plugins/gegl/operation.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "plugins/gegl/picture.h"
#include "plugins/gegl/settings.h"
#include "runtime/base/error.h"
#include "runtime/base/rect.h"

namespace sepflow::gegl {

namespace {

// prepare makes the picture, again and again; process only reads it, on many threads.
struct Separable {
    Settings settings;
    HostedFilter filter;
    bool is_changed = true;          // settings, since the filter was given them
    std::optional<Picture> picture;  // none after an error
    std::shared_ptr<const NodePlan> plan;
    std::mutex mutex;  // guards shown_error
    std::string shown_error;
};

struct Operation {
    GeglOperationFilter parent;
    Separable *separable;
};

struct OperationClass {
    GeglOperationFilterClass parent;
};

gpointer parent_class = nullptr;

Separable &separable_of(gpointer operation) {
    return *static_cast<Operation *>(operation)->separable;
}

// Warns once. GEGL has no way to refuse: pixels that an operation does not write are black, and
// programs succeed nevertheless.
void warn_of_pass_through(Separable &separable, const char *why) {
    bool is_new = true;
    guarded(nullptr, [&] {
        const std::lock_guard<std::mutex> lock(separable.mutex);
        is_new = separable.shown_error != why;
        separable.shown_error = why;
    });
    if (is_new) g_warning("sepflow:separable: the picture passes through unchanged: %s", why);
}

sepflow_rect box_of(GeglOperation *operation) {
    const GeglRectangle *box = gegl_operation_source_get_bounding_box(operation, "input");
    return box != nullptr ? rect_of(*box) : sepflow_rect{0, 0, 0, 0};
}

void set_up(GeglOperation *operation, Separable &separable, const Babl *format) {
    if (separable.is_changed) separable.settings.give(separable.filter);
    separable.is_changed = false;
    separable.plan =
        separable.filter.plan(SEPFLOW_F32, SEPFLOW_F32, babl_format_get_n_components(format));
    separable.picture.emplace(separable.plan, box_of(operation), format,
                              separable.settings.beyond(), separable.settings.keeps_alpha());
}

void prepare(GeglOperation *operation) {
    Separable &separable = separable_of(operation);
    const Babl *format = working_format(gegl_operation_get_source_format(operation, "input"),
                                        gegl_operation_get_source_space(operation, "input"),
                                        separable.settings.beyond().is_transparent);
    gegl_operation_set_format(operation, "input", format);
    gegl_operation_set_format(operation, "output", format);
    separable.picture.reset();
    separable.plan.reset();
    try {
        set_up(operation, separable, format);
        separable.shown_error.clear();
    } catch (const std::exception &e) {
        separable.is_changed = true;
        separable.plan.reset();
        warn_of_pass_through(separable, e.what());
    }
}

GeglRectangle bounding_box(GeglOperation *operation) {
    return rectangle_of(box_of(operation));
}

GeglRectangle required_for_output(GeglOperation *operation, const gchar *,
                                  const GeglRectangle *out) {
    const Separable &separable = separable_of(operation);
    if (!separable.picture) return *out;
    return rectangle_of(separable.picture->needed(rect_of(*out)));
}

// A pixel reaches others as far as the kernel's longer side, since mirrored it lies on the other
// one. Past that reach only rules that read far bring it, and the transform's blocks, whose
// rounding it touches.
GeglRectangle invalidated_by_change(GeglOperation *operation, const gchar *,
                                    const GeglRectangle *in) {
    const Separable &separable = separable_of(operation);
    const sepflow_rect box = box_of(operation);
    if (!separable.plan || separable.settings.beyond().reads_far) return rectangle_of(box);
    const sepflow_plan_info info = separable.plan->info();
    if (info.method != nullptr && std::string(info.method) == "fft") return rectangle_of(box);
    const int64_t x = std::max(info.left, info.right), y = std::max(info.top, info.bottom);
    const sepflow_rect touched = {in->x - x, in->y - y, in->width + 2 * x, in->height + 2 * y};
    return rectangle_of(intersected(touched, box));
}

// Passes the input through as it is where the kernel is an identity, or refused.
gboolean process_node(GeglOperation *operation, GeglOperationContext *context,
                      const gchar *output_pad, const GeglRectangle *region, gint level) {
    const auto &plan = separable_of(operation).plan;
    if (!plan || (plan->info().flags & SEPFLOW_PLAN_IDENTITY) != 0) {
        GObject *input = gegl_operation_context_dup_object(context, "input");
        if (input != nullptr) gegl_operation_context_take_object(context, "output", input);
        return TRUE;
    }
    return GEGL_OPERATION_CLASS(parent_class)
        ->process(operation, context, output_pad, region, level);
}

// GEGL calls this for parts of a region at once.
gboolean process(GeglOperation *operation, GeglBuffer *input, GeglBuffer *output,
                 const GeglRectangle *region, gint) {
    Separable &separable = separable_of(operation);
    try {
        separable.picture->filter(input, output, rect_of(*region));
    } catch (const std::exception &e) {
        warn_of_pass_through(separable, e.what());
        gegl_buffer_copy(input, region, GEGL_ABYSS_NONE, output, region);
    }
    return TRUE;
}

void set_property(GObject *object, guint id, const GValue *value, GParamSpec *) {
    separable_of(object).settings.set(id, *value);
    separable_of(object).is_changed = true;
}

void get_property(GObject *object, guint id, GValue *value, GParamSpec *) {
    separable_of(object).settings.get(id, *value);
}

void finalize(GObject *object) {
    delete static_cast<Operation *>(static_cast<gpointer>(object))->separable;
    G_OBJECT_CLASS(parent_class)->finalize(object);
}

void init_class(gpointer klass, gpointer) {
    parent_class = g_type_class_peek_parent(klass);
    auto *object_class = static_cast<GObjectClass *>(klass);
    object_class->set_property = set_property;
    object_class->get_property = get_property;
    object_class->finalize = finalize;
    Settings::install(object_class);

    auto *operation_class = static_cast<GeglOperationClass *>(klass);
    operation_class->prepare = prepare;
    operation_class->process = process_node;
    operation_class->get_bounding_box = bounding_box;
    operation_class->get_required_for_output = required_for_output;
    operation_class->get_invalidated_by_change = invalidated_by_change;
    operation_class->threaded = TRUE;
    operation_class->opencl_support = FALSE;
    static_cast<GeglOperationFilterClass *>(klass)->process = process;

    gegl_operation_class_set_keys(operation_class, "name", "sepflow:separable", "title",
                                  HostedFilter::desc().name, "categories", "blur:edge-detect",
                                  "description", HostedFilter::desc().summary, nullptr);
}

void init(GTypeInstance *instance, gpointer) {
    static_cast<Operation *>(static_cast<gpointer>(instance))->separable = new Separable;
}

}  // namespace

void register_operation(GTypeModule *module) {
    Settings::register_enums(module);
    GTypeInfo info = {};
    info.class_size = sizeof(OperationClass);
    info.class_init = init_class;
    info.instance_size = sizeof(Operation);
    info.instance_init = init;
    g_type_module_register_type(module, GEGL_TYPE_OPERATION_FILTER, "SepflowGeglSeparable", &info,
                                static_cast<GTypeFlags>(0));
}

}  // namespace sepflow::gegl
