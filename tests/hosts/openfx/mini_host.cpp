#include "tests/hosts/openfx/mini_host.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <thread>

#include "tests/faults/allocations.h"

using faults::Aside;  // where the plugin calls: no exception of ours may go through it

namespace mini {

namespace {

constexpr int kOk = 0, kFailed = 1, kUnknown = 3, kExists = 6, kBadHandle = 9, kBadIndex = 10;

// ---- Property suite

template <typename T>
int set(void *bag, const char *name, int index, T value) {
    const Aside aside;
    if (bag == nullptr) return kBadHandle;
    if (index < 0) return kBadIndex;
    auto &values = static_cast<Bag *>(bag)->values[name];
    if (values.size() <= static_cast<size_t>(index)) values.resize(static_cast<size_t>(index) + 1);
    values[static_cast<size_t>(index)] = value;
    return kOk;
}

template <typename T>
const T *find(void *bag, const char *name, int index) {
    const Aside aside;
    const auto &values = static_cast<Bag *>(bag)->values;
    const auto known = values.find(name);
    if (known == values.end() || static_cast<size_t>(index) >= known->second.size()) return nullptr;
    return std::get_if<T>(&known->second[static_cast<size_t>(index)]);
}

template <typename T>
int get(void *bag, const char *name, int index, T *value) {
    if (bag == nullptr) return kBadHandle;
    const T *known = find<T>(bag, name, index);
    if (known == nullptr) return kUnknown;
    *value = *known;
    return kOk;
}

int set_text(void *bag, const char *name, int index, const char *value) {
    const Aside aside;
    return set<std::string>(bag, name, index, value);
}

int get_text(void *bag, const char *name, int index, char **value) {
    const std::string *known = find<std::string>(bag, name, index);
    if (known == nullptr) return kUnknown;
    *value = const_cast<char *>(known->c_str());
    return kOk;
}

template <typename Function>
const void *slot(Function *function) {
    return reinterpret_cast<const void *>(function);
}

// ---- Image effect suite

int effect_properties(void *effect, void **bag) {
    *bag = &static_cast<Effect *>(effect)->bag;
    return kOk;
}

int effect_params(void *effect, void **params) {
    *params = effect;
    return kOk;
}

int define_clip(void *effect, const char *name, void **bag) {
    const Aside aside;
    *bag = &static_cast<Effect *>(effect)->clips[name].bag;
    return kOk;
}

int clip_handle(void *effect, const char *name, void **clip, void **bag) {
    const Aside aside;
    auto &clips = static_cast<Effect *>(effect)->clips;
    const auto known = clips.find(name);
    if (known == clips.end()) return kBadHandle;
    *clip = &known->second;
    if (bag != nullptr) *bag = &known->second.bag;
    return kOk;
}

int clip_image(void *handle, double time, const Area *, void **bag) {
    const Aside aside;
    auto &clip = *static_cast<Clip *>(handle);
    const auto known = clip.images.find(time);
    if (known == clip.images.end()) return kFailed;
    const Image &image = known->second;
    auto made = std::make_unique<Bag>();
    const auto rect = [](const Rect &r) { return std::vector<Property>{r.x1, r.y1, r.x2, r.y2}; };
    made->values = {{"OfxPropType", {std::string("OfxTypeImage")}},
                    {"OfxImagePropData", {static_cast<void *>(image.data)}},
                    {"OfxImagePropBounds", rect(image.bounds)},
                    {"OfxImagePropRegionOfDefinition", rect(image.definition)},
                    {"OfxImagePropRowBytes", {image.row_bytes}},
                    {"OfxImageEffectPropPixelDepth", {image.depth}},
                    {"OfxImageEffectPropComponents", {image.components}}};
    ++clip.effect->host->open_images;
    made->values["mini.host"] = {static_cast<void *>(clip.effect->host)};
    *bag = made.release();
    return kOk;
}

int release_image(void *bag) {
    const Aside aside;
    const std::unique_ptr<Bag> image(static_cast<Bag *>(bag));
    --static_cast<Host *>(image->get<void *>("mini.host"))->open_images;
    return kOk;
}

int clip_definition(void *clip, double, Area *area) {
    *area = static_cast<Clip *>(clip)->definition;
    return kOk;
}

int abort_asked(void *effect) {
    Host &host = *static_cast<Effect *>(effect)->host;
    ++host.aborts_asked;
    return host.wants_abort ? 1 : 0;
}

// ---- Parameter suite

int define_param(void *params, const char *type, const char *name, void **bag) {
    const Aside aside;
    Param &param = static_cast<Effect *>(params)->params[name];
    if (!param.type.empty()) return kExists;
    param.type = type;
    *bag = &param.bag;
    return kOk;
}

int param_handle(void *params, const char *name, void **param, void **bag) {
    const Aside aside;
    auto &known = static_cast<Effect *>(params)->params;
    const auto found = known.find(name);
    if (found == known.end()) return kUnknown;
    *param = &found->second;
    if (bag != nullptr) *bag = &found->second.bag;
    return kOk;
}

int value_at(void *handle, double time, ...) {
    const Param &param = *static_cast<Param *>(handle);
    const double number = param.at_time ? param.at_time(time) : param.number;
    va_list args;
    va_start(args, time);
    if (param.type == "OfxParamTypeString") {
        *va_arg(args, char **) = const_cast<char *>(param.text.c_str());
    } else if (param.type == "OfxParamTypeDouble") {
        *va_arg(args, double *) = number;
    } else {
        *va_arg(args, int *) = static_cast<int>(number);
    }
    va_end(args);
    return kOk;
}

// ---- Message and multi-thread suites

std::string formatted(const char *format, va_list args) {
    char text[512];
    vsnprintf(text, sizeof text, format, args);
    return text;
}

int message(void *effect, const char *, const char *, const char *format, ...) {
    const Aside aside;
    Host &host = *static_cast<Effect *>(effect)->host;
    va_list args;
    va_start(args, format);
    const std::lock_guard<std::mutex> lock(host.mutex);
    host.message = formatted(format, args);
    va_end(args);
    return kOk;
}

int set_persistent(void *effect, const char *, const char *, const char *format, ...) {
    const Aside aside;
    Host &host = *static_cast<Effect *>(effect)->host;
    va_list args;
    va_start(args, format);
    const std::lock_guard<std::mutex> lock(host.mutex);
    host.persistent = formatted(format, args);
    va_end(args);
    return kOk;
}

int clear_persistent(void *effect) {
    Host &host = *static_cast<Effect *>(effect)->host;
    const std::lock_guard<std::mutex> lock(host.mutex);
    host.persistent.clear();
    return kOk;
}

thread_local bool is_spawned = false;
std::atomic<int> *threads_run = nullptr;

int multi_thread(void (*function)(unsigned, unsigned, void *), unsigned count, void *arg) {
    const Aside aside;
    if (is_spawned) return kExists;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < count; ++i) {
        threads.emplace_back([=] {
            is_spawned = true;
            ++*threads_run;
            function(i, count, arg);
        });
    }
    for (std::thread &thread : threads) thread.join();
    return kOk;
}

int cpu_count(unsigned *count) {
    *count = is_spawned ? 1 : 3;
    return kOk;
}

// The tables, in the published order. What nobody should call is NULL.
const void *const kProperties[] = {slot(set<void *>), slot(set_text),    slot(set<double>),
                                   slot(set<int>),    nullptr,           nullptr,
                                   nullptr,           nullptr,           slot(get<void *>),
                                   slot(get_text),    slot(get<double>), slot(get<int>),
                                   nullptr,           nullptr,           nullptr,
                                   nullptr,           nullptr,           nullptr};
const void *const kEffects[] = {slot(effect_properties),
                                slot(effect_params),
                                slot(define_clip),
                                slot(clip_handle),
                                nullptr,
                                slot(clip_image),
                                slot(release_image),
                                slot(clip_definition),
                                slot(abort_asked),
                                nullptr,
                                nullptr,
                                nullptr,
                                nullptr};
const void *const kParameters[] = {slot(define_param),
                                   slot(param_handle),
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   slot(value_at),
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr};
const void *const kMessages1[] = {slot(message)};
const void *const kMessages2[] = {slot(message), slot(set_persistent), slot(clear_persistent)};
const void *const kThreads[] = {slot(multi_thread),
                                slot(cpu_count),
                                nullptr,
                                nullptr,
                                nullptr,
                                nullptr,
                                nullptr,
                                nullptr,
                                nullptr};

const void *fetch_suite(void *handle, const char *name, int version) {
    const Aside aside;
    const Suites &offered =
        static_cast<Host *>(static_cast<Bag *>(handle)->get<void *>("mini.host"))->suites;
    const std::string suite = name + std::to_string(version);
    if (suite == "OfxPropertySuite1") return kProperties;
    if (suite == "OfxImageEffectSuite1") return kEffects;
    if (suite == "OfxParameterSuite1" && offered.parameters) return kParameters;
    if (suite == "OfxMessageSuite1" && offered.messages) return kMessages1;
    if (suite == "OfxMessageSuite2" && offered.persistent) return kMessages2;
    if (suite == "OfxMultiThreadSuite1" && offered.threads) return kThreads;
    return nullptr;
}

struct HostStruct {
    void *properties;
    const void *(*fetch)(void *, const char *, int);
};

struct PluginStruct {
    const char *api;
    int api_version;
    const char *id;
    unsigned major, minor;
    void (*set_host)(HostStruct *);
    int (*entry)(const char *, const void *, void *, void *);
};

Bag host_bag;
HostStruct host_struct = {&host_bag, fetch_suite};

template <typename Function>
Function symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    REQUIRE_MESSAGE(found != nullptr, name);
    Function function;
    std::memcpy(&function, &found, sizeof function);
    return function;
}

