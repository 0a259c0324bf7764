#include "plugins/gstreamer/element.h"

#include <string>

#include "plugins/gstreamer/live_plan.h"
#include "runtime/base/error.h"

using sepflow::gstreamer::FramePlan;
using sepflow::gstreamer::LivePlan;
using sepflow::gstreamer::Settings;

// Instance of the GObject class. GObject zeroes it, so C++ objects in it are made and destroyed by
// hand.
struct GstSepflow {
    GstVideoFilter filter;
    LivePlan *live;
    std::shared_ptr<const FramePlan>
        *plan;  // of the frame under way; belongs to the thread of the frames
};
struct GstSepflowClass {
    GstVideoFilterClass parent;
};

G_DEFINE_TYPE(GstSepflow, gst_sepflow, GST_TYPE_VIDEO_FILTER)

namespace {

// Formats in order of falling quality, as GStreamer lists them. Left out are words of odd bits or
// of the other byte order, and tiles.
constexpr const char *kFormats =
    "{ ABGR64_LE, BGRA64_LE, AYUV64, ARGB64_LE, ARGB64, RGBA64_LE, GBRA_12LE, A444_10LE, "
    "GBRA_10LE, "
    "A422_10LE, A420_10LE, GBRA, ABGR, VUYA, BGRA, AYUV, ARGB, RGBA, A420, AV12, Y444_16LE, "
    "P016_LE, "
    "Y444_12LE, GBR_12LE, I422_12LE, I420_12LE, P012_LE, Y444_10LE, GBR_10LE, I422_10LE, "
    "I420_10LE, "
    "P010_10LE, Y444, RGBP, GBR, BGRP, NV24, xBGR, BGRx, xRGB, RGBx, BGR, IYU2, v308, RGB, Y42B, "
    "NV61, "
    "NV16, VYUY, UYVY, YVYU, YUY2, I420, YV12, NV21, NV12, Y41B, YVU9, YUV9, GRAY16_LE, GRAY8 }";

GstSepflow *self_of(gpointer object) {
    return static_cast<GstSepflow *>(object);
}

// The sentence of a failure; empty: there was none.
template <typename Body>
std::string failure_of(Body &&body) {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    return sepflow::guarded(&error, body) == SEPFLOW_OK ? "" : error.message;
}

void set_property(GObject *object, guint id, const GValue *value, GParamSpec *) {
    self_of(object)->live->set(id, *value);
}

void get_property(GObject *object, guint id, GValue *value, GParamSpec *) {
    self_of(object)->live->get(id, *value);
}

// Called once for all that one g_object_set changes, on its thread.
void dispatch_properties_changed(GObject *object, guint count, GParamSpec **specs) {
    const std::string failure = failure_of([&] { self_of(object)->live->commit(); });
    if (!failure.empty())
        GST_ELEMENT_WARNING(object, LIBRARY, SETTINGS, ("%s", failure.c_str()),
                            ("the properties keep their values"));
    G_OBJECT_CLASS(gst_sepflow_parent_class)->dispatch_properties_changed(object, count, specs);
}

void finalize(GObject *object) {
    delete self_of(object)->live;
    delete self_of(object)->plan;
    G_OBJECT_CLASS(gst_sepflow_parent_class)->finalize(object);
}

// A format that nothing can be done with is named here; later, GStreamer only says that negotiation
// failed.
gboolean accept_caps(GstBaseTransform *base, GstPadDirection direction, GstCaps *caps) {
    if (GST_BASE_TRANSFORM_CLASS(gst_sepflow_parent_class)->accept_caps(base, direction, caps))
        return TRUE;
    const GstStructure *structure = gst_caps_get_structure(caps, 0);
    const gchar *format = gst_structure_get_string(structure, "format");
    GST_ELEMENT_WARNING(base, STREAM, FORMAT,
                        ("format %s is not supported; put videoconvert before sepflow",
                         format != nullptr ? format : gst_structure_get_name(structure)),
                        (nullptr));
    return FALSE;
}

gboolean set_info(GstVideoFilter *filter, GstCaps *, GstVideoInfo *info, GstCaps *,
                  GstVideoInfo *) {
    const std::string failure = failure_of([&] { self_of(filter)->live->configure(*info); });
    if (failure.empty()) return TRUE;
    GST_ELEMENT_ERROR(filter, LIBRARY, SETTINGS, ("%s", failure.c_str()), (nullptr));
    return FALSE;
}

gboolean stop(GstBaseTransform *base) {
    self_of(base)->live->forget_format();
    self_of(base)->plan->reset();
    return TRUE;
}

// One plan for all of a frame, chosen before GStreamer asks whether there is anything to do.
void before_transform(GstBaseTransform *base, GstBuffer *buffer) {
    const GstClockTime time =
        gst_segment_to_stream_time(&base->segment, GST_FORMAT_TIME, GST_BUFFER_TIMESTAMP(buffer));
    if (GST_CLOCK_TIME_IS_VALID(time)) gst_object_sync_values(GST_OBJECT(base), time);
    auto &plan = *self_of(base)->plan;
    plan = self_of(base)->live->plan();
    const gboolean is_identity = plan != nullptr && plan->is_identity();
    if (gst_base_transform_is_passthrough(base) == is_identity) return;
    gst_base_transform_set_passthrough(base, is_identity);
    gst_base_transform_reconfigure_src(base);  // its buffers come from elsewhere now
}

GstFlowReturn transform_frame(GstVideoFilter *filter, GstVideoFrame *in, GstVideoFrame *out) {
    const std::string failure = failure_of([&] { (*self_of(filter)->plan)->run(*in, *out); });
    if (failure.empty()) return GST_FLOW_OK;
    GST_ELEMENT_ERROR(filter, LIBRARY, FAILED, ("%s", failure.c_str()), (nullptr));
    return GST_FLOW_ERROR;
}

void add_pad_template(GstElementClass *element_class, const char *name, GstPadDirection direction) {
    GstCaps *caps =
        gst_caps_from_string((std::string("video/x-raw, format = (string) ") + kFormats +
                              ", width = " GST_VIDEO_SIZE_RANGE ", height = " GST_VIDEO_SIZE_RANGE
                              ", framerate = " GST_VIDEO_FPS_RANGE)
                                 .c_str());
    gst_element_class_add_pad_template(element_class,
                                       gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps));
    gst_caps_unref(caps);
}

}  // namespace

