// A plugin file as a host opens it, and a node's plan applied to an image.
#pragma once

#include <cstring>
#include <dlfcn.h>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

namespace concurrency {

class Plugin {
  public:
    explicit Plugin(const std::string &file) : library_(dlopen(file.c_str(), RTLD_NOW)) {
        void *symbol = library_ != nullptr ? dlsym(library_, SEPFLOW_ENTRY_SYMBOL) : nullptr;
        if (symbol == nullptr) return;
        sepflow_entry_function function;
        std::memcpy(&function, &symbol, sizeof function);
        entry = function();
    }
    Plugin(const Plugin &) = delete;
    ~Plugin() {
        if (library_ != nullptr) dlclose(library_);
    }

    const sepflow_entry *entry = nullptr;  // NULL where it cannot be opened

  private:
    void *library_;
};

// A plan for f32, or NULL.
inline sepflow_plan *configured(const sepflow_node_desc &desc, sepflow_node *node,
                                const char *kernel) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = SEPFLOW_VALUE_MATRIX;
    value.s = kernel;
    sepflow_config config = {};
    config.struct_size = sizeof config;
    config.in_type = SEPFLOW_F32;
    config.channels = 1;
    sepflow_plan *plan = nullptr;
    if (desc.set_param(node, 0, &value, nullptr) != SEPFLOW_OK) return nullptr;
    desc.configure(node, &config, &plan, nullptr);
    return plan;
}

// A small picture and what becomes of it; each thread has its own.
struct Picture {
    static constexpr int64_t kWidth = 70, kHeight = 45;
    std::vector<float> in = std::vector<float>(kWidth * kHeight),
                       out = std::vector<float>(kWidth * kHeight, -1);
    sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F32, kWidth, kHeight, 1),
                  to = sepflow_image_dense(out.data(), SEPFLOW_F32, kWidth, kHeight, 1);

    Picture() {
        for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i * i % 101);
    }
    Picture(const Picture &) = delete;

    sepflow_process call(int32_t threads) const {
        sepflow_process made = {};
        made.struct_size = sizeof made;
        made.inputs = &from;
        made.outputs = &to;
        made.input_count = made.output_count = 1;
        made.region = to.bounds;
        made.max_threads = threads;
        return made;
    }
};

inline std::vector<float> processed(const sepflow_node_desc &desc, const sepflow_plan *plan) {
    const Picture picture;
    const sepflow_process call = picture.call(1);
    if (plan == nullptr || desc.process(plan, &call, nullptr) != SEPFLOW_OK) return {};
    return picture.out;
}

}  // namespace concurrency
