// The nine functions of a frei0r filter, which a host finds by name.
#include <memory>

#include <sepflow/sepflow.h>

#include "plugins/frei0r/effect.h"
#include "plugins/frei0r/frei0r_abi.h"
#include "plugins/frei0r/parameters.h"
#include "runtime/base/error.h"

namespace {

using namespace sepflow::frei0r;

Effect &effect(void *instance) {
    return *static_cast<Effect *>(instance);
}

bool is_index(int index) {
    return index >= 0 && static_cast<size_t>(index) < parameters().size();
}

// There is no way to tell a host what went wrong here, and no exception may reach it.
template <typename Body>
void quietly(Body &&body) noexcept {
    sepflow::guarded(nullptr, body);
}

}  // namespace

// Called any number of times. Hosts do not agree on what a failure is: GStreamer takes 0 for one,
// FFmpeg what is negative.
int f0r_init() {
    return 1;
}

void f0r_deinit() {}

// Hosts read it whatever happens: without memory for the parameters there are none.
void f0r_get_plugin_info(PluginInfo *info) {
    *info = {"sepflow",
             "The Sepflow authors",
             kFilter,
             kRgba8888,
             kAbiVersion,
             SEPFLOW_VERSION_MAJOR,
             SEPFLOW_VERSION_MINOR,
             0,
             "Out of memory"};
    quietly([&] {
        info->param_count = static_cast<int>(parameters().size());
        info->explanation = sepflow::HostedFilter::desc().summary;
    });
}

void f0r_get_param_info(ParamInfo *info, int index) {
    quietly([&] {
        if (!is_index(index)) return;
        const Parameter &parameter = parameters()[static_cast<size_t>(index)];
        *info = {parameter.name.c_str(), kString, parameter.explanation.c_str()};
    });
}

void *f0r_construct(unsigned width, unsigned height) {
    std::unique_ptr<Effect> made;
    quietly([&] { made = std::make_unique<Effect>(width, height); });
    return made.release();
}

void f0r_destruct(void *instance) {
    delete &effect(instance);
}

void f0r_set_param_value(void *instance, void *value, int index) {
    const char *text = value == nullptr ? nullptr : *static_cast<char **>(value);
    if (text == nullptr || !is_index(index)) return;
    effect(instance).set(static_cast<size_t>(index), text);
}

// The text is the instance's; it stays until the parameter is set.
void f0r_get_param_value(void *instance, void *value, int index) {
    if (!is_index(index)) return;
    *static_cast<const char **>(value) = effect(instance).text(static_cast<size_t>(index)).c_str();
}

void f0r_update(void *instance, double, const uint32_t *in, uint32_t *out) {
    effect(instance).update(reinterpret_cast<const uint8_t *>(in),
                            reinterpret_cast<uint8_t *>(out));
}
