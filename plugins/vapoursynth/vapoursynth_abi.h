// The part of the VapourSynth plugin API 4.0 that we use. The table of functions is complete:
// functions that we never call keep their place as opaque pointers, named in the comment behind
// them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sepflow::vapoursynth {

constexpr int make_version(int major, int minor) {
    return major * 65536 + minor;
}
constexpr int kApiVersion = make_version(4, 0);

// Only the core knows what is behind these.
struct Frame;
struct Node;
struct Core;
struct Plugin;
struct Map;
struct FrameContext;
using Unused = void (*)();

enum : int { kUndefinedFamily = 0 };
enum : int { kInteger = 0, kFloat = 1 };                        // sample types
enum : int { kParallel = 0 };                                   // filter modes
enum : int { kInitial = 0, kAllFramesReady = 1, kError = -1 };  // why a frame function is called
enum : int { kStrictSpatial = 2 };                              // request patterns
enum : int { kReplace = 0 };                                    // ways to set a map's value

struct VideoFormat {
    int family, sample_type, bits, bytes;
    int subsampling_w, subsampling_h;  // log2, of planes 1 and 2
    int planes;
};

struct VideoInfo {
    VideoFormat format;
    int64_t fps_numerator, fps_denominator;
    int width, height;
    int frames;
};

struct Api;

extern "C" {

using PublicFunction = void (*)(const Map *in, Map *out, void *data, Core *, const Api *);
using GetFrame = const Frame *(*)(int n, int reason, void *instance, void **frame_data,
                                  FrameContext *, Core *, const Api *);
using FreeFilter = void (*)(void *instance, Core *, const Api *);

struct Dependency {
    Node *source;
    int pattern;
};

struct PluginApi {
    Unused api_version;
    int (*config_plugin)(const char *id, const char *name_space, const char *name, int version,
                         int api_version, int flags, Plugin *);
    int (*register_function)(const char *name, const char *arguments, const char *result,
                             PublicFunction, void *data, Plugin *);
};

struct Api {
    // Filters and nodes
    void (*create_video_filter)(Map *out, const char *name, const VideoInfo *, GetFrame, FreeFilter,
                                int mode, const Dependency *, int dependencies, void *instance,
                                Core *);
    Unused filters[3];  // video again, audio, audio again
    Unused caches[3];   // linear filter, mode, options
    void (*free_node)(Node *);
    Unused add_node, node_type;
    const VideoInfo *(*video_info)(Node *);
    Unused audio_info;

    // Frames
    Unused new_video_frame;
    Frame *(*new_video_frame2)(const VideoFormat *, int width, int height,
                               const Frame **plane_sources, const int *planes,
                               const Frame *properties, Core *);
    Unused new_audio_frame[2];
    void (*free_frame)(const Frame *);
    Unused frames[4];  // add reference, copy, properties to read, to write
    ptrdiff_t (*stride)(const Frame *, int plane);
    const uint8_t *(*read_pointer)(const Frame *, int plane);
    uint8_t *(*write_pointer)(Frame *, int plane);
    const VideoFormat *(*frame_format)(const Frame *);
    Unused audio_frame_format, frame_type;
    int (*width)(const Frame *, int plane);
    int (*height)(const Frame *, int plane);
    Unused length;

    // Formats: names of video, audio; queries of video, audio, video id; by id
    Unused formats[6];

    // Requests
    Unused get_frame, get_frame_async;
    const Frame *(*frame)(int n, Node *, FrameContext *);
    void (*request_frame)(int n, Node *, FrameContext *);
    Unused release_early, cache_frame;
    void (*set_filter_error)(const char *message, FrameContext *);

    Unused functions[4];  // create, free, add reference, call

    // Maps
    Unused maps[4];  // create, free, clear, copy
    void (*set_error)(Map *, const char *message);
    Unused keys[4];  // error, number, name, delete
    int (*count)(const Map *, const char *key);
    Unused type, set_empty;
    int64_t (*integer)(const Map *, const char *key, int index, int *error);
    Unused integers[4];  // saturated, array, set, set array
    double (*number)(const Map *, const char *key, int index, int *error);
    Unused number_saturated;
    const double *(*numbers)(const Map *, const char *key, int *error);
    Unused set_numbers[2];  // one, array
    const char *(*text)(const Map *, const char *key, int index, int *error);
    int (*text_size)(const Map *, const char *key, int index, int *error);
    Unused texts[2];  // hint, set
    Node *(*node)(const Map *, const char *key, int index, int *error);
    Unused set_node;
    int (*consume_node)(Map *, const char *key, Node *, int mode);
    Unused other_values[6];  // frames and functions: get, set, consume

    // Plugins: register, by id, by namespace, next, name, id, namespace, next function, function by
    // name, its name, arguments, result, path, version, invoke
    Unused plugins[15];
    // Core: create, free, cache size, threads, information, version; messages: log, add handler,
    // remove it
    Unused core[9];
};
}

}  // namespace sepflow::vapoursynth
