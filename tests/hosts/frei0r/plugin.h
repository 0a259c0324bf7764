// The plugin as a host loads it, by the published header; frames; and what sepflow_apply makes of
// them.
#pragma once

#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <frei0r.h>
#include <random>
#include <string>
#include <vector>

#include "tests/oracle/plan.h"

namespace frei0r {

struct Plugin {
    void *library = dlopen(SEPFLOW_FREI0R, RTLD_NOW | RTLD_LOCAL);
    decltype(&f0r_init) init = symbol<decltype(&f0r_init)>("f0r_init");
    decltype(&f0r_deinit) deinit = symbol<decltype(&f0r_deinit)>("f0r_deinit");
    decltype(&f0r_get_plugin_info) info =
        symbol<decltype(&f0r_get_plugin_info)>("f0r_get_plugin_info");
    decltype(&f0r_get_param_info) param_info =
        symbol<decltype(&f0r_get_param_info)>("f0r_get_param_info");
    decltype(&f0r_construct) construct = symbol<decltype(&f0r_construct)>("f0r_construct");
    decltype(&f0r_destruct) destruct = symbol<decltype(&f0r_destruct)>("f0r_destruct");
    decltype(&f0r_set_param_value) set_param =
        symbol<decltype(&f0r_set_param_value)>("f0r_set_param_value");
    decltype(&f0r_get_param_value) get_param =
        symbol<decltype(&f0r_get_param_value)>("f0r_get_param_value");
    decltype(&f0r_update) update = symbol<decltype(&f0r_update)>("f0r_update");

    Plugin() { REQUIRE(init() == 1); }
    Plugin(const Plugin &) = delete;
    ~Plugin() {
        deinit();
        dlclose(library);
    }

  private:
    template <typename Function>
    Function symbol(const char *name) {
        REQUIRE_MESSAGE(library != nullptr, dlerror());
        void *found = dlsym(library, name);
        REQUIRE_MESSAGE(found != nullptr, name);
        Function function;
        std::memcpy(&function, &found, sizeof function);
        return function;
    }
};

// R, G, B, A in memory, rows without gaps.
struct Frame {
    int w, h;
    std::vector<uint8_t> pixels;

    Frame(int width, int height) : w(width), h(height), pixels(static_cast<size_t>(4 * w * h)) {}
    bool operator==(const Frame &other) const { return pixels == other.pixels; }
    sepflow_image view() { return sepflow_image_dense(pixels.data(), SEPFLOW_U8, w, h, 4); }
};

inline Frame noise(int w, int h, unsigned seed = 7, bool opaque = false) {
    Frame frame(w, h);
    std::mt19937 random(seed);
    for (size_t i = 0; i < frame.pixels.size(); ++i)
        frame.pixels[i] = opaque && i % 4 == 3 ? 255 : static_cast<uint8_t>(random() >> 13);
    return frame;
}

// Colours by sepflow_apply, in the three channels that they are; alpha as it was.
inline Frame filtered(Frame &in, const std::string &kernel,
                      sepflow_options options = oracle::options_of(SEPFLOW_U8)) {
    options.channels = 3;
    Frame out = in;
    sepflow_image from = in.view(), to = out.view();
    from.channels = to.channels = 3;
    oracle::apply(oracle::plan_from(kernel, options), from, to);
    return out;
}

class Instance {
  public:
    Instance(const Plugin &plugin, int w, int h)
        : plugin_(plugin),
          w_(w),
          h_(h),
          instance_(plugin.construct(static_cast<unsigned>(w), static_cast<unsigned>(h))) {
        REQUIRE(instance_ != nullptr);
    }
    Instance(const Instance &) = delete;
    ~Instance() { plugin_.destruct(instance_); }

    int index(const std::string &name) const {
        f0r_plugin_info_t info;
        plugin_.info(&info);
        for (int i = 0; i < info.num_params; ++i) {
            f0r_param_info_t param;
            plugin_.param_info(&param, i);
            if (name == param.name) return i;
        }
        FAIL("no parameter " << name);
        return -1;
    }
    // From memory that is gone afterwards.
    void set(const std::string &name, const std::string &text) {
        std::vector<char> copy(text.begin(), text.end());
        copy.push_back('\0');
        char *value = copy.data();
        plugin_.set_param(instance_, &value, index(name));
        std::fill(copy.begin(), copy.end(), '!');
    }
    std::string get(const std::string &name) const {
        char *value = nullptr;
        plugin_.get_param(instance_, &value, index(name));
        return value;
    }
    // Any address will do.
    void update(const uint8_t *in, uint8_t *out) const {
        plugin_.update(instance_, 0.0, static_cast<const uint32_t *>(static_cast<const void *>(in)),
                       static_cast<uint32_t *>(static_cast<void *>(out)));
    }
    Frame update(const Frame &in) const {
        Frame out(w_, h_);
        update(in.pixels.data(), out.pixels.data());
        return out;
    }
    f0r_instance_t handle() const { return instance_; }

  private:
    const Plugin &plugin_;
    int w_, h_;
    f0r_instance_t instance_;
};

}  // namespace frei0r
