// sepflow.Separable in the small core, against sepflow_apply.
#include <algorithm>
#include <cstring>
#include <dirent.h>
#include <doctest/doctest.h>
#include <fstream>
#include <random>
#include <thread>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tests/hosts/vapoursynth/mini_core.h"
#include "tests/oracle/plan.h"

namespace {

using mini::Value;
using Texts = std::vector<std::string>;
using Integers = std::vector<int64_t>;
using Numbers = std::vector<double>;

constexpr int kWidth = 76, kHeight = 38;
const std::string kUneven = "row 1 2 3 4 col 1 0 -1 2 5 norm";

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

sepflow_type type_of(const mini::Format &format) {
    if (format.sample_type == 1) return format.bits == 16 ? SEPFLOW_F16 : SEPFLOW_F32;
    return format.bits == 8 ? SEPFLOW_U8 : SEPFLOW_U16;
}

// Noise over all values that the format has, another for every frame and plane.
void paint(int n, mini::Frame &frame) {
    std::mt19937 random(static_cast<uint32_t>(n));
    frame.property = "frame " + std::to_string(n);
    for (const auto &plane : frame.planes) {
        for (int y = 0; y < plane->height; ++y) {
            for (int x = 0; x < plane->width; ++x) {
                const uint32_t bits = random() >> 8;
                char *pixel = plane->row(y) + x * frame.format.bytes;
                const float real = static_cast<float>(bits % 1024) / 1024;
                const auto half = static_cast<uint16_t>(bits % 0x3c00),
                           whole = static_cast<uint16_t>(
                               bits & (0xffffu >> (16 - std::min(frame.format.bits, 16))));
                if (frame.format.bytes == 4) {
                    std::memcpy(pixel, &real, 4);
                } else if (frame.format.bytes == 2) {
                    std::memcpy(pixel, frame.format.sample_type == 1 ? &half : &whole, 2);
                } else {
                    *pixel = static_cast<char>(whole);
                }
            }
        }
    }
}

mini::VideoInfo clip_of(const mini::Format &format) {
    return {format, 25, 1, kWidth, kHeight, 100};
}

sepflow_image view(const mini::Plane &plane, sepflow_type type) {
    sepflow_image image = sepflow_image_dense(plane.start(), type, plane.width, plane.height, 1);
    image.stride_y = plane.stride;
    return image;
}

// A plane filtered directly, rows without padding.
std::vector<char> filtered(const mini::Plane &plane, const mini::Format &format,
                           const std::string &kernel, int border = SEPFLOW_BORDER_REFLECT101) {
    const sepflow_type type = type_of(format);
    sepflow_options options = oracle::options_of(type);
    options.border_x = options.border_y = border;
    std::vector<char> out(static_cast<size_t>(plane.width * plane.height * format.bytes));
    oracle::apply(oracle::plan_from(kernel, options), view(plane, type),
                  sepflow_image_dense(out.data(), type, plane.width, plane.height, 1));
    if (type == SEPFLOW_U16) {
        for (size_t i = 0; i < out.size(); i += 2) {
            uint16_t value;
            std::memcpy(&value, &out[i], 2);
            value = std::min(value, static_cast<uint16_t>((1u << format.bits) - 1));
            std::memcpy(&out[i], &value, 2);
        }
    }
    return out;
}

std::vector<char> pixels(const mini::Plane &plane, const mini::Format &format) {
    std::vector<char> all;
    for (int y = 0; y < plane.height; ++y)
        all.insert(all.end(), plane.row(y), plane.row(y) + plane.width * format.bytes);
    return all;
}

bool is_padding_untouched(const mini::Plane &plane, const mini::Format &format) {
    for (int y = 0; y < plane.height; ++y) {
        for (ptrdiff_t x = plane.width * format.bytes; x < plane.stride; ++x) {
            if (plane.row(y)[x] != 0x5a) return false;
        }
    }
    return true;
}

struct Scene {
    mini::Core core;
    mini::Node *clip;

    explicit Scene(const mini::Format &format = mini::format_of(mini::kYuv, false, 8))
        : clip(core.source(clip_of(format), paint)) {}
    ~Scene() { core.free(clip); }