void put(Bag &bag, const char *name, std::initializer_list<Property> values) {
    const Aside aside;
    bag.values[name] = values;
}

}  // namespace

std::vector<std::string> Bag::texts(const std::string &name) const {
    std::vector<std::string> all;
    for (const Property &value : values.at(name)) all.push_back(std::get<std::string>(value));
    return all;
}

Host::Host(const Suites &offered) : suites(offered) {
    open();
    status = act("OfxActionLoad", nullptr, nullptr, nullptr);
}

void Host::open() {
    const Aside aside;
    library_ = dlopen(SEPFLOW_OFX, RTLD_NOW | RTLD_LOCAL);
    REQUIRE_MESSAGE(library_ != nullptr, dlerror());
    REQUIRE(symbol<int (*)()>(library_, "OfxGetNumberOfPlugins")() == 1);
    const auto plugin_at = symbol<PluginStruct *(*)(int)>(library_, "OfxGetPlugin");
    REQUIRE(plugin_at(1) == nullptr);
    const PluginStruct &plugin = *plugin_at(0);
    CHECK(std::string(plugin.api) == "OfxImageEffectPluginAPI");
    CHECK(plugin.api_version == 1);
    CHECK(std::string(plugin.id) == "org.sepflow.separable");
    CHECK(plugin.major == 1);
    entry_ = plugin.entry;
    host_bag.values["mini.host"] = {static_cast<void *>(this)};
    threads_run = 0;
    mini::threads_run = &threads_run;
    plugin.set_host(&host_struct);
    descriptor.host = this;
}

