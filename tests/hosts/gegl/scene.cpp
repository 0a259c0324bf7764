#include "tests/hosts/gegl/scene.h"

#include <algorithm>
#include <cstdlib>
#include <dirent.h>
#include <dlfcn.h>
#include <random>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tests/oracle/plan.h"

namespace scene {

namespace {

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

Loading load_once() {
    Loading seen = {};
    seen.threads_before = thread_count();
    seen.fpu_before = fpu_state();
    void *module = dlopen(SEPFLOW_GEGL, RTLD_NOW);
    REQUIRE_MESSAGE(module != nullptr, dlerror());
    seen.threads_after = thread_count();
    seen.fpu_after = fpu_state();
    dlclose(module);
    seen.is_unloaded = dlopen(SEPFLOW_GEGL, RTLD_NOW | RTLD_NOLOAD) == nullptr;
    return seen;
}

struct Host {
    Loading loading = load_once();
    Host() {
        setenv("GEGL_PATH", SEPFLOW_GEGL_PATH, 1);
        setenv("GEGL_USE_OPENCL", "no", 1);
        gegl_init(nullptr, nullptr);
        REQUIRE(gegl_has_operation("sepflow:separable"));
    }
    ~Host() { gegl_exit(); }
};

}  // namespace

const Loading &start() {
    static const Host host;
    return host.loading;
}

Picture::Picture(const char *format_name, const GeglRectangle &place) : box(place) {
    start();
    format = babl_format(format_name);
    pixels.resize(static_cast<size_t>(box.width * box.height * channels()));
}

float *Picture::at(int x, int y) {
    return &pixels[static_cast<size_t>(((y - box.y) * box.width + x - box.x) * channels())];
}

sepflow_image Picture::view() {
    sepflow_image image =
        sepflow_image_dense(pixels.data(), SEPFLOW_F32, box.width, box.height, channels());
    image.bounds.x = box.x;
    image.bounds.y = box.y;
    return image;
}

Picture noise(const char *format_name, const GeglRectangle &box) {
    Picture picture(format_name, box);
    std::mt19937 random(11);
    for (float &value : picture.pixels) value = static_cast<float>(random() % 4096) / 4096;
    return picture;
}

Picture filtered(Picture &in, const std::string &kernel, const Set &set) {
    Picture out = in;
    sepflow_options options = oracle::options_of(SEPFLOW_F32, SEPFLOW_F32, in.channels());
    options.border_x = options.border_y = SEPFLOW_BORDER_REPLICATE;
    set(options);
    oracle::apply(oracle::plan_from(kernel, options), in.view(), out.view());
    return out;
}

Picture filtered_inside(const Picture &in, const std::string &kernel,
                        const std::vector<float> &around) {
    constexpr int kMargin = 40;
    const GeglRectangle &box = in.box;
    Picture wide = in;
    wide.box = {box.x - kMargin, box.y - kMargin, box.width + 2 * kMargin,
                box.height + 2 * kMargin};
    wide.pixels.clear();
    for (int i = 0; i < wide.box.width * wide.box.height; ++i)
        wide.pixels.insert(wide.pixels.end(), around.begin(), around.end());
    for (int y = box.y; y < box.y + box.height; ++y) {
        const float *row = const_cast<Picture &>(in).at(box.x, y);
        std::copy_n(row, box.width * in.channels(), wide.at(box.x, y));
    }
    Picture out = in;
    const sepflow_options options = oracle::options_of(SEPFLOW_F32, SEPFLOW_F32, in.channels());
    sepflow_image view = out.view();
    view.domain = wide.view().bounds;
    oracle::apply(oracle::plan_from(kernel, options), wide.view(), view);
    return out;
}

Graph::Graph(Picture &in) : Graph(gegl_buffer_new(&in.box, in.format)) {
    gegl_buffer_set(in_, &in.box, 0, in.format, in.pixels.data(), GEGL_AUTO_ROWSTRIDE);
}

Graph::Graph(GeglBuffer *in) : graph_(gegl_node_new()), in_(in) {
    last_ = gegl_node_new_child(graph_, "operation", "gegl:buffer-source", "buffer", in, nullptr);
}

Graph::~Graph() {
    g_object_unref(graph_);
    g_object_unref(in_);
}

GeglNode *Graph::add(const char *operation, const Properties &properties) {
    GeglNode *node = gegl_node_new_child(graph_, "operation", operation, nullptr);
    for (const auto &[name, text] : properties) set(node, name, text);
    if (gegl_node_has_pad(node, "input")) gegl_node_link(last_, node);
    return last_ = node;
}

const Babl *Graph::format() const {
    gegl_node_get_bounding_box(last_);  // so that it is prepared
    return gegl_operation_get_format(gegl_node_get_gegl_operation(last_), "output");
}

Picture Graph::render(const char *format_name, const GeglRectangle &box) const {
    Picture out(format_name, box);
    gegl_node_blit(last_, 1, &box, out.format, out.pixels.data(), GEGL_AUTO_ROWSTRIDE,
                   GEGL_BLIT_DEFAULT);
    return out;
}

void set(GeglNode *node, const std::string &name, const std::string &text) {
    const GParamSpec *spec = gegl_node_find_property(node, name.c_str());
    REQUIRE_MESSAGE(spec != nullptr, name);
    if (G_IS_PARAM_SPEC_ENUM(spec)) {
        const GEnumValue *value =
            g_enum_get_value_by_nick(G_PARAM_SPEC_ENUM(spec)->enum_class, text.c_str());
        REQUIRE_MESSAGE(value != nullptr, text);
        gegl_node_set(node, name.c_str(), value->value, nullptr);
    } else if (G_IS_PARAM_SPEC_STRING(spec)) {
        gegl_node_set(node, name.c_str(), text.c_str(), nullptr);
    } else if (G_IS_PARAM_SPEC_DOUBLE(spec)) {
        gegl_node_set(node, name.c_str(), std::stod(text), nullptr);
    } else {
        gegl_node_set(node, name.c_str(), std::stoi(text), nullptr);
    }
}

Warnings::Warnings() {
    const GLogFunc keep = [](const gchar *, GLogLevelFlags, const gchar *message, gpointer self) {
        static_cast<Warnings *>(self)->texts.emplace_back(message);
    };
    handler_ = g_log_set_handler("GEGL", G_LOG_LEVEL_WARNING, keep, this);
}

Warnings::~Warnings() {
    g_log_remove_handler("GEGL", handler_);
}

}  // namespace scene