    void fails(const std::map<std::string, Value> &arguments, const std::string &part) {
        CHECK(core.call(clip, arguments) == nullptr);
        CHECK_MESSAGE(core.error.find(part) != std::string::npos, core.error);
        CHECK(core.error.rfind("Separable: ", 0) == 0);
    }
};

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

}  // namespace

TEST_CASE("every plane of every format has the bytes of sepflow_apply") {
    std::vector<mini::Format> formats;
    for (const int family : {mini::kGray, mini::kRgb, mini::kYuv}) {
        for (const int bits : {8, 9, 10, 12, 14, 16})
            formats.push_back(mini::format_of(family, false, bits));
        for (const int bits : {16, 32}) formats.push_back(mini::format_of(family, true, bits));
    }
    for (const mini::Format &format : formats) {
        Scene scene(format);
        for (const std::string &kernel : {std::string("gaussian 1.5"), kUneven,
                                          std::string("3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 3"),
                                          std::string("sobel x"), std::string("disc 3 norm")}) {
            CAPTURE(format.family);
            CAPTURE(format.bits);
            CAPTURE(kernel);
            mini::Node *node = scene.core.call(scene.clip, {{"kernel", Texts{kernel}}});
            REQUIRE_MESSAGE(node != nullptr, scene.core.error);
            const mini::FramePointer in = scene.core.frame(scene.clip, 3),
                                     out = scene.core.frame(node, 3);
            REQUIRE(out != nullptr);
            CHECK(out->property == "frame 3");
            for (size_t p = 0; p < in->planes.size(); ++p) {
                CHECK(pixels(*out->planes[p], format) == filtered(*in->planes[p], format, kernel));
                CHECK(is_padding_untouched(*out->planes[p], format));
            }
            scene.core.free(node);
        }
    }
}

TEST_CASE("results of 9 to 15 bits stop at the format's own largest value") {
    const mini::Format format = mini::format_of(mini::kGray, false, 10);
    Scene scene(format);
    mini::Node *node = scene.core.call(scene.clip, {{"kernel", Texts{"row 1 1 1 col 1 1"}}});
    const mini::FramePointer out = scene.core.frame(node, 0);
    uint16_t largest = 0;
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            uint16_t value;
            std::memcpy(&value, out->planes[0]->row(y) + 2 * x, 2);
            largest = std::max(largest, value);
        }
    }
    CHECK(largest == 1023);
    scene.core.free(node);
}

TEST_CASE("planes that are not chosen are the source's own") {
    Scene scene;
    mini::Node *node =
        scene.core.call(scene.clip, {{"kernel", Texts{kUneven}}, {"planes", Integers{0, 2}}});
    REQUIRE(node != nullptr);
    const mini::Format format = scene.core.info(scene.clip).format;
    const mini::FramePointer in = scene.core.frame(scene.clip, 1), out = scene.core.frame(node, 1);
    CHECK(pixels(*out->planes[0], format) == filtered(*in->planes[0], format, kUneven));
    CHECK(pixels(*out->planes[1], format) == pixels(*in->planes[1], format));
    CHECK(pixels(*out->planes[2], format) == filtered(*in->planes[2], format, kUneven));
    scene.core.free(node);
    scene.fails({{"kernel", Texts{"box 3"}}, {"planes", Integers{3}}}, "there is no plane 3");
    scene.fails({{"kernel", Texts{"box 3"}}, {"planes", Integers{-1}}}, "there is no plane -1");
    scene.fails({{"kernel", Texts{"box 3"}}, {"planes", Integers{1, 1}}}, "plane 1 is given twice");
}

