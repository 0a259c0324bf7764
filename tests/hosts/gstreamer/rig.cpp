#include "tests/hosts/gstreamer/rig.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <doctest/doctest.h>
#include <random>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace {

constexpr uint8_t kCanary = 0x5a, kInputCanary = 0x31;

int thread_count() {
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    while (const dirent *entry = readdir(tasks)) count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

unsigned fpu_state() {
#if defined(__x86_64__)
    return _mm_getcsr() & 0xffc0;  // all but the sticky flags
#else
    return 0;
#endif
}

class Mapped {
  public:
    Mapped(GstBuffer *buffer, const GstVideoInfo &info, GstMapFlags flags) {
        REQUIRE(gst_video_frame_map(&frame, &info, buffer, flags));
    }
    Mapped(const Mapped &) = delete;
    Mapped &operator=(const Mapped &) = delete;
    ~Mapped() { gst_video_frame_unmap(&frame); }

    // Calls visit(address) for each sample, row by row.
    template <typename Visit>
    void each(unsigned c, const Visit &visit) const {
        gint offset = GST_VIDEO_FRAME_COMP_POFFSET(&frame, c);
        if (is_word(c) && offset == 1) offset = 2;  // V of P010 and the like in GStreamer 1.22
        for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, c); ++y) {
            auto *sample = static_cast<uint8_t *>(
                               GST_VIDEO_FRAME_PLANE_DATA(&frame, frame.info.finfo->plane[c])) +
                           y * GST_VIDEO_FRAME_COMP_STRIDE(&frame, c) + offset;
            for (int x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH(&frame, c); ++x) {
                visit(sample);
                sample += GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, c);
            }
        }
    }
    bool is_word(unsigned c) const { return GST_VIDEO_FRAME_COMP_DEPTH(&frame, c) > 8; }
    void put(unsigned c, uint8_t *sample, unsigned value) const {
        const auto word =
            static_cast<uint16_t>(value << GST_VIDEO_FORMAT_INFO_SHIFT(frame.info.finfo, c));
        std::memcpy(sample, &word, is_word(c) ? 2 : 1);
    }

    GstVideoFrame frame;
};

}  // namespace

const Loading &load_plugin() {
    static const Loading loading = [] {
        for (const char *name : {"GST_PLUGIN_PATH", "GST_PLUGIN_PATH_1_0", "GST_PLUGIN_SYSTEM_PATH",
                                 "GST_PLUGIN_SYSTEM_PATH_1_0"})
            setenv(name, "", 1);
        setenv("GST_REGISTRY_DISABLE", "yes", 1);
        gst_init(nullptr, nullptr);
        Loading made = {thread_count(), 0, fpu_state(), 0};
        GError *error = nullptr;
        GstPlugin *plugin = gst_plugin_load_file(SEPFLOW_GSTREAMER, &error);
        REQUIRE_MESSAGE(plugin != nullptr, (error != nullptr ? error->message : ""));
        gst_object_unref(plugin);
        gst_object_unref(gst_object_ref_sink(gst_element_factory_make("sepflow", nullptr)));
        made.threads_after = thread_count();
        made.fpu_after = fpu_state();
        return made;
    }();
    return loading;
}

Frame Frame::blank(const GstVideoInfo &info, int padding) {
    gsize offsets[GST_VIDEO_MAX_PLANES] = {}, size = static_cast<gsize>(padding);
    gint strides[GST_VIDEO_MAX_PLANES] = {};
    for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES(&info); ++p) {
        const gsize end = p + 1 < GST_VIDEO_INFO_N_PLANES(&info) ? info.offset[p + 1] : info.size;
        const auto rows = (end - info.offset[p]) / static_cast<gsize>(info.stride[p]);
        offsets[p] = size;
        strides[p] = info.stride[p] + padding;
        size += rows * static_cast<gsize>(strides[p]) + static_cast<gsize>(padding);
    }
    GstBuffer *buffer = gst_buffer_new_allocate(nullptr, size, nullptr);
    gst_buffer_memset(buffer, 0, kCanary, size);
    gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info),
                                   static_cast<guint>(info.width), static_cast<guint>(info.height),
                                   GST_VIDEO_INFO_N_PLANES(&info), offsets, strides);
    return Frame(buffer);
}

Frame Frame::noise(const GstVideoInfo &info, unsigned seed, int padding) {
    Frame frame = blank(info, padding);
    gst_buffer_memset(frame.buffer(), 0, kInputCanary, gst_buffer_get_size(frame.buffer()));
    const Mapped mapped(frame.buffer(), info, GST_MAP_WRITE);
    std::mt19937 random(seed);
    for (unsigned c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&info); ++c) {
        const unsigned most = (1u << GST_VIDEO_INFO_COMP_DEPTH(&info, c)) - 1;
        mapped.each(c, [&](uint8_t *sample) {
            // Some are at the ends, for alpha's sake.
            const auto bits = static_cast<unsigned>(random());
            const unsigned value = bits % 5 == 0 ? 0 : bits % 5 == 1 ? most : (bits >> 8) % most;
            mapped.put(c, sample, value);
        });
    }
    return frame;
}

void Frame::set(const GstVideoInfo &info, unsigned component, const std::vector<uint16_t> &values) {
    const Mapped mapped(buffer(), info, GST_MAP_WRITE);
    size_t i = 0;
    mapped.each(component, [&](uint8_t *sample) { mapped.put(component, sample, values.at(i++)); });
}

