// The element linked into a program, without a plugin file.
#include <cstdlib>
#include <doctest/doctest.h>
#include <gst/check/gstharness.h>

G_BEGIN_DECLS
GST_PLUGIN_STATIC_DECLARE(sepflow);
G_END_DECLS

TEST_CASE("a program registers the element statically and filters with it") {
    setenv("GST_REGISTRY_DISABLE", "yes", 1);
    gst_init(nullptr, nullptr);
    CHECK(gst_element_factory_find("sepflow") == nullptr);
    GST_PLUGIN_STATIC_REGISTER(sepflow);

    GstHarness *harness = gst_harness_new("sepflow");
    REQUIRE(harness != nullptr);
    g_object_set(harness->element, "kernel", "box 3 1", "border", 2 /* replicate */, nullptr);
    gst_harness_set_src_caps_str(harness,
                                 "video/x-raw, format=GRAY8, width=4, height=1, framerate=1/1");
    const guint8 row[] = {30, 60, 90, 0};
    GstBuffer *in = gst_buffer_new_memdup(row, sizeof row);
    GstBuffer *out = gst_harness_push_and_pull(harness, in);
    const guint8 expected[] = {40, 60, 50, 30};
    CHECK(gst_buffer_memcmp(out, 0, expected, sizeof expected) == 0);
    gst_buffer_unref(out);
    gst_harness_teardown(harness);
}
