// Time of a 1080p frame through sepflow and through gaussianblur of GStreamer's "bad" plugins,
// which takes AYUV only. Elements stand alone between two pads of a harness, whose buffers come
// from a pool, as those of a video sink do; contenders take turns. Processor time is of all
// threads; where others use the processors, too, it tells more than elapsed time.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr int kWidth = 1920, kHeight = 1080, kRounds = 21;

GstPadProbeReturn offer_pool(GstPad *, GstPadProbeInfo *info, gpointer) {
    GstQuery *query = GST_PAD_PROBE_INFO_QUERY(info);
    if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION) return GST_PAD_PROBE_OK;
    GstCaps *caps = nullptr;
    gst_query_parse_allocation(query, &caps, nullptr);
    GstVideoInfo video;
    gst_video_info_from_caps(&video, caps);
    GstBufferPool *pool = gst_video_buffer_pool_new();
    GstStructure *config = gst_buffer_pool_get_config(pool);
    gst_buffer_pool_config_set_params(config, caps, static_cast<guint>(video.size), 2, 0);
    gst_buffer_pool_set_config(pool, config);
    gst_query_add_allocation_pool(query, pool, static_cast<guint>(video.size), 2, 0);
    gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
    gst_object_unref(pool);
    return GST_PAD_PROBE_HANDLED;
}

struct Milliseconds {
    double elapsed, processor;
    static Milliseconds now() {
        const std::chrono::duration<double, std::milli> since =
            std::chrono::steady_clock::now().time_since_epoch();
        timespec used;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        return {since.count(),
                1e3 * static_cast<double>(used.tv_sec) + 1e-6 * static_cast<double>(used.tv_nsec)};
    }
};

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// Noise that is opaque, but for alpha that is noise, too, if asked for.
GstBuffer *noise(size_t alpha, bool is_opaque) {
    GstBuffer *buffer = gst_buffer_new_allocate(nullptr, 4 * kWidth * kHeight, nullptr);
    GstMapInfo map;
    gst_buffer_map(buffer, &map, GST_MAP_WRITE);
    std::mt19937 random(1);
    std::generate(map.data, map.data + map.size, [&] { return static_cast<guint8>(random()); });
    for (size_t i = alpha; i < map.size && is_opaque; i += 4) map.data[i] = 255;
    gst_buffer_unmap(buffer, &map);
    return buffer;
}

class Contender {
  public:
    Contender(std::string name, const std::string &format, const char *launch,
              bool is_opaque = true)
        : name_(std::move(name)),
          harness_(gst_harness_new_parse(launch)),
          in_(noise(format == "AYUV" ? 0 : 3, is_opaque)) {
        const std::string caps = "video/x-raw, framerate=30/1, width=" + std::to_string(kWidth) +
                                 ", height=" + std::to_string(kHeight) + ", format=" + format;
        gst_pad_add_probe(harness_->sinkpad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, offer_pool,
                          nullptr, nullptr);
        gst_harness_set_src_caps_str(harness_, caps.c_str());
    }
    Contender(const Contender &) = delete;
    Contender &operator=(const Contender &) = delete;
    ~Contender() {
        gst_buffer_unref(in_);
        gst_harness_teardown(harness_);
    }

    void frame() {
        const Milliseconds start = Milliseconds::now();
        GstBuffer *out = gst_harness_push_and_pull(harness_, gst_buffer_ref(in_));
        const Milliseconds end = Milliseconds::now();
        gst_buffer_unref(out);
        elapsed_.push_back(end.elapsed - start.elapsed);
        processor_.push_back(end.processor - start.processor);
    }
    void forget() {
        elapsed_.clear();
        processor_.clear();
    }
    Milliseconds medians() const { return {median(elapsed_), median(processor_)}; }
    const std::string &name() const { return name_; }

  private:
    std::string name_;
    GstHarness *harness_;
    GstBuffer *in_;
    std::vector<double> elapsed_, processor_;
};

}  // namespace

int main(int argc, char **argv) {
    gst_init(&argc, &argv);
    if (gst_element_factory_find("gaussianblur") == nullptr ||
        gst_element_factory_find("sepflow") == nullptr) {
        std::fprintf(stderr, "gaussianblur (gstreamer1.0-plugins-bad) or sepflow is missing\n");
        return 1;
    }
    const char *between =
        "videoconvert ! capsfilter caps=video/x-raw,format=AYUV ! gaussianblur sigma=3 ! "
        "videoconvert ! "
        "capsfilter caps=video/x-raw,format=RGBA";
    Contender all[] = {{"gaussianblur, AYUV, 1 thread", "AYUV", "gaussianblur sigma=3"},
                       {"videoconvert, gaussianblur, videoconvert, RGBA", "RGBA", between},
                       {"sepflow, AYUV, 1 thread", "AYUV", "sepflow kernel=gaussian_3 threads=1"},
                       {"sepflow, RGBA, 1 thread", "RGBA", "sepflow kernel=gaussian_3 threads=1"},
                       {"sepflow, RGBA, a thread per CPU", "RGBA", "sepflow kernel=gaussian_3"},
                       {"sepflow, RGBA, alpha=straight, 1 thread", "RGBA",
                        "sepflow kernel=gaussian_3 alpha=straight threads=1"},
                       {"sepflow, RGBA that is not opaque, alpha=straight, 1 thread", "RGBA",
                        "sepflow kernel=gaussian_3 alpha=straight threads=1", false}};
    for (Contender &contender : all) {
        contender.frame();
        contender.forget();
    }
    for (int round = 0; round < kRounds; ++round) {
        for (Contender &contender : all) contender.frame();
    }
    std::printf("%d x %d, sigma 3, median of %d frames in turns\n\n", kWidth, kHeight, kRounds);
    std::printf(
        "| element | ms a frame | processor ms | times as fast as gaussianblur | by processor time "
        "|\n|---|---:|---:|---:|---:|\n");
    const Milliseconds theirs = all[0].medians();
    for (const Contender &contender : all) {
        const Milliseconds ours = contender.medians();
        std::printf("| %s | %.1f | %.1f | %.1f | %.1f |\n", contender.name().c_str(), ours.elapsed,
                    ours.processor, theirs.elapsed / ours.elapsed,
                    theirs.processor / ours.processor);
    }
}
