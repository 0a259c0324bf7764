// Entry of the plugin: the entry function, the function sepflow.Separable, whose arguments are the
// node's parameters, and the calls for frames.
#include <cmath>
#include <cstdio>
#include <string>

#include <sepflow/sepflow.h>

#include "plugins/vapoursynth/filter.h"
#include "runtime/base/error.h"

namespace sepflow::vapoursynth {

namespace {

// Not of this function: the kernel has arguments of its own, and frames keep their size.
bool is_argument(const sepflow_param_desc &desc) {
    return desc.type != SEPFLOW_VALUE_MATRIX && std::string(desc.id) != "extent";
}

std::string signature() {
    std::string all =
        "clip:vnode;kernel:data:opt;matrix:float[]:opt;rows:int:opt;columns:int:opt;"
        "planes:int[]:opt;border:data:opt;";
    for (const sepflow_param_desc &param : HostedFilter::params()) {
        if (!is_argument(param)) continue;
        const bool is_integer = param.type == SEPFLOW_VALUE_INT,
                   is_number = param.type == SEPFLOW_VALUE_FLOAT;
        all += param.id +
               std::string(is_integer  ? ":int"
                           : is_number ? ":float"
                                       : ":data") +
               ":opt;";
    }
    return all;
}

// The arguments of one call.
class Arguments {
  public:
    Arguments(const Api &api, const Map *map) : api_(api), map_(map) {}

    int count(const std::string &name) const { return api_.count(map_, name.c_str()); }
    bool has(const std::string &name) const { return count(name) > 0; }
    int64_t integer(const std::string &name, int index = 0) const {
        int error = 0;
        return api_.integer(map_, name.c_str(), index, &error);
    }
    double number(const std::string &name) const {
        int error = 0;
        return api_.number(map_, name.c_str(), 0, &error);
    }
    const double *numbers(const std::string &name) const {
        int error = 0;
        return api_.numbers(map_, name.c_str(), &error);
    }
    std::string text(const std::string &name) const {
        int error = 0;
        const char *start = api_.text(map_, name.c_str(), 0, &error);
        return std::string(start,
                           static_cast<size_t>(api_.text_size(map_, name.c_str(), 0, &error)));
    }
    NodePointer clip() const {
        int error = 0;
        return {api_.node(map_, "clip", 0, &error), {&api_}};
    }

