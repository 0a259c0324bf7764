#include "tests/hosts/vapoursynth/mini_core.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <sstream>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tests/faults/allocations.h"

using faults::Aside;  // where the plugin calls: no exception of ours may go through it

namespace mini {

namespace {

constexpr int kInitial = 0, kAllFramesReady = 1, kParallel = 0, kStrictSpatial = 2,
              kVersion4 = 4 << 16;
std::atomic<int> frames_alive{0}, nodes_alive{0};

// Context of the plugin while a frame is made.
struct Context {
    std::vector<std::pair<int, Node *>> requested;
    std::map<int, const Frame *> ready;
    std::string error;
};

using GetFrame = const Frame *(*)(int, int, void *, void **, Context *, Core *, const void *);
using FreeFilter = void (*)(void *, Core *, const void *);
using Function = void (*)(const Map *, Map *, void *, Core *, const void *);

struct Dependency {
    Node *source;
    int pattern;
};

Function function = nullptr;
Core *loading = nullptr;

bool is_fpu_sound() {
#if defined(__x86_64__)
    return (_mm_getcsr() & 0x7f80) == 0x1f80;
#else
    return true;
#endif
}

Frame *new_frame(const Format &format, int width, int height) {
    auto frame = std::make_unique<Frame>();
    frame->format = format;
    for (int p = 0; p < format.planes; ++p) {
        auto plane = std::make_shared<Plane>();
        plane->width = p == 0 ? width : width >> format.subsampling_w;
        plane->height = p == 0 ? height : height >> format.subsampling_h;
        plane->stride = (plane->width * format.bytes + 63) / 32 * 32;  // at least a byte of padding
        plane->memory.reset(new char[static_cast<size_t>(plane->stride * plane->height) + 64]);
        std::fill_n(plane->memory.get(), plane->stride * plane->height + 64, char{0x5a});
        frame->planes.push_back(std::move(plane));
    }
    ++frames_alive;
    return frame.release();
}

void free_frame(const Frame *frame) {
    if (frame == nullptr || --const_cast<Frame *>(frame)->owners > 0) return;
    --frames_alive;
    delete frame;
}

}  // namespace

// A source has `paint`, a filter the rest.
struct Node {
    VideoInfo info = {};
    std::function<void(int, Frame &)> paint;
    GetFrame get_frame = nullptr;
    FreeFilter free_filter = nullptr;
    void *instance = nullptr;
    Core *core = nullptr;
    std::atomic<int> owners{1};
};

namespace {

extern const void *const *const kApi;

void free_node(Node *node) {
    if (node == nullptr || --node->owners > 0) return;
    if (node->free_filter != nullptr) node->free_filter(node->instance, node->core, kApi);
    --nodes_alive;
    delete node;
}

void create_video_filter(Map *out, const char *name, const VideoInfo *info, GetFrame get_frame,
                         FreeFilter free_filter, int mode, const Dependency *dependencies,
                         int count, void *instance, Core *core) {
    const Aside aside;
    CHECK(std::string(name) == "Separable");
    CHECK(mode == kParallel);
    REQUIRE(count == 1);
    CHECK(dependencies[0].pattern == kStrictSpatial);
    Node *node = new Node;
    ++nodes_alive;
    node->info = *info;
    node->get_frame = get_frame;
    node->free_filter = free_filter;
    node->instance = instance;
    node->core = core;
    out->values["clip"] = std::vector<Node *>{node};
}

const VideoInfo *video_info(Node *node) {
    return &node->info;
}

Frame *new_video_frame2(const Format *format, int width, int height, const Frame **sources,
                        const int *planes, const Frame *properties, Core *) {
    const Aside aside;
    Frame *frame = new_frame(*format, width, height);
    for (int p = 0; p < format->planes; ++p) {
        if (sources[p] != nullptr)
            frame->planes[static_cast<size_t>(p)] =
                sources[p]->planes[static_cast<size_t>(planes[p])];
    }
    if (properties != nullptr) frame->property = properties->property;
    return frame;
}

const Plane &plane_of(const Frame *frame, int plane) {
    return *frame->planes.at(static_cast<size_t>(plane));
}

ptrdiff_t stride(const Frame *frame, int plane) {
    return plane_of(frame, plane).stride;
}

char *pointer(const Frame *frame, int plane) {
    return plane_of(frame, plane).start();
}

const Format *frame_format(const Frame *frame) {
    return &frame->format;
}

int width(const Frame *frame, int plane) {
    return plane_of(frame, plane).width;
}

int height(const Frame *frame, int plane) {
    return plane_of(frame, plane).height;
}

const Frame *filter_frame(int n, Node *, Context *context) {
    const auto ready = context->ready.find(n);
    if (ready == context->ready.end()) return nullptr;
    ++const_cast<Frame *>(ready->second)->owners;
    return ready->second;
}

void request_frame(int n, Node *node, Context *context) {
    const Aside aside;
    context->requested.emplace_back(n, node);
}

void set_filter_error(const char *message, Context *context) {
    const Aside aside;
    context->error = message;
}

void set_error(Map *map, const char *message) {
    const Aside aside;
    map->error = message;
}

int count(const Map *map, const char *key) {
    const Aside aside;
    const auto known = map->values.find(key);
    if (known == map->values.end()) return -1;
    return static_cast<int>(
        std::visit([](const auto &values) { return values.size(); }, known->second));
}

template <typename T>
const std::vector<T> *values_of(const Map *map, const char *key, int *error) {
    const Aside aside;
    const auto known = map->values.find(key);
    const auto *values =
        known == map->values.end() ? nullptr : std::get_if<std::vector<T>>(&known->second);
    *error = known == map->values.end() ? 1 : values == nullptr ? 2 : 0;
    return values;
}

template <typename T>
T value(const Map *map, const char *key, int index, int *error) {
    const Aside aside;
    const std::vector<T> *values = values_of<T>(map, key, error);
    return values == nullptr ? T() : values->at(static_cast<size_t>(index));
}

const double *numbers(const Map *map, const char *key, int *error) {
    const std::vector<double> *values = values_of<double>(map, key, error);
    return values == nullptr ? nullptr : values->data();
}

const char *text(const Map *map, const char *key, int index, int *error) {
    const std::vector<std::string> *values = values_of<std::string>(map, key, error);
    return values == nullptr ? nullptr : values->at(static_cast<size_t>(index)).c_str();
}

int text_size(const Map *map, const char *key, int index, int *error) {
    return static_cast<int>(value<std::string>(map, key, index, error).size());
}

Node *map_node(const Map *map, const char *key, int index, int *error) {
    Node *node = value<Node *>(map, key, index, error);
    if (node != nullptr) ++node->owners;
    return node;
}

int consume_node(Map *map, const char *key, Node *node, int) {
    const Aside aside;
    map->values[key] = std::vector<Node *>{node};
    return 0;
}

// Returns functions at their places in the published table. No plugin should call others.
std::vector<const void *> table() {
    std::vector<const void *> places(108);
    const auto put = [&places](size_t place, auto *entry) {
        places[place] = reinterpret_cast<const void *>(entry);
    };
    put(0, create_video_filter);
    put(7, free_node);
    put(10, video_info);
    put(13, new_video_frame2);
    put(16, free_frame);
    put(21, stride);
    put(22, pointer);
    put(23, pointer);
    put(24, frame_format);
    put(27, width);
    put(28, height);
    put(38, filter_frame);
    put(39, request_frame);
    put(42, set_filter_error);
    put(51, set_error);
    put(56, count);
    put(59, value<int64_t>);
    put(64, value<double>);
    put(66, numbers);
    put(69, text);
    put(70, text_size);
    put(73, map_node);
    put(75, consume_node);
    return places;
}
const std::vector<const void *> filled = table();
const void *const *const kApi = filled.data();

int api_version() {
    return kVersion4;
}

int config_plugin(const char *id, const char *name_space, const char *name, int, int api, int flags,
                  void *) {
    const Aside aside;
    CHECK(std::string(name).size() > 0);
    CHECK(api == kVersion4);
    CHECK(flags == 0);
    loading->id = id;
    loading->name_space = name_space;
    return 1;
}

int register_function(const char *name, const char *arguments, const char *result, Function made,
                      void *, void *) {
    const Aside aside;
    CHECK(std::string(name) == "Separable");
    CHECK(std::string(result) == "clip:vnode;");
    loading->signature = arguments;
    function = made;
    return 1;
}

const void *const kPluginApi[] = {reinterpret_cast<const void *>(api_version),
                                  reinterpret_cast<const void *>(config_plugin),
                                  reinterpret_cast<const void *>(register_function)};

// As the core does before a function sees them.
void check_arguments(const std::string &signature, const Map &in) {
    std::map<std::string, std::string> types;
    std::istringstream all(signature);
    for (std::string one; std::getline(all, one, ';');) {
        const size_t colon = one.find(':');
        types[one.substr(0, colon)] = one.substr(colon + 1);
        const bool is_optional = one.size() > 4 && one.substr(one.size() - 4) == ":opt";
        REQUIRE_MESSAGE((is_optional || in.values.count(one.substr(0, colon)) == 1), one);
    }
    for (const auto &[name, given] : in.values) {
        REQUIRE_MESSAGE(types.count(name) == 1, name);
        const char *const kinds[] = {"int", "float", "data", "vnode"};
        const std::string &type = types[name], kind = kinds[given.index()];
        REQUIRE_MESSAGE(type.rfind(kind, 0) == 0, name, " is ", type);
        const bool is_array = type.find("[]") != std::string::npos;
        REQUIRE_MESSAGE((is_array || count(&in, name.c_str()) == 1), name);
    }
}

}  // namespace

bool Format::operator==(const Format &other) const {
    return std::memcmp(this, &other, sizeof *this) == 0;
}

Format format_of(int family, bool is_float, int bits) {
    const int bytes = bits == 8 ? 1 : bits <= 16 ? 2 : 4, half = family == kYuv ? 1 : 0;
    return {family, is_float ? 1 : 0, bits, bytes, half, half, family == kGray ? 1 : 3};
}

char *Plane::start() const {
    const auto address = reinterpret_cast<uintptr_t>(memory.get());
    return memory.get() + (32 - address % 32) % 32;
}

Core::Core() {
    loading = this;
    void (*init)(void *, const void *const *);
    {
        const Aside aside;
        library_ = dlopen(SEPFLOW_VAPOURSYNTH, RTLD_LAZY);
        REQUIRE_MESSAGE(library_ != nullptr, dlerror());
        void *symbol = dlsym(library_, "VapourSynthPluginInit2");
        REQUIRE(symbol != nullptr);
        std::memcpy(&init, &symbol, sizeof init);
    }
    init(this, kPluginApi);
    REQUIRE(is_fpu_sound());
}

Core::~Core() {
    const Aside aside;
    CHECK(frames_alive() == 0);
    CHECK(nodes_alive() == 0);
    dlclose(library_);
}

int Core::frames_alive() {
    return mini::frames_alive;
}

int Core::nodes_alive() {
    return mini::nodes_alive;
}

Node *Core::source(const VideoInfo &info, const std::function<void(int, Frame &)> &paint) {
    const Aside aside;
    Node *node = new Node;
    ++mini::nodes_alive;
    node->info = info;
    node->paint = paint;
    return node;
}

const VideoInfo &Core::info(Node *node) const {
    return node->info;
}

Node *Core::call(Node *clip, const std::map<std::string, Value> &arguments) {
    Map in, out;
    {
        const Aside aside;
        in.values = arguments;
        in.values["clip"] = std::vector<Node *>{clip};
        check_arguments(signature, in);
    }
    function(&in, &out, nullptr, this, kApi);
    const Aside aside;
    error = out.error;
    if (!error.empty()) return nullptr;
    return std::get<std::vector<Node *>>(out.values.at("clip")).at(0);
}

FramePointer Core::frame(Node *node, int n, std::string *why) const {
    if (node->paint) {
        const Aside aside;
        const int w = std::max(node->info.width, 1), h = std::max(node->info.height, 1);
        Frame *painted = new_frame(node->info.format, w, h);
        node->paint(n, *painted);
        return FramePointer(painted, free_frame);
    }
    Context context;
    void *frame_data = nullptr;
    Core *core = node->core;
    const Frame *made =
        node->get_frame(n, kInitial, node->instance, &frame_data, &context, core, kApi);
    REQUIRE(made == nullptr);
    REQUIRE(context.requested.size() == 1);  // a strictly spatial filter asks for frame n only
    REQUIRE(context.requested[0].first == n);
    FramePointer asked;
    {
        const Aside aside;
        asked = frame(context.requested[0].second, n);
        context.ready[n] = asked.get();
    }
    made = node->get_frame(n, kAllFramesReady, node->instance, &frame_data, &context, core, kApi);
    REQUIRE(is_fpu_sound());
    const Aside aside;
    asked.reset();
    if (why != nullptr) *why = context.error;
    if (!context.error.empty()) REQUIRE(made == nullptr);
    if (made == nullptr) return nullptr;
    if (node->info.format.family != 0) REQUIRE(made->format == node->info.format);
    if (node->info.width != 0) REQUIRE(made->planes[0]->width == node->info.width);
    return FramePointer(made, free_frame);
}

void Core::free(Node *node) {
    free_node(node);
}

}  // namespace mini