void Frame::set_alpha(const GstVideoInfo &info, uint16_t value) {
    const Mapped mapped(buffer(), info, GST_MAP_WRITE);
    mapped.each(GST_VIDEO_COMP_A,
                [&](uint8_t *sample) { mapped.put(GST_VIDEO_COMP_A, sample, value); });
}

std::vector<uint8_t> Frame::bytes() const {
    std::vector<uint8_t> all(gst_buffer_get_size(buffer()));
    gst_buffer_extract(buffer(), 0, all.data(), all.size());
    return all;
}

Samples Frame::component(const GstVideoInfo &info, unsigned index) const {
    const Mapped mapped(buffer(), info, GST_MAP_READ);
    Samples samples;
    samples.w = GST_VIDEO_FRAME_COMP_WIDTH(&mapped.frame, index);
    samples.h = GST_VIDEO_FRAME_COMP_HEIGHT(&mapped.frame, index);
    mapped.each(index, [&](const uint8_t *sample) {
        uint16_t value = *sample;
        if (mapped.is_word(index)) std::memcpy(&value, sample, 2);
        samples.values.push_back(value);
    });
    return samples;
}

std::vector<Samples> Frame::components(const GstVideoInfo &info) const {
    std::vector<Samples> all;
    for (unsigned c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&info); ++c)
        all.push_back(component(info, c));
    return all;
}

bool Frame::has_clear_gaps(const GstVideoInfo &info) const {
    std::vector<uint8_t> all = bytes();
    GstMapInfo memory;
    gst_buffer_map(buffer(), &memory, GST_MAP_READ);
    {
        const Mapped mapped(buffer(), info, GST_MAP_READ);
        for (unsigned c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&info); ++c) {
            // The padding of xRGB and its like is part of a pixel.
            const bool padded = GST_VIDEO_FORMAT_INFO_IS_RGB(info.finfo) &&
                                GST_VIDEO_INFO_N_COMPONENTS(&info) == 3 &&
                                GST_VIDEO_INFO_COMP_PSTRIDE(&info, c) == 4;
            const gint start = padded ? GST_VIDEO_INFO_COMP_POFFSET(&info, c) : 0;
            mapped.each(c, [&](const uint8_t *sample) {
                std::memset(&all[static_cast<size_t>(sample - start - memory.data)], 0,
                            padded              ? 4
                            : mapped.is_word(c) ? 2
                                                : 1);
            });
        }
    }
    gst_buffer_unmap(buffer(), &memory);
    return std::all_of(all.begin(), all.end(), [](uint8_t byte) { return byte == 0; });
}

Rig::Rig(const std::string &kernel) {
    load_plugin();
    harness_ = gst_harness_new("sepflow");
    bus_ = gst_bus_new();
    gst_element_set_bus(element(), bus_);
    set("kernel", kernel);
}

Rig::~Rig() {
    gst_element_set_bus(element(), nullptr);
    gst_harness_teardown(harness_);
    gst_object_unref(bus_);
}

void Rig::set(const char *property, const std::string &value) {
    gst_util_set_object_arg(G_OBJECT(element()), property, value.c_str());
}

std::string Rig::kernel() const {
    gchar *text = nullptr;
    g_object_get(element(), "kernel", &text, nullptr);
    const std::string kernel = text;
    g_free(text);
    return kernel;
}

const GstVideoInfo &Rig::format(const std::string &format, int w, int h) {
    const std::string text = "video/x-raw, framerate=1/1, width=" + std::to_string(w) +
                             ", height=" + std::to_string(h) + ", format=" + format;
    GstCaps *caps = gst_caps_from_string(text.c_str());
    gst_video_info_init(&info_);
    REQUIRE_MESSAGE(gst_video_info_from_caps(&info_, caps), text);
    gst_harness_set_src_caps(harness_, caps);
    return info_;
}

Frame Rig::filtered(const Frame &in) {
    return Frame(gst_harness_push_and_pull(harness_, in.new_reference()));
}

std::string Rig::message(GstMessageType type) {
    GstMessage *message = gst_bus_pop_filtered(bus_, type);
    if (message == nullptr) return "";
    GError *error = nullptr;
    if (type == GST_MESSAGE_WARNING) gst_message_parse_warning(message, &error, nullptr);
    if (type == GST_MESSAGE_ERROR) gst_message_parse_error(message, &error, nullptr);
    const std::string text = error->message;
    g_error_free(error);
    gst_message_unref(message);
    return text;
}

std::vector<std::string> all_formats() {
    load_plugin();
    GstElementFactory *factory = gst_element_factory_find("sepflow");
    const auto *pad = static_cast<const GstStaticPadTemplate *>(
        gst_element_factory_get_static_pad_templates(factory)->data);
    GstCaps *caps = gst_caps_from_string(pad->static_caps.string);
    const GValue *list = gst_structure_get_value(gst_caps_get_structure(caps, 0), "format");
    std::vector<std::string> formats;
    for (guint i = 0; i < gst_value_list_get_size(list); ++i)
        formats.emplace_back(g_value_get_string(gst_value_list_get_value(list, i)));
    gst_caps_unref(caps);
    gst_object_unref(factory);
    return formats;
}