TEST_CASE("a matrix is a kernel, row by row; without rows and columns it is a square") {
    const mini::Format format = mini::format_of(mini::kGray, true, 32);
    Scene scene(format);
    const Numbers taps = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6};
    const auto same = [&](std::map<std::string, Value> arguments, std::string kernel) {
        for (const double tap : taps) kernel += " " + std::to_string(tap);
        arguments["matrix"] = taps;
        mini::Node *node = scene.core.call(scene.clip, arguments);
        REQUIRE_MESSAGE(node != nullptr, scene.core.error);
        const mini::FramePointer in = scene.core.frame(scene.clip, 0),
                                 out = scene.core.frame(node, 0);
        CHECK(pixels(*out->planes[0], format) == filtered(*in->planes[0], format, kernel));
        scene.core.free(node);
    };
    same({}, "4x4");
    same({{"rows", Integers{2}}}, "2x8");
    same({{"columns", Integers{2}}}, "8x2");
    same({{"rows", Integers{1}}, {"columns", Integers{16}}}, "1x16");
    const std::string part = "do not make rows by columns";
    scene.fails({{"matrix", Numbers{1, 2, 3}}}, part);
    scene.fails({{"matrix", taps}, {"rows", Integers{3}}}, part);
    scene.fails({{"matrix", taps}, {"rows", Integers{-4}}, {"columns", Integers{-4}}}, part);
    scene.fails({{"matrix", taps},
                 {"rows", Integers{int64_t{1} << 62}},
                 {"columns", Integers{int64_t{1} << 62}}},
                part);
    scene.fails({{"matrix", taps}, {"kernel", Texts{"box 3"}}}, "either kernel");
    scene.fails({}, "either kernel");
    scene.fails({{"kernel", Texts{"box 3"}}, {"rows", Integers{3}}}, "belong to matrix");
}

TEST_CASE("borders and the other parameters arrive; their errors come back") {
    const mini::Format format = mini::format_of(mini::kGray, false, 8);
    Scene scene(format);
    mini::Node *node =
        scene.core.call(scene.clip, {{"kernel", Texts{kUneven}}, {"border", Texts{"replicate"}}});
    REQUIRE(node != nullptr);
    const mini::FramePointer in = scene.core.frame(scene.clip, 0), out = scene.core.frame(node, 0);
    CHECK(pixels(*out->planes[0], format) ==
          filtered(*in->planes[0], format, kUneven, SEPFLOW_BORDER_REPLICATE));
    CHECK(pixels(*out->planes[0], format) != filtered(*in->planes[0], format, kUneven));
    scene.core.free(node);

    // The one for both first, then those for one direction.
    node = scene.core.call(scene.clip, {{"kernel", Texts{"box 3 norm"}},
                                        {"border", Texts{"wrap"}},
                                        {"border_y", Texts{"constant"}},
                                        {"border_value", Numbers{9}},
                                        {"anchor_x", Integers{0}},
                                        {"delta", Numbers{0.25}},
                                        {"method", Texts{"separable"}}});
    REQUIRE_MESSAGE(node != nullptr, scene.core.error);
    CHECK(scene.core.frame(node, 0) != nullptr);
    scene.core.free(node);

    scene.fails({{"kernel", Texts{"gausian 3"}}}, "gausian");
    scene.fails({{"kernel", Texts{"box 3"}}, {"border", Texts{"edge"}}}, "reflect101");
    scene.fails({{"kernel", Texts{"box 3"}}, {"anchor_x", Integers{-2}}}, "anchor_x must lie in");
    scene.fails({{"kernel", Texts{"box 3"}}, {"anchor_x", Integers{3}}}, "anchor");
    scene.fails({{"kernel", Texts{"box 3"}}, {"scale", Numbers{0}}}, "scale must not be 0");
    CHECK(scene.core.signature.find("extent") == std::string::npos);
}

TEST_CASE("kernels from files can be forbidden, by an argument and by SEPFLOW_NO_FILES") {
    std::string file = "/tmp/sepflow-vapoursynth-XXXXXX";
    close(mkstemp(file.data()));
    std::ofstream(file) << "1,2,3\n";
    const Value kernel = Texts{"file " + file};
    Scene scene;
    mini::Node *node = scene.core.call(scene.clip, {{"kernel", kernel}});
    REQUIRE_MESSAGE(node != nullptr, scene.core.error);
    scene.core.free(node);
    scene.fails({{"kernel", kernel}, {"no_files", Integers{1}}}, "files are not allowed here");
    scene.fails({{"kernel", kernel}, {"no_files", Integers{2}}}, "no_files must lie in 0 .. 1");
    setenv("SEPFLOW_NO_FILES", "1", 1);
    scene.fails({{"kernel", kernel}}, "SEPFLOW_NO_FILES is set");
    unsetenv("SEPFLOW_NO_FILES");
    std::ofstream(file) << "hunter2:x:0:0\n";
    scene.fails({{"kernel", kernel}}, "line 1, column 1");
    CHECK(scene.core.error.find("hunter2") == std::string::npos);
    unlink(file.c_str());
}

