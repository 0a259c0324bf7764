// Entry of the plugin: the two exported functions, the actions, and the description of the effect,
// whose parameters are those of the node.
#include <cstring>
#include <string_view>

#include "plugins/openfx/effect.h"
#include "runtime/base/error.h"

namespace sepflow::openfx {

namespace {

constexpr const char *kDefaultKernel = "gaussian 3";

HostStruct *host = nullptr;

PropertySet properties_of(EffectHandle effect) {
    PropertySet set = nullptr;
    suites().effects->properties(effect, &set);
    return set;
}

void set_all(const Properties &set, const char *name, std::initializer_list<const char *> values) {
    int index = 0;
    for (const char *value : values) set.set(name, value, index++);
}

void describe_effect(EffectHandle effect) {
    const Properties set(properties_of(effect));
    set.set(describe::kLabel, "Sepflow");
    set.set(describe::kGrouping, "Filter");
    set.set(describe::kDescription, HostedFilter::desc().summary);
    set_all(set, describe::kContexts,
            {"OfxImageEffectContextFilter", "OfxImageEffectContextGeneral"});
    set_all(set, describe::kDepths,
            {"OfxBitDepthByte", "OfxBitDepthShort", "OfxBitDepthHalf", "OfxBitDepthFloat"});
    set.set(describe::kThreadSafety, "OfxImageEffectRenderFullySafe");
    set.set(describe::kHostThreads, 1);
    set.set(describe::kTiles, 1);
    set.set(describe::kMultiResolution, 1);
    set.set(describe::kClipDepths, 0);
    set.set(describe::kTemporal, 0);
}

const char *type_of(const sepflow_param_desc &desc) {
    if (is_switch(desc)) return "OfxParamTypeBoolean";
    if (desc.type == SEPFLOW_VALUE_INT) return "OfxParamTypeInteger";
    if (desc.type == SEPFLOW_VALUE_FLOAT) return "OfxParamTypeDouble";
    return desc.type == SEPFLOW_VALUE_CHOICE ? "OfxParamTypeChoice" : "OfxParamTypeString";
}

template <typename Number>
void describe_number(const Properties &set, const sepflow_param_desc &desc) {
    set.set(describe::kDefault, static_cast<Number>(desc.def));
    if (is_switch(desc) || (desc.min == 0 && desc.max == 0)) return;
    for (const char *name : {describe::kMin, describe::kDisplayMin})
        set.set(name, static_cast<Number>(desc.min));
    for (const char *name : {describe::kMax, describe::kDisplayMax})
        set.set(name, static_cast<Number>(desc.max));
}

void describe_param(ParamSet params, const sepflow_param_desc &desc) {
    PropertySet made = nullptr;
    if (suites().parameters->define(params, type_of(desc), desc.id, &made) != kOk)
        throw Error(SEPFLOW_E_INVALID, std::string("the host refuses parameter ") + desc.id);
    const Properties set(made);
    set.set(describe::kLabel, desc.name);
    set.set(describe::kHint, desc.doc);
    if (desc.type == SEPFLOW_VALUE_INT) {
        describe_number<int>(set, desc);
    } else if (desc.type == SEPFLOW_VALUE_FLOAT) {
        describe_number<double>(set, desc);
    } else if (desc.type == SEPFLOW_VALUE_CHOICE) {
        for (int i = 0; i < static_cast<int>(desc.choice_count); ++i) {
            set.set(describe::kOption, desc.choices[i], i);
            if (std::strcmp(desc.choices[i], desc.text_default) == 0)
                set.set(describe::kDefault, i);
        }
    } else {
        set.set(describe::kDefault,
                desc.type == SEPFLOW_VALUE_MATRIX ? kDefaultKernel : desc.text_default);
    }
}

void describe_in_context(EffectHandle effect) {
    for (const char *name : {"Source", "Output"}) {
        PropertySet clip = nullptr;
        if (suites().effects->define_clip(effect, name, &clip) != kOk)
            throw Error(SEPFLOW_E_INVALID, std::string("the host refuses clip ") + name);
        set_all(Properties(clip), describe::kComponents,
                {"OfxImageComponentRGBA", "OfxImageComponentRGB", "OfxImageComponentAlpha"});
        Properties(clip).set(describe::kTiles, 1);
    }
    ParamSet params = nullptr;
    suites().effects->params(effect, &params);
    const sepflow_node_desc &desc = HostedFilter::desc();
    for (uint32_t i = 0; i < desc.param_count; ++i) describe_param(params, desc.params[i]);
}

Effect &effect_of(EffectHandle handle) {
    void *data = Properties(properties_of(handle)).pointer(property::kInstanceData);
    if (data == nullptr) throw Error(SEPFLOW_E_INVALID, "an instance that was never created");
    return *static_cast<Effect *>(data);
}

Status status_of(const sepflow_error &error) {
    switch (error.code) {
        case SEPFLOW_E_CANCELLED:
            return kOk;  // the host knows that it asked to stop
        case SEPFLOW_E_MEMORY:
            return kMemory;
        case SEPFLOW_E_FORMAT:
            return kFormat;
        case SEPFLOW_E_UNSUPPORTED:
            return kUnsupported;
        default:
            return kFailed;
    }
}

// The actions that have parameters, and so a user to tell what is wrong with them.
template <typename Action>
Status act(EffectHandle handle, Action &&action) {
    Effect &effect = effect_of(handle);
    sepflow_error error = {};
    error.struct_size = sizeof error;
    Status status = kOk;
    if (guarded(&error, [&] { status = action(effect); }) == SEPFLOW_OK) return status;
    if (error.code != SEPFLOW_E_CANCELLED) effect.complain(error.message);
    return status_of(error);
}

// Takes the name as a view, since an action that needs no memory, such as destroying, must not fail
// to copy it.
Status perform(std::string_view name, EffectHandle handle, const Properties &in,
               const Properties &out) {
    if (name == action::kLoad) return fetch_suites(host);
    if (name == action::kUnload) return kOk;
    if (suites().properties == nullptr) return kFailed;  // never loaded
    if (name == action::kDescribe) return describe_effect(handle), kOk;
    if (name == action::kDescribeInContext) return describe_in_context(handle), kOk;
    if (name == action::kCreate) {
        auto effect = std::make_unique<Effect>(handle);
        Properties(properties_of(handle)).set(property::kInstanceData, effect.release());
        return kOk;
    }
    if (name == action::kDestroy) {
        delete &effect_of(handle);
        Properties(properties_of(handle))
            .set(property::kInstanceData, static_cast<void *>(nullptr));
        return kOk;
    }
    if (name == action::kDefinition)
        return act(handle, [&](Effect &effect) { return effect.region_of_definition(in, out); });
    if (name == action::kInterest)
        return act(handle, [&](Effect &effect) { return effect.regions_of_interest(in, out); });
    if (name == action::kIsIdentity)
        return act(handle, [&](Effect &effect) { return effect.is_identity(in, out); });
    if (name == action::kRender)
        return act(handle, [&](Effect &effect) { return effect.render(in); });
    return kReplyDefault;
}

// No exception crosses into the host.
Status main_entry(const char *name, const void *handle, PropertySet in, PropertySet out) {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    Status status = kOk;
    const auto effect = static_cast<EffectHandle>(const_cast<void *>(handle));
    if (guarded(&error, [&] { status = perform(name, effect, Properties(in), Properties(out)); }) ==
        SEPFLOW_OK)
        return status;
    return status_of(error);
}

void set_host(HostStruct *given) {
    host = given;
}

}  // namespace

}  // namespace sepflow::openfx

extern "C" {

SEPFLOW_EXPORT int OfxGetNumberOfPlugins(void);
SEPFLOW_EXPORT sepflow::openfx::PluginStruct *OfxGetPlugin(int index);

int OfxGetNumberOfPlugins(void) {
    return 1;
}

sepflow::openfx::PluginStruct *OfxGetPlugin(int index) {
    static sepflow::openfx::PluginStruct plugin = {
        "OfxImageEffectPluginAPI",  1, "org.sepflow.separable", 1, 0, sepflow::openfx::set_host,
        sepflow::openfx::main_entry};
    return index == 0 ? &plugin : nullptr;
}
}
