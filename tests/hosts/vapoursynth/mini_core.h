// A core for one VapourSynth plugin: loads it, calls its function with arguments checked against
// its signature, and asks its filter for frames as the real one does, the checks of FPU state,
// format and size included. Its table of functions is filled by place, as the published header
// orders them and apart from plugins/vapoursynth, so that a wrong place shows.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace mini {

struct Format {
    int family, sample_type, bits, bytes, subsampling_w, subsampling_h, planes;
    bool operator==(const Format &other) const;
};
enum { kGray = 1, kRgb = 2, kYuv = 3 };
// Integer of 8 to 16 bits or float of 16 or 32; YUV with half the columns and rows of colour.
Format format_of(int family, bool is_float, int bits);

struct VideoInfo {
    Format format;
    int64_t fps_numerator, fps_denominator;
    int width, height, frames;
};

struct Plane {
    int width = 0, height = 0;
    ptrdiff_t stride = 0;
    std::unique_ptr<char[]> memory;
    char *row(int y) const { return start() + y * stride; }
    char *start() const;
};

// Shared by those that hold it; planes are shared by frames that copy them.
struct Frame {
    Format format;
    std::vector<std::shared_ptr<Plane>> planes;
    std::string property;  // stands for all that travels with a frame
    std::atomic<int> owners{1};
};

using FramePointer = std::shared_ptr<const Frame>;

struct Node;
using Value = std::variant<std::vector<int64_t>, std::vector<double>, std::vector<std::string>,
                           std::vector<Node *>>;
struct Map {
    std::map<std::string, Value> values;
    std::string error;
};

class Core {
  public:
    Core();
    Core(const Core &) = delete;
    ~Core();

    std::string id, name_space, signature;  // empty: the plugin could not start

    // A clip whose frames `paint` fills; held by the core.
    Node *source(const VideoInfo &info, const std::function<void(int n, Frame &)> &paint);
    // A clip of no frames, as its filter sees it before the format is known.
    const VideoInfo &info(Node *node) const;

    // The filter's clip, or NULL and `error`. `arguments` without the clip.
    Node *call(Node *clip, const std::map<std::string, Value> &arguments);
    std::string error;

    // Any thread. NULL, and the sentence in *why if it is given.
    FramePointer frame(Node *node, int n, std::string *why = nullptr) const;
    void free(Node *node);

    static int frames_alive();
    static int nodes_alive();

  private:
    void *library_ = nullptr;
};

}  // namespace mini
