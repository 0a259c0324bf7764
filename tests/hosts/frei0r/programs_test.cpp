// The plugin in the programs of others: a clip that FFmpeg made and encoded goes in, a lossless one
// comes out, and each frame is compared with what sepflow_apply makes of the frame that the same
// program gives without us.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <sys/wait.h>

#include "tests/hosts/frei0r/plugin.h"

using namespace frei0r;
namespace fs = std::filesystem;

namespace {

// FFmpeg 5.1 pads rows to 16 pixels, which no effect can know of; the others pass frames through as
// they are.
constexpr int kWidth = 320, kNarrow = 318, kHeight = 178, kFrames = 8;
const char *const kUneven = "row 1 2 3 4 col 1 0 -1 2 5 norm";
const char *const kUnevenWord = "row_1_2_3_4_col_1_0_-1_2_5_norm";

struct Run {
    int exit_code;
    std::string out, err;
};

// A folder with clips, in which programs run.
class Studio {
  public:
    Studio() {
        std::string pattern = "/tmp/sepflow-frei0r-XXXXXX";
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        make_clip("clip.mkv", kWidth);
        make_clip("narrow.mkv", kNarrow);
    }
    Studio(const Studio &) = delete;
    ~Studio() { fs::remove_all(folder_); }

    // With the plugin where hosts look.
    Run host(const std::string &command) const {
        return run("FREI0R_PATH=" SEPFLOW_FREI0R_FOLDER " MLT_SLICES_COUNT=2 GST_REGISTRY=" +
                   (folder_ / "registry").string() + " " SEPFLOW_PRELOAD " " + command);
    }
    std::vector<Frame> frames(const std::string &file, int w, int h = kHeight) const {
        const Run decoded = run("ffmpeg -v error -y -i " + file + " -f rawvideo -pix_fmt rgba raw");
        REQUIRE_MESSAGE(decoded.exit_code == 0, decoded.err);
        const std::string bytes = content("raw");
        std::vector<Frame> all(bytes.size() / static_cast<size_t>(4 * w * h), Frame(w, h));
        REQUIRE(bytes.size() == all.size() * static_cast<size_t>(4 * w * h));
        for (size_t i = 0; i < all.size(); ++i) {
            const size_t size = all[i].pixels.size();
            std::memcpy(all[i].pixels.data(), bytes.data() + i * size, size);
        }
        return all;
    }

  private:
    void make_clip(const std::string &name, int width) const {
        const Run made =
            run("ffmpeg -v error -f lavfi -i mandelbrot=size=" + std::to_string(width) + "x" +
                std::to_string(kHeight) + ":rate=25 -frames:v " + std::to_string(kFrames) +
                " -c:v libvpx -b:v 4M -threads 1 " + name);
        REQUIRE_MESSAGE(made.exit_code == 0, made.err);
    }
    Run run(const std::string &command) const {
        const int status = std::system(
            ("cd " + folder_.string() + " && " + command + " > out 2> err < /dev/null").c_str());
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, content("out"), content("err")};
    }
    std::string content(const char *name) const {
        std::ifstream file(folder_ / name, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    }

    fs::path folder_;
};

// Lines of ours among those of the program.
std::string complaints(const std::string &err) {
    std::string all;
    size_t start = 0;
    while ((start = err.find("sepflow: ", start)) != std::string::npos) {
        const size_t end = err.find('\n', start);
        all += err.substr(start, end - start) + "\n";
        start = end;
    }
    return all;
}

void check_frames(std::vector<Frame> in, const std::vector<Frame> &out, const std::string &kernel) {
    REQUIRE(in.size() == kFrames);
    REQUIRE(out.size() == kFrames);
    CHECK(!(in[0] == in[kFrames - 1]));
    for (size_t i = 0; i < kFrames; ++i) {
        CAPTURE(i);
        CHECK(out[i] == filtered(in[i], kernel));
        CHECK(!(out[i] == in[i]));
    }
}

const Studio &studio() {
    static const Studio made;
    return made;
}

// The clip through `filter` of FFmpeg's, as frames of RGBA.
std::vector<Frame> through_ffmpeg(const std::string &filter, int w = kWidth, int h = kHeight) {
    const Run done = studio().host("ffmpeg -v error -y -i clip.mkv -vf " + filter +
                                   " -c:v ffv1 -pix_fmt bgra ffmpeg.mkv");
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    CHECK_MESSAGE(done.err.empty(), done.err);
    return studio().frames("ffmpeg.mkv", w, h);
}

std::vector<Frame> through_melt(const std::string &filter, const std::string &threads) {
    const Run done = studio().host("melt -silent narrow.mkv " + filter +
                                   " -consumer avformat:melt.mkv vcodec=ffv1 pix_fmt=bgra an=1 "
                                   "mlt_image_format=rgba real_time=" +
                                   threads);
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    CHECK_MESSAGE(complaints(done.err).empty(), done.err);
    return studio().frames("melt.mkv", kNarrow);
}

const std::vector<Frame> &from_melt() {
    static const std::vector<Frame> frames = through_melt("", "-1");
    return frames;
}

// PNG frames in QuickTime.
std::vector<Frame> through_gstreamer(const std::string &element) {
    const Run done = studio().host(
        "gst-launch-1.0 -q filesrc location=narrow.mkv ! matroskademux ! vp8dec ! videoconvert ! "
        "video/x-raw,format=RGBA ! " +
        element + " ! pngenc ! qtmux ! filesink location=gstreamer.mov");
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    CHECK_MESSAGE(complaints(done.err).empty(), done.err);
    return studio().frames("gstreamer.mov", kNarrow);
}

}  // namespace