Host::~Host() {
    const int unloaded = status == kOk ? act("OfxActionUnload", nullptr, nullptr, nullptr) : kOk;
    const Aside aside;
    CHECK(unloaded == kOk);
    CHECK(open_images == 0);
    dlclose(library_);
}

int Host::act(const char *action, void *handle, Bag *in, Bag *out) {
    return entry_(action, handle, in, out);
}

int Host::describe(const char *context) {
    Bag in;
    {
        const Aside aside;
        put(in, "OfxImageEffectPropContext", {std::string(context)});
    }
    const int described = act("OfxActionDescribe", &descriptor, nullptr, nullptr);
    return described != kOk
               ? described
               : act("OfxImageEffectActionDescribeInContext", &descriptor, &in, nullptr);
}

Instance::Instance(Host &host, const std::string &depth, const std::string &components)
    : host_(host) {
    if (host.descriptor.clips.empty()) REQUIRE(host.describe() == kOk);
    prepare(depth, components);
    created = host.act("OfxActionCreateInstance", &effect, nullptr, nullptr);
}

void Instance::prepare(const std::string &depth, const std::string &components) {
    const Aside aside;
    effect.host = &host_;
    effect.clips = host_.descriptor.clips;
    effect.params = host_.descriptor.params;
    for (auto &[name, clip] : effect.clips) {
        clip.effect = &effect;
        clip.name = name;
        clip.bag.values["OfxImageEffectPropPixelDepth"] = {depth};
        clip.bag.values["OfxImageEffectPropComponents"] = {components};
        clip.bag.values["OfxImagePropPixelAspectRatio"] = {1.0};
    }
    for (auto &[name, param] : effect.params) {
        const Property initial = param.bag.values.at("OfxParamPropDefault").at(0);
        if (const auto *text = std::get_if<std::string>(&initial)) param.text = *text;
        if (const auto *number = std::get_if<double>(&initial)) param.number = *number;
        if (const auto *integer = std::get_if<int>(&initial)) param.number = *integer;
    }
    effect.bag.values["OfxPropInstanceData"] = {static_cast<void *>(nullptr)};
}