TEST_CASE("an identity passes its clip on; integers of 32 bits are refused") {
    {
        Scene scene;
        mini::Node *node = scene.core.call(scene.clip, {{"kernel", Texts{"identity"}}});
        CHECK(node == scene.clip);
        scene.core.free(node);
    }
    Scene wide(mini::format_of(mini::kGray, false, 32));
    wide.fails({{"kernel", Texts{"box 3"}}}, "8 to 16 bits");
}

TEST_CASE(
    "a clip whose format changes is filtered frame by frame; what is not taken fails its frame "
    "only") {
    mini::Core core;
    mini::VideoInfo varying = {};
    varying.frames = 10;
    mini::Node *clip = core.source(varying, [](int n, mini::Frame &frame) {
        const mini::Format formats[] = {mini::format_of(mini::kGray, false, 8),
                                        mini::format_of(mini::kRgb, true, 32),
                                        mini::format_of(mini::kGray, false, 32)};
        frame.format = formats[n % 3];
        frame.planes.clear();
        for (int p = 0; p < frame.format.planes; ++p) {
            auto plane = std::make_shared<mini::Plane>();
            plane->width = 20 + n;
            plane->height = 11;
            plane->stride = 128;
            plane->memory.reset(new char[128 * 11 + 64]);
            frame.planes.push_back(std::move(plane));
        }
        paint(n, frame);
    });
    mini::Node *node = core.call(clip, {{"kernel", Texts{kUneven}}, {"planes", Integers{0}}});
    REQUIRE_MESSAGE(node != nullptr, core.error);
    for (const int n : {0, 1, 3, 4}) {
        const mini::FramePointer in = core.frame(clip, n), out = core.frame(node, n);
        REQUIRE(out != nullptr);
        CHECK(pixels(*out->planes[0], in->format) == filtered(*in->planes[0], in->format, kUneven));
    }
    std::string why;
    CHECK(core.frame(node, 2, &why) == nullptr);
    CHECK(why.find("Separable: only integers") == 0);
    core.free(node);
    core.free(clip);
}

TEST_CASE("many threads ask one filter for frames") {
    const mini::Format format = mini::format_of(mini::kYuv, false, 10);
    Scene scene(format);
    mini::Node *node = scene.core.call(scene.clip, {{"kernel", Texts{kUneven}}});
    REQUIRE(node != nullptr);
    std::vector<mini::FramePointer> frames(24);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int n = t; n < 24; n += 8)
                frames[static_cast<size_t>(n)] = scene.core.frame(node, n);
        });
    }
    for (std::thread &thread : threads) thread.join();
    for (int n = 0; n < 24; ++n) {
        const mini::FramePointer in = scene.core.frame(scene.clip, n);
        const mini::FramePointer &out = frames[static_cast<size_t>(n)];
        REQUIRE(out != nullptr);
        CHECK(pixels(*out->planes[1], format) == filtered(*in->planes[1], format, kUneven));
    }
    frames.clear();
    scene.core.free(node);
}

TEST_CASE("loading and filtering start no thread and leave the FPU alone; only the entry shows") {
    const int threads = thread_count();
    const unsigned fpu = fpu_state();
    {
        Scene scene;
        CHECK(thread_count() == threads);
        CHECK(fpu_state() == fpu);
        CHECK(scene.core.id == "org.sepflow.separable");
        CHECK(scene.core.name_space == "sepflow");
        mini::Node *node = scene.core.call(scene.clip, {{"kernel", Texts{"gaussian 2"}}});
        CHECK(scene.core.frame(node, 0) != nullptr);
        CHECK(thread_count() == threads);
        CHECK(fpu_state() == fpu);
        scene.core.free(node);
    }
    std::ifstream maps("/proc/self/maps");
    bool is_mapped = false;
    for (std::string line; std::getline(maps, line);)
        is_mapped = is_mapped || line.find("libsepflow-vapoursynth") != std::string::npos;
    if (!kSanitized) CHECK(!is_mapped);

    FILE *pipe =
        popen("nm -D --defined-only --format=posix " SEPFLOW_VAPOURSYNTH " | cut -d' ' -f1", "r");
    char text[256] = {};
    const size_t count = fread(text, 1, sizeof text - 1, pipe);
    CHECK(pclose(pipe) == 0);
    CHECK(std::string(text, count) == "VapourSynthPluginInit2\n");
}
