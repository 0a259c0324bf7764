// The element's life: loading, formats that change, properties that change while frames flow, and
// what it says.
#include <atomic>
#include <cstdio>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <gst/controller/gstdirectcontrolbinding.h>
#include <gst/controller/gstinterpolationcontrolsource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "tests/hosts/gstreamer/rig.h"

namespace {

// A folder of this test's own, gone afterwards.
struct Folder {
    std::string path;
    Folder() {
        char name[] = "/tmp/sepflow-gstreamer-XXXXXX";
        REQUIRE(mkdtemp(name) != nullptr);
        path = name;
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
};

void write(const std::string &file, const char *text) {
    std::ofstream(file) << text;
}

// Returns the results of an element that never had another kernel.
std::vector<Samples> fresh(const std::string &kernel, const std::string &format, int w, int h,
                           double delta = 0) {
    Rig rig(kernel);
    g_object_set(rig.element(), "delta", delta, nullptr);
    const GstVideoInfo &info = rig.format(format, w, h);
    return rig.filtered(Frame::noise(info)).components(info);
}

}  // namespace

TEST_CASE("loading it and making an element starts no thread and leaves the FPU alone") {
    const Loading &loading = load_plugin();
    CHECK(loading.threads_after == loading.threads_before);
    CHECK(loading.fpu_after == loading.fpu_before);
    Rig rig;
    const GstVideoInfo &info = rig.format("RGBA", 67, 43);
    rig.filtered(Frame::noise(info));
    CHECK(load_plugin().fpu_after == loading.fpu_before);
}

TEST_CASE("nothing is set up before the format of the frames is known") {
    const Folder folder;
    const std::string file = folder.path + "/kernel.csv";
    Rig rig("file " + file);
    CHECK(rig.message(GST_MESSAGE_WARNING) == "");
    write(file, "1 2 3\n4 5 6\n");
    const GstVideoInfo &info = rig.format("GRAY8", 67, 43);
    const Frame out = rig.filtered(Frame::noise(info));
    CHECK(out.components(info) == fresh("2x3 1 2 3 4 5 6", "GRAY8", 67, 43));
}

TEST_CASE("formats and sizes change while frames flow") {
    Rig rig("3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 3 norm");
    for (const auto &[format, w, h] : {std::tuple("RGBA", 64, 48),
                                       {"RGBA", 31, 17},
                                       {"I420", 31, 17},
                                       {"GRAY16_LE", 5, 80},
                                       {"NV12", 64, 48},
                                       {"NV12", 63, 48},
                                       {"NV12", 62, 47},
                                       {"NV12", 64, 48},
                                       {"NV12, colorimetry=1:3:5:1", 64, 48},
                                       {"RGBA", 64, 48}}) {
        CAPTURE(format);
        const GstVideoInfo &info = rig.format(format, w, h);
        CHECK(rig.filtered(Frame::noise(info)).components(info) ==
              fresh(rig.kernel(), format, w, h));
    }
}

TEST_CASE("a kernel that was set is that of the next frame, from identity and back, too") {
    Rig rig("identity");
    const GstVideoInfo &info = rig.format("I420", 67, 43);
    const Frame in = Frame::noise(info);
    for (const char *kernel : {"identity", "gaussian 2", "disc 3 norm", "identity", "sobel x",
                               "3x3 0 0 0 0 1 0 0 0 0", "gaussian 2"}) {
        CAPTURE(kernel);
        rig.set("kernel", kernel);
        const Frame out = rig.filtered(in);
        CHECK(out.components(info) == fresh(kernel, "I420", 67, 43));
        const bool is_identity = out.components(info) == in.components(info);
        CHECK((out.buffer() == in.buffer()) == is_identity);  // passed on, not copied
    }
}

TEST_CASE(
    "frames flow on while another thread sets a kernel up, and have it as soon as it is ready") {
    const Folder folder;
    const std::string pipe = folder.path + "/kernel";
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    Rig rig("box 3");
    const GstVideoInfo &info = rig.format("NV12", 67, 43);
    const Frame in = Frame::noise(info);
    const auto before = rig.filtered(in).components(info);
    // Its set-up lasts until we write what it reads.
    std::thread setter([&] { rig.set("kernel", "file " + pipe); });
    for (int i = 0; i < 20; ++i) {
        CHECK(rig.filtered(in).components(info) == before);
        std::this_thread::yield();
    }
    write(pipe, "1 2 1\n");
    setter.join();
    CHECK(rig.filtered(in).components(info) == fresh("1x3 1 2 1", "NV12", 67, 43));
    CHECK(rig.message(GST_MESSAGE_WARNING) == "");
}

TEST_CASE("each frame is wholly of one kernel and delta while another thread changes both") {
    const struct {
        const char *kernel;
        double delta;
    } settings[] = {{"gaussian 2", 10}, {"3x3 0 0 1 0 0 0 2 0 0 norm", 40}};
    for (const char *format : {"I420", "RGBA"}) {
        CAPTURE(format);
        std::vector<std::vector<Samples>> expected;
        for (const auto &setting : settings)
            expected.push_back(fresh(setting.kernel, format, 67, 43, setting.delta));
        Rig rig(settings[0].kernel);
        g_object_set(rig.element(), "delta", settings[0].delta, nullptr);
        const GstVideoInfo &info = rig.format(format, 67, 43);
        const Frame in = Frame::noise(info);
        std::atomic<bool> done{false};
        std::thread setter([&] {
            for (int i = 1; !done; ++i) {
                const auto &setting = settings[i % 2];
                g_object_set(rig.element(), "kernel", setting.kernel, "delta", setting.delta,
                             nullptr);
            }
        });
        // Until both were seen a few times.
        int seen[2] = {}, others = 0;
        for (int i = 0; i < 20000 && std::min(seen[0], seen[1]) < 20; ++i) {
            const auto out = rig.filtered(in).components(info);
            if (out == expected[0]) {
                ++seen[0];
            } else if (out == expected[1]) {
                ++seen[1];
            } else {
                ++others;
            }
        }
        done = true;
        setter.join();
        CHECK(others == 0);
        CHECK(seen[0] >= 20);
        CHECK(seen[1] >= 20);
    }
}

TEST_CASE("a bad value while playing is a warning on the bus, and the old one stays") {
    Rig rig("box 5");
    const GstVideoInfo &info = rig.format("RGBA", 67, 43);
    const Frame in = Frame::noise(info);
    const auto before = rig.filtered(in).components(info);
    for (const char *kernel : {"gausian 3", "", "file /nowhere/kernel.csv", "3x3 1 2"}) {
        CAPTURE(kernel);
        rig.set("kernel", kernel);
        CHECK(rig.message(GST_MESSAGE_WARNING) != "");
        CHECK(rig.kernel() == "box 5");
        CHECK(rig.filtered(in).components(info) == before);
    }
    rig.set("kernel", "gausian 3");
    CHECK(rig.message(GST_MESSAGE_WARNING).find("gausian") != std::string::npos);
    // Alpha, which weighs, needs something to divide by.
    rig.set("alpha", "straight");
    CHECK(rig.message(GST_MESSAGE_WARNING) == "");
    rig.set("kernel", "sobel x");
    CHECK(rig.message(GST_MESSAGE_WARNING).find("alpha") != std::string::npos);
    CHECK(rig.kernel() == "box 5");
    // Numbers beyond their limits, which GLib would keep to itself.
    for (const auto &[name, value, sentence] :
         {std::tuple("tolerance", "7", "tolerance must lie in 0 .. 1"),
          {"rank", "70000", "rank must lie in 0 .. 4095"},
          {"threads", "-1", "Threads that filter a frame"},
          {"scale", "0", "scale must not be 0"}}) {
        CAPTURE(name);
        rig.set(name, value);
        CHECK(rig.message(GST_MESSAGE_WARNING).find(sentence) != std::string::npos);
    }
}

TEST_CASE("kernels from files can be forbidden, and no refusal allows them again") {
    const Folder folder;
    const std::string file = folder.path + "/kernel.csv";
    write(file, "1 2 1\n");
    Rig rig("box 3");
    g_object_set(rig.element(), "no-files", TRUE, nullptr);
    const GstVideoInfo &info = rig.format("GRAY8", 67, 43);
    const Frame in = Frame::noise(info);
    const auto before = rig.filtered(in).components(info);
    for (const std::string &text : {"file " + file, "file " + file + "x"}) {
        rig.set("kernel", text);
        CHECK(rig.message(GST_MESSAGE_WARNING) ==
              "files are not allowed here; '" + text + "' is not read");
        CHECK(rig.kernel() == "box 3");
        CHECK(rig.filtered(in).components(info) == before);
    }
    rig.set("no-files", "false");
    rig.set("kernel", "file " + file);
    const auto from_file = rig.filtered(in).components(info);
    CHECK(from_file == fresh("1x3 1 2 1", "GRAY8", 67, 43));
    // Both at once: the kernel is refused, the ban stays.
    g_object_set(rig.element(), "kernel", ("file " + folder.path + "/other.csv").c_str(),
                 "no-files", TRUE, nullptr);
    CHECK(rig.message(GST_MESSAGE_WARNING) != "");
    gboolean no_files = FALSE;
    g_object_get(rig.element(), "no-files", &no_files, nullptr);
    CHECK(no_files);
    rig.set("kernel", "box 3");
    CHECK(rig.filtered(in).components(info) == before);
    rig.set("kernel", "file " + file);
    CHECK(rig.message(GST_MESSAGE_WARNING).find("not allowed") != std::string::npos);
    rig.set("no-files", "false");
    setenv("SEPFLOW_NO_FILES", "1", 1);
    rig.set("kernel", "file " + file);
    unsetenv("SEPFLOW_NO_FILES");
    CHECK(rig.message(GST_MESSAGE_WARNING).find("SEPFLOW_NO_FILES is set") != std::string::npos);
    write(file, "hunter2:x:0:0\n");
    rig.set("kernel", "file " + file);
    const std::string why = rig.message(GST_MESSAGE_WARNING);
    CHECK_MESSAGE(why.find("line 1, column 1") != std::string::npos, why);
    CHECK_MESSAGE(why.find("hunter2") == std::string::npos, why);
}

TEST_CASE("a bad kernel from the start is an error that says so") {
    Rig rig("gausian 3");
    const GstVideoInfo &info = rig.format("RGBA", 67, 43);
    CHECK(gst_harness_push(rig.harness(), Frame::noise(info).new_reference()) ==
          GST_FLOW_NOT_NEGOTIATED);
    CHECK(rig.message(GST_MESSAGE_ERROR).find("gausian") != std::string::npos);
}

TEST_CASE("a format that is not taken is refused by name") {
    for (const char *format : {"v210", "RGB16", "GRAY16_BE", "NV12_4L4"}) {
        CAPTURE(format);
        Rig rig;
        const GstVideoInfo &info = rig.format(format, 64, 64);
        CHECK(
            gst_harness_push(rig.harness(), gst_buffer_new_allocate(nullptr, info.size, nullptr)) ==
            GST_FLOW_NOT_NEGOTIATED);
        CHECK(rig.message(GST_MESSAGE_WARNING).find(format) != std::string::npos);
    }
}

TEST_CASE("numbers may be controlled: each frame has the value of its time") {
    Rig rig("box 3");
    GstControlSource *source = gst_interpolation_control_source_new();
    g_object_set(source, "mode", GST_INTERPOLATION_MODE_LINEAR, nullptr);
    auto *values = GST_TIMED_VALUE_CONTROL_SOURCE(source);
    gst_timed_value_control_source_set(values, 0, 0);
    gst_timed_value_control_source_set(values, 10 * GST_SECOND, 100);
    auto *object = GST_OBJECT(rig.element());
    gst_object_add_control_binding(
        object, gst_direct_control_binding_new_absolute(object, "delta", source));
    gst_object_unref(source);
    const GstVideoInfo &info = rig.format("GRAY8", 67, 43);
    for (const unsigned second : {1u, 2u, 7u}) {
        CAPTURE(second);
        const Frame in = Frame::noise(info);
        GST_BUFFER_PTS(in.buffer()) = second * GST_SECOND;
        CHECK(rig.filtered(in).components(info) == fresh("box 3", "GRAY8", 67, 43, 10.0 * second));
    }
}

TEST_CASE("an element that was stopped starts again with what was set meanwhile") {
    Rig rig("box 3");
    const GstVideoInfo &info = rig.format("RGB", 67, 43);
    rig.filtered(Frame::noise(info));
    gst_element_set_state(rig.element(), GST_STATE_NULL);
    rig.set("kernel", "gausian 3");  // not looked at while there are no frames
    CHECK(rig.message(GST_MESSAGE_WARNING) == "");
    rig.set("kernel", "disc 2");
    gst_element_set_state(rig.element(), GST_STATE_PLAYING);
    gst_harness_push_event(rig.harness(), gst_event_new_stream_start("again"));
    rig.format("RGB", 67, 43);
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(rig.harness(), gst_event_new_segment(&segment));
    CHECK(rig.filtered(Frame::noise(info)).components(info) == fresh("disc 2", "RGB", 67, 43));
}