  private:
    const Api &api_;
    const Map *map_;
};

void set_kernel(HostedFilter &filter, const Arguments &arguments) {
    if (arguments.has("kernel") == arguments.has("matrix"))
        throw Error(SEPFLOW_E_PARAM, "give either kernel=\"gaussian 3\" or matrix=[...]");
    if (arguments.has("kernel")) {
        if (arguments.has("rows") || arguments.has("columns"))
            throw Error(SEPFLOW_E_PARAM, "rows and columns belong to matrix, not to kernel");
        filter.set("kernel", arguments.text("kernel"));
        return;
    }
    const int64_t count = arguments.count("matrix");
    int64_t rows = arguments.has("rows") ? arguments.integer("rows") : 0;
    int64_t columns = arguments.has("columns") ? arguments.integer("columns") : 0;
    if (rows == 0 && columns == 0) rows = std::lround(std::sqrt(static_cast<double>(count)));
    if (rows == 0 && columns > 0) rows = count / columns;
    if (columns == 0 && rows > 0) columns = count / rows;
    if (rows < 1 || columns < 1 || rows > count || columns > count || rows * columns != count) {
        throw Error(SEPFLOW_E_PARAM, "matrix has " + std::to_string(count) +
                                         " values, which do not make rows by columns; without "
                                         "them it is a square");
    }
    filter.set_kernel(arguments.numbers("matrix"), rows, columns);
}

void set_parameters(HostedFilter &filter, const Arguments &arguments) {
    if (arguments.has("border")) {
        for (const char *border : {"border_x", "border_y"})
            filter.set(border, arguments.text("border"));
    }
    for (const sepflow_param_desc &param : HostedFilter::params()) {
        if (!is_argument(param) || !arguments.has(param.id)) continue;
        if (param.type == SEPFLOW_VALUE_INT) {
            filter.set(param.id, static_cast<double>(arguments.integer(param.id)));
        } else if (param.type == SEPFLOW_VALUE_FLOAT) {
            filter.set(param.id, arguments.number(param.id));
        } else {
            filter.set(param.id, arguments.text(param.id));
        }
    }
}

void choose_planes(Filter &filter, const Arguments &arguments, const VideoFormat &format) {
    if (!arguments.has("planes")) return;
    filter.planes = {};
    const int known = format.family == kUndefinedFamily ? 3 : format.planes;
    for (int i = 0; i < arguments.count("planes"); ++i) {
        const int64_t plane = arguments.integer("planes", i);
        if (plane < 0 || plane >= known)
            throw Error(SEPFLOW_E_PARAM, "there is no plane " + std::to_string(plane));
        bool &chosen = filter.planes[static_cast<size_t>(plane)];
        if (chosen)
            throw Error(SEPFLOW_E_PARAM, "plane " + std::to_string(plane) + " is given twice");
        chosen = true;
    }
}

// Needs no memory: that may be what is missing.
struct Sentence {
    explicit Sentence(const sepflow_error &error) {
        std::snprintf(text, sizeof text, "Separable: %s", error.message);
    }
    char text[sizeof sepflow_error::message + 20];
};

const Frame *get_frame(int n, int reason, void *instance, void **, FrameContext *context,
                       Core *core, const Api *api) {
    Filter &filter = *static_cast<Filter *>(instance);
    if (reason == kInitial) api->request_frame(n, filter.node(), context);
    if (reason != kAllFramesReady) return nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const Frame *frame = nullptr;
    if (guarded(&error, [&] { frame = filter.frame(n, context, core); }) != SEPFLOW_OK)
        api->set_filter_error(Sentence(error).text, context);
    return frame;
}

void free_filter(void *instance, Core *, const Api *) {
    delete static_cast<Filter *>(instance);
}

// A clip of known format is refused here rather than at its first frame, and passed on if nothing
// changes.
void make_filter(const Arguments &arguments, Map *out, Core *core, const Api &api) {
    auto filter = std::make_unique<Filter>(api, arguments.clip());
    const VideoInfo &video = *api.video_info(filter->node());
    set_kernel(filter->parameters, arguments);
    set_parameters(filter->parameters, arguments);
    choose_planes(*filter, arguments, video.format);
    if (video.format.family != kUndefinedFamily &&
        (filter->plan_for(video.format)->info().flags & SEPFLOW_PLAN_IDENTITY) != 0) {
        api.consume_node(out, "clip", filter->release_node(), kReplace);
        return;
    }
    const Dependency dependency = {filter->node(), kStrictSpatial};
    api.create_video_filter(out, "Separable", &video, get_frame, free_filter, kParallel,
                            &dependency, 1, filter.release(), core);
}

void separable(const Map *in, Map *out, void *, Core *core, const Api *api) {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    if (guarded(&error, [&] { make_filter(Arguments(*api, in), out, core, *api); }) != SEPFLOW_OK)
        api->set_error(out, Sentence(error).text);
}

}  // namespace

}  // namespace sepflow::vapoursynth

extern "C" SEPFLOW_EXPORT void VapourSynthPluginInit2(sepflow::vapoursynth::Plugin *plugin,
                                                      const sepflow::vapoursynth::PluginApi *api);

void VapourSynthPluginInit2(sepflow::vapoursynth::Plugin *plugin,
                            const sepflow::vapoursynth::PluginApi *api) {
    using namespace sepflow;
    // Without memory for both calls the core gets none, and so no plugin.
    guarded(nullptr, [&] {
        const char *summary = HostedFilter::desc().summary;
        const std::string signature = vapoursynth::signature();
        api->config_plugin("org.sepflow.separable", "sepflow", summary,
                           vapoursynth::make_version(SEPFLOW_VERSION_MAJOR, SEPFLOW_VERSION_MINOR),
                           vapoursynth::kApiVersion, 0, plugin);
        api->register_function("Separable", signature.c_str(), "clip:vnode;",
                               vapoursynth::separable, nullptr, plugin);
    });
}