TEST_CASE("FFmpeg filters a clip") {
    const std::vector<Frame> in = through_ffmpeg("format=rgba");
    check_frames(in, through_ffmpeg("frei0r=filter_name=sepflow:filter_params=gaussian_3"),
                 "gaussian 3");
    check_frames(in,
                 through_ffmpeg("frei0r=filter_name=sepflow:filter_params='" +
                                std::string(kUnevenWord) + "'"),
                 kUneven);
    const std::string odd = "format=rgba,crop=304:173";
    check_frames(
        through_ffmpeg(odd, 304, 173),
        through_ffmpeg(odd + ",frei0r=filter_name=sepflow:filter_params='disc 4 norm'", 304, 173),
        "disc 4 norm");
    // Further parameters behind bars, an empty one as it was.
    sepflow_options options = oracle::options_of(SEPFLOW_U8);
    options.border_x = options.border_y = SEPFLOW_BORDER_WRAP;
    options.delta = 9;
    CHECK(through_ffmpeg("frei0r=filter_name=sepflow:filter_params='sobel y|wrap|keep||9'")[2] ==
          filtered(const_cast<Frame &>(in[2]), "sobel y", options));
}

TEST_CASE("melt filters a clip, with as many threads as it likes") {
    check_frames(from_melt(), through_melt("-filter frei0r.sepflow kernel='gaussian 3'", "-1"),
                 "gaussian 3");
    check_frames(from_melt(),
                 through_melt("-filter frei0r.sepflow 0=" + std::string(kUnevenWord), "-3"),
                 kUneven);
}

// MLT cuts frames for an effect that is asked to use threads of MLT's: each slice has borders of
// its own.
TEST_CASE("melt may filter slices of a frame at once") {
    const std::vector<Frame> &in = from_melt();
    const std::vector<Frame> out =
        through_melt("-filter frei0r.sepflow kernel='gaussian 3' threads=2", "-1");
    REQUIRE(out.size() == in.size());
    for (size_t i = 0; i < in.size(); ++i) {
        for (const int top : {0, kHeight / 2}) {
            const long begin = 4L * kNarrow * top, size = 4L * kNarrow * (kHeight / 2);
            Frame slice(kNarrow, kHeight / 2);
            std::copy_n(in[i].pixels.begin() + begin, size, slice.pixels.begin());
            const Frame wanted = filtered(slice, "gaussian 3");
            CHECK(std::equal(wanted.pixels.begin(), wanted.pixels.end(),
                             out[i].pixels.begin() + begin));
        }
    }
}

TEST_CASE("GStreamer's wrapper filters a clip") {
    const std::vector<Frame> in = through_gstreamer("identity");
    check_frames(in, through_gstreamer("frei0r-filter-sepflow kernel='gaussian 3'"), "gaussian 3");
    check_frames(in,
                 through_gstreamer("frei0r-filter-sepflow kernel='" + std::string(kUneven) + "'"),
                 kUneven);
}

TEST_CASE("an identity passes a clip through") {
    CHECK(through_ffmpeg("frei0r=filter_name=sepflow:filter_params=identity") ==
          through_ffmpeg("format=rgba"));
}

TEST_CASE("with a bad kernel programs pass the clip through unchanged, and one line says why") {
    const struct {
        std::string program, file;
        int width;
        std::vector<Frame> wanted;
    } runs[] = {
        {"ffmpeg -v error -y -i clip.mkv -vf frei0r=filter_name=sepflow:filter_params=gausian_3 "
         "-c:v ffv1 -pix_fmt bgra bad.mkv",
         "bad.mkv", kWidth, through_ffmpeg("format=rgba")},
        // Without a profile melt makes all that it is asked for twice, and loads us each time.
        {"melt -silent narrow.mkv -filter frei0r.sepflow kernel='gausian_3' -consumer "
         "avformat:bad.mkv vcodec=ffv1 pix_fmt=bgra an=1 mlt_image_format=rgba real_time=-1",
         "bad.mkv", kNarrow, from_melt()},
        {"gst-launch-1.0 -q filesrc location=narrow.mkv ! matroskademux ! vp8dec ! videoconvert ! "
         "video/x-raw,format=RGBA ! frei0r-filter-sepflow kernel=gausian_3 ! pngenc ! qtmux ! "
         "filesink location=bad.mov",
         "bad.mov", kNarrow, through_gstreamer("identity")}};
    for (const auto &run : runs) {
        CAPTURE(run.program);
        const Run done = studio().host(run.program);
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        const std::string lines = complaints(done.err);
        CHECK_MESSAGE(lines.find("sepflow: frames pass through unchanged: kernel cannot be") == 0,
                      done.err);
        const bool is_melt = run.program.rfind("melt", 0) == 0;
        if (!is_melt) CHECK_MESSAGE(lines.find('\n') == lines.size() - 1, lines);
        CHECK(studio().frames(run.file, run.width) == run.wanted);
    }
}

TEST_CASE("hosts list the effect and its parameters") {
    const Run inspected = studio().host("gst-inspect-1.0 frei0r-filter-sepflow");
    CHECK(inspected.exit_code == 0);
    for (const char *part : {"kernel", "Default: \"gaussian 3\"", "border-x", "alpha"})
        CHECK_MESSAGE(inspected.out.find(part) != std::string::npos, part);
    const Run queried = studio().host("melt -query filter=frei0r.sepflow");
    CHECK(queried.exit_code == 0);
    for (const char *part : {"identifier: 0", "title: kernel", "title: alpha"})
        CHECK_MESSAGE(queried.out.find(part) != std::string::npos, queried.out);
}
