// The part of the OpenFX image effect API 1.4 that we use: two structs, five suites and the names
// of actions and properties. Entries of a suite that we never call only keep their place.
#pragma once

#include <cstddef>

namespace sepflow::openfx {

using Status = int;
enum : Status {
    kOk = 0,
    kFailed = 1,
    kMissingHostFeature = 4,
    kUnsupported = 5,
    kExists = 6,
    kFormat = 7,
    kMemory = 8,
    kBadHandle = 9,
    kReplyDefault = 14
};

// Handles: only the host knows what is behind them.
using PropertySet = struct OpaquePropertySet *;
using EffectHandle = struct OpaqueEffect *;
using ClipHandle = struct OpaqueClip *;
using ParamHandle = struct OpaqueParam *;
using ParamSet = struct OpaqueParamSet *;
using Unused = void (*)();

struct RectD {
    double x1, y1, x2, y2;
};

extern "C" {

struct HostStruct {
    PropertySet properties;
    const void *(*fetch_suite)(PropertySet host, const char *name, int version);
};

struct PluginStruct {
    const char *api;
    int api_version;
    const char *id;
    unsigned int major, minor;
    void (*set_host)(HostStruct *host);
    Status (*main_entry)(const char *action, const void *handle, PropertySet in, PropertySet out);
};

struct PropertySuite {
    Status (*set_pointer)(PropertySet, const char *name, int index, void *value);
    Status (*set_string)(PropertySet, const char *name, int index, const char *value);
    Status (*set_double)(PropertySet, const char *name, int index, double value);
    Status (*set_int)(PropertySet, const char *name, int index, int value);
    Unused set_many[4];
    Status (*get_pointer)(PropertySet, const char *name, int index, void **value);
    Status (*get_string)(PropertySet, const char *name, int index, char **value);
    Status (*get_double)(PropertySet, const char *name, int index, double *value);
    Status (*get_int)(PropertySet, const char *name, int index, int *value);
    Unused get_many[4];
    Unused reset, dimension;
};

struct EffectSuite {
    Status (*properties)(EffectHandle, PropertySet *);
    Status (*params)(EffectHandle, ParamSet *);
    Status (*define_clip)(EffectHandle, const char *name, PropertySet *);
    Status (*clip)(EffectHandle, const char *name, ClipHandle *, PropertySet *);
    Unused clip_properties;
    Status (*image)(ClipHandle, double time, const RectD *region, PropertySet *image);
    Status (*release_image)(PropertySet image);
    Status (*clip_definition)(ClipHandle, double time, RectD *);
    int (*abort)(EffectHandle);
    Unused memory[4];
};

struct ParameterSuite {
    Status (*define)(ParamSet, const char *type, const char *name, PropertySet *);
    Status (*param)(ParamSet, const char *name, ParamHandle *, PropertySet *);
    Unused set_properties, properties, value;
    Status (*value_at)(ParamHandle, double time, ...);
    Unused animation[12];
};

struct MessageSuite1 {
    Status (*message)(void *handle, const char *kind, const char *id, const char *format, ...);
};

struct MessageSuite2 {
    MessageSuite1 first;
    Status (*set_persistent)(void *handle, const char *kind, const char *id, const char *format,
                             ...);
    Status (*clear_persistent)(void *handle);
};

struct ThreadSuite {
    Status (*run)(void (*function)(unsigned int index, unsigned int count, void *arg),
                  unsigned int count, void *arg);
    Status (*cpu_count)(unsigned int *count);
    Unused index, is_spawned, mutexes[5];
};
}

namespace action {
constexpr const char *kLoad = "OfxActionLoad", *kUnload = "OfxActionUnload",
                     *kDescribe = "OfxActionDescribe",
                     *kDescribeInContext = "OfxImageEffectActionDescribeInContext",
                     *kCreate = "OfxActionCreateInstance", *kDestroy = "OfxActionDestroyInstance",
                     *kDefinition = "OfxImageEffectActionGetRegionOfDefinition",
                     *kInterest = "OfxImageEffectActionGetRegionsOfInterest",
                     *kIsIdentity = "OfxImageEffectActionIsIdentity",
                     *kRender = "OfxImageEffectActionRender";
}

// Properties of effects, clips and parameters in their descriptions.
namespace describe {
constexpr const char *kLabel = "OfxPropLabel", *kDescription = "OfxPropPluginDescription",
                     *kGrouping = "OfxImageEffectPluginPropGrouping",
                     *kContexts = "OfxImageEffectPropSupportedContexts",
                     *kDepths = "OfxImageEffectPropSupportedPixelDepths",
                     *kComponents = "OfxImageEffectPropSupportedComponents",
                     *kThreadSafety = "OfxImageEffectPluginRenderThreadSafety",
                     *kHostThreads = "OfxImageEffectPluginPropHostFrameThreading",
                     *kTiles = "OfxImageEffectPropSupportsTiles",
                     *kMultiResolution = "OfxImageEffectPropSupportsMultiResolution",
                     *kClipDepths = "OfxImageEffectPropMultipleClipDepths",
                     *kTemporal = "OfxImageEffectPropTemporalClipAccess",
                     *kHint = "OfxParamPropHint", *kDefault = "OfxParamPropDefault",
                     *kMin = "OfxParamPropMin", *kMax = "OfxParamPropMax",
                     *kDisplayMin = "OfxParamPropDisplayMin",
                     *kDisplayMax = "OfxParamPropDisplayMax", *kOption = "OfxParamPropChoiceOption";
}

// Properties of images, clips, instances and the arguments of actions.
namespace property {
constexpr const char *kData = "OfxImagePropData", *kBounds = "OfxImagePropBounds",
                     *kRowBytes = "OfxImagePropRowBytes",
                     *kImageDefinition = "OfxImagePropRegionOfDefinition",
                     *kPixelAspect = "OfxImagePropPixelAspectRatio",
                     *kDepth = "OfxImageEffectPropPixelDepth",
                     *kComponents = "OfxImageEffectPropComponents", *kTime = "OfxPropTime",
                     *kName = "OfxPropName", *kRenderScale = "OfxImageEffectPropRenderScale",
                     *kRenderWindow = "OfxImageEffectPropRenderWindow",
                     *kInterest = "OfxImageEffectPropRegionOfInterest",
                     *kSourceInterest = "OfxImageClipPropRoI_Source",
                     *kDefinition = "OfxImageEffectPropRegionOfDefinition",
                     *kInstanceData = "OfxPropInstanceData";
}

}  // namespace sepflow::openfx
