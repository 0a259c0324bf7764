#include "tests/hosts/openfx/mini_host.h"

#include <cstring>
#include <dlfcn.h>
#include <doctest/doctest.h>

#include "tests/faults/allocations.h"
#include "tests/hosts/openfx/mini_suites.h"

using faults::Aside;  // where the plugin calls: no exception of ours may go through it

namespace mini {

namespace {

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
