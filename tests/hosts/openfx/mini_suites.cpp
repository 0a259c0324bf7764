#include "tests/hosts/openfx/mini_suites.h"

#include <cstdarg>
#include <cstdio>
#include <thread>

#include "tests/faults/allocations.h"
#include "tests/hosts/openfx/mini_host.h"

using faults::Aside;  // where the plugin calls: no exception of ours may go through it

namespace mini {

std::atomic<int> *threads_run = nullptr;

namespace {

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

int keep(void *effect, std::string Host::*place, const char *format, va_list args) {
    const Aside aside;
    char text[512];
    vsnprintf(text, sizeof text, format, args);
    Host &host = *static_cast<Effect *>(effect)->host;
    const std::lock_guard<std::mutex> lock(host.mutex);
    host.*place = text;
    return kOk;
}

int message(void *effect, const char *, const char *, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int status = keep(effect, &Host::message, format, args);
    va_end(args);
    return status;
}

int set_persistent(void *effect, const char *, const char *, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int status = keep(effect, &Host::persistent, format, args);
    va_end(args);
    return status;
}

int clear_persistent(void *effect) {
    Host &host = *static_cast<Effect *>(effect)->host;
    const std::lock_guard<std::mutex> lock(host.mutex);
    host.persistent.clear();
    return kOk;
}

thread_local bool is_spawned = false;

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

}  // namespace

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

}  // namespace mini
