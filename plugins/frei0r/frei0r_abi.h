// The part of frei0r 1.2 that a filter has. Pixels are 4 bytes, rows lie without gaps, top row
// first.
#pragma once

#include <cstdint>

#include <sepflow/node.h>

namespace sepflow::frei0r {

constexpr int kAbiVersion = 1;
constexpr int kFilter = 0;    // a plugin's type
constexpr int kRgba8888 = 1;  // a colour model: R, G, B, A in memory, alpha not multiplied in
constexpr int kString = 4;    // a parameter's type; its value is passed as char **

struct PluginInfo {
    const char *name, *author;
    int plugin_type, color_model, frei0r_version, major_version, minor_version, param_count;
    const char *explanation;
};

struct ParamInfo {
    const char *name;
    int type;
    const char *explanation;
};

}  // namespace sepflow::frei0r

extern "C" {
SEPFLOW_EXPORT int f0r_init();
SEPFLOW_EXPORT void f0r_deinit();
SEPFLOW_EXPORT void f0r_get_plugin_info(sepflow::frei0r::PluginInfo *info);
SEPFLOW_EXPORT void f0r_get_param_info(sepflow::frei0r::ParamInfo *info, int index);
SEPFLOW_EXPORT void *f0r_construct(unsigned width, unsigned height);
SEPFLOW_EXPORT void f0r_destruct(void *instance);
SEPFLOW_EXPORT void f0r_set_param_value(void *instance, void *value, int index);
SEPFLOW_EXPORT void f0r_get_param_value(void *instance, void *value, int index);
SEPFLOW_EXPORT void f0r_update(void *instance, double time, const uint32_t *in, uint32_t *out);
}