Instance::~Instance() {
    const int destroyed =
        created == kOk ? host_.act("OfxActionDestroyInstance", &effect, nullptr, nullptr) : kOk;
    const Aside aside;
    CHECK(destroyed == kOk);
    CHECK(effect.bag.get<void *>("OfxPropInstanceData") == nullptr);
}

namespace {

Bag arguments(double time, Scale scale) {
    const Aside aside;
    Bag bag;
    bag.values = {{"OfxPropTime", {time}},
                  {"OfxImageEffectPropRenderScale", {scale.x, scale.y}},
                  {"OfxImageEffectPropFieldToRender", {std::string("OfxFieldNone")}}};
    return bag;
}

void take(const Bag &bag, const char *name, Area &area) {
    const Aside aside;
    area = {bag.get<double>(name, 0), bag.get<double>(name, 1), bag.get<double>(name, 2),
            bag.get<double>(name, 3)};
}

}  // namespace

int Instance::render(double time, const Rect &window, Scale scale) {
    Bag in = arguments(time, scale);
    put(in, "OfxImageEffectPropRenderWindow", {window.x1, window.y1, window.x2, window.y2});
    Bag sequence = arguments(time, scale);
    put(sequence, "OfxImageEffectPropFrameRange", {time, time});
    host_.act("OfxImageEffectActionBeginSequenceRender", &effect, &sequence, nullptr);
    const int status = host_.act("OfxImageEffectActionRender", &effect, &in, nullptr);
    host_.act("OfxImageEffectActionEndSequenceRender", &effect, &sequence, nullptr);
    return status;
}

int Instance::region_of_interest(double time, Area &area, Scale scale) {
    Bag in = arguments(time, scale), out;
    put(in, "OfxImageEffectPropRegionOfInterest", {area.x1, area.y1, area.x2, area.y2});
    put(out, "OfxImageClipPropRoI_Source", {area.x1, area.y1, area.x2, area.y2});
    const int status = host_.act("OfxImageEffectActionGetRegionsOfInterest", &effect, &in, &out);
    take(out, "OfxImageClipPropRoI_Source", area);
    return status;
}

int Instance::region_of_definition(double time, Area &area, Scale scale) {
    Bag in = arguments(time, scale), out;
    put(out, "OfxImageEffectPropRegionOfDefinition", {area.x1, area.y1, area.x2, area.y2});
    const int status = host_.act("OfxImageEffectActionGetRegionOfDefinition", &effect, &in, &out);
    take(out, "OfxImageEffectPropRegionOfDefinition", area);
    return status;
}

int Instance::is_identity(double time, std::string &clip) {
    Bag in = arguments(time, {}), out;
    put(out, "OfxPropName", {std::string()});
    put(out, "OfxPropTime", {time});
    const int status = host_.act("OfxImageEffectActionIsIdentity", &effect, &in, &out);
    clip = out.get<std::string>("OfxPropName");
    return status;
}

}  // namespace mini
