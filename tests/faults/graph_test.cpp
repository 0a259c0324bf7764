// Graphs, and the functions of our nodes, where memory runs out.
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "tests/faults/every_allocation.h"
#include "tests/faults/whole_graph.h"

using faults::Attempt;
using faults::every_allocation_fails;

namespace {

const sepflow_entry *entry_of(const std::string &plugin) {
    void *library = dlopen((SEPFLOW_PLUGIN_DIR "/" + plugin).c_str(), RTLD_NOW);
    REQUIRE(library != nullptr);
    void *symbol = dlsym(library, SEPFLOW_ENTRY_SYMBOL);
    sepflow_entry_function entry;
    std::memcpy(&entry, &symbol, sizeof entry);
    return entry();
}

// One node, driven through each of its functions, with images that are there beforehand.
class Driven {
  public:
    Driven(const sepflow_node_desc &node, const char *first_param)
        : desc(node), text_(first_param) {
        for (uint32_t i = 0; i < desc.port_count; ++i) {
            const sepflow_port_desc &port = desc.ports[i];
            const bool is_input = port.direction == SEPFLOW_INPUT;
            if ((port.flags & SEPFLOW_PORT_OPTIONAL) != 0 && (is_input || i > 3)) continue;
            pixels_.emplace_back(kWidth * kHeight, is_input ? static_cast<float>(i) + 2.5f : -1.0f);
            (is_input ? inputs_ : outputs_)
                .push_back(
                    sepflow_image_dense(pixels_.back().data(), SEPFLOW_F32, kWidth, kHeight, 1));
        }
        while (inputs_.size() + outputs_.size() < desc.port_count && desc.port_count > 4) {
            outputs_.push_back(outputs_.back());
            outputs_.back().data = nullptr;
        }
    }

    sepflow_status run(sepflow_error *error) {
        sepflow_node *node = nullptr;
        sepflow_status status = desc.create(&desc, nullptr, &node, error);
        if (status != SEPFLOW_OK) return status;
        sepflow_plan *plan = nullptr;
        status = set_up(node, &plan, error);
        desc.destroy(node);
        CHECK((status == SEPFLOW_OK) == (plan != nullptr));
        if (status != SEPFLOW_OK) return status;
        status = use(plan, error);
        desc.plan_release(plan);
        return status;
    }

    const std::vector<std::vector<float>> &pixels() const { return pixels_; }

    const sepflow_node_desc &desc;

  private:
    static constexpr int64_t kWidth = 70, kHeight = 40;

    sepflow_status set_up(sepflow_node *node, sepflow_plan **plan, sepflow_error *error) const {
        sepflow_status status = SEPFLOW_OK;
        sepflow_value value = {};
        value.struct_size = sizeof value;
        if (text_ != nullptr) {
            value.type = desc.params[0].type;
            value.s = text_;
            status = desc.set_param(node, 0, &value, error);
        }
        for (uint32_t i = 0; status == SEPFLOW_OK && i < desc.param_count; ++i)
            status = desc.get_param(node, i, &value, error);
        sepflow_format_pair pair = {};
        pair.struct_size = sizeof pair;
        if (status == SEPFLOW_OK) status = desc.query_formats(node, 0, &pair, error);
        sepflow_config config = {};
        config.struct_size = sizeof config;
        config.in_type = SEPFLOW_F32;
        config.channels = 1;
        return status == SEPFLOW_OK ? desc.configure(node, &config, plan, error) : status;
    }

    sepflow_status use(const sepflow_plan *plan, sepflow_error *error) {
        const sepflow_rect domain = {0, 0, kWidth, kHeight};
        sepflow_rect out = {}, in = {};
        sepflow_plan_info info = {};
        info.struct_size = sizeof info;
        for (const sepflow_status status :
             {desc.plan_info(plan, &info), desc.output_domain(plan, &domain, &out),
              desc.input_region(plan, 0, &out, &domain, &in)}) {
            if (status == SEPFLOW_OK) continue;
            error->code = status;  // these have no record
            std::strcpy(error->message, sepflow_status_text(status));
            return status;
        }
        sepflow_process call = {};
        call.struct_size = sizeof call;
        call.inputs = inputs_.data();
        call.input_count = static_cast<uint32_t>(inputs_.size());
        call.outputs = outputs_.data();
        call.output_count = static_cast<uint32_t>(outputs_.size());
        call.region = out;
        call.max_threads = 1;
        return desc.process(plan, &call, error);
    }

    const char *text_;
    std::vector<std::vector<float>> pixels_;
    std::vector<sepflow_image> inputs_, outputs_;
};

void every_allocation_of_node_fails(const sepflow_node_desc &desc, const char *first_param) {
    Driven driven(desc, first_param);
    std::vector<std::vector<float>> wanted;
    Attempt attempt;
    attempt.what = desc.id;
    attempt.run = [&](sepflow_error *error) { return driven.run(error); };
    attempt.verify = [&] {
        if (wanted.empty()) wanted = driven.pixels();
        CHECK(driven.pixels() == wanted);
    };
    every_allocation_fails(attempt);
}

}  // namespace

TEST_CASE("every allocation of every function of our nodes fails once") {
    const sepflow_entry *filters = entry_of("separable.sepflow.so"),
                        *arithmetic = entry_of("arithmetic.sepflow.so");
    every_allocation_of_node_fails(*filters->node(0), "disc 2.5");
    every_allocation_of_node_fails(*filters->node(1), "sobel x; sobel y");
    for (uint32_t i = 0; i < arithmetic->node_count; ++i)
        every_allocation_of_node_fails(*arithmetic->node(i), nullptr);
}

// Under an emulator the program that tries plugins does not run, and nobody misses what it lacks.
TEST_CASE("every allocation fails once from an empty registry to the pixels of a graph" *
          doctest::skip(SEPFLOW_IS_EMULATED)) {
    faults::WholeGraph graph;
    for (const int32_t threads : {1, 3}) {
        Attempt attempt;
        attempt.what = "a graph on " + std::to_string(threads) + " threads";
        attempt.run = [&](sepflow_error *error) { return graph.run(threads, error); };
        attempt.verify = [&] {
            CHECK(graph.skipped() == 0);
            CHECK(graph.is_right());
        };
        every_allocation_fails(attempt);
    }
}