void gst_sepflow_class_init(GstSepflowClass *klass) {
    auto *object_class = G_OBJECT_CLASS(klass);
    object_class->set_property = set_property;
    object_class->get_property = get_property;
    object_class->dispatch_properties_changed = dispatch_properties_changed;
    object_class->finalize = finalize;
    Settings::install(object_class);

    auto *element_class = GST_ELEMENT_CLASS(klass);
    gst_element_class_set_static_metadata(
        element_class, "Separable convolution", "Filter/Effect/Video",
        "Convolves video with any 2-D kernel, such as \"gaussian 3\", \"disc 7.5\", \"sobel x\" or "
        "\"3x3 0 1 0 1 4 1 0 1 0 norm\", as a sum of pairs of 1-D passes",
        "The Sepflow authors");
    add_pad_template(element_class, "sink", GST_PAD_SINK);
    add_pad_template(element_class, "src", GST_PAD_SRC);

    auto *base_class = GST_BASE_TRANSFORM_CLASS(klass);
    base_class->accept_caps = accept_caps;
    base_class->before_transform = before_transform;
    base_class->stop = stop;
    base_class->transform_ip_on_passthrough = FALSE;
    auto *filter_class = GST_VIDEO_FILTER_CLASS(klass);
    filter_class->set_info = set_info;
    filter_class->transform_frame = transform_frame;
}

void gst_sepflow_init(GstSepflow *self) {
    self->live = new LivePlan;
    self->plan = new std::shared_ptr<const FramePlan>;
}
