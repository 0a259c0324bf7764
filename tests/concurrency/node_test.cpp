// Nodes and hosts among many threads: parameters change while older plans run; two copies of a
// plugin, two hosts in one process.
#include <atomic>
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <string>

#include <sepflow/host.h>

#include "tests/concurrency/crowd.h"
#include "tests/concurrency/plugin.h"

using concurrency::configured;
using concurrency::crowd;
using concurrency::Picture;
using concurrency::Plugin;
using concurrency::processed;

namespace {

const std::string kSeparable = SEPFLOW_PLUGIN_DIR "/separable.sepflow.so";

// A registry, and a graph of it over a picture.
class Host {
  public:
    Host() {
        const std::string json = R"({"inputs": ["a"], "nodes": {
            "b": {"type": "org.sepflow.separable", "params": {"kernel": "disc 2.5"}, "in": "a"},
            "c": {"type": "org.sepflow.subtract", "in": {"a": "a", "b": "b"}}}, "outputs": {"d": "c"}})";
        is_ready =
            sepflow_registry_create(&registry_, nullptr) == SEPFLOW_OK &&
            sepflow_registry_scan(registry_, SEPFLOW_PLUGIN_DIR, nullptr, nullptr) == SEPFLOW_OK &&
            sepflow_graph_from_json(registry_, json.data(), json.size(), &graph_, nullptr) ==
                SEPFLOW_OK &&
            sepflow_graph_bind_image(graph_, "a", &picture_.from, nullptr) == SEPFLOW_OK &&
            sepflow_graph_prepare(graph_, nullptr) == SEPFLOW_OK;
    }
    Host(const Host &) = delete;
    ~Host() {
        sepflow_graph_free(graph_);
        sepflow_registry_free(registry_);
    }

    // Any thread, any number at once.
    std::vector<float> compute(int32_t threads) const {
        const Picture own;
        sepflow_run run = {};
        run.struct_size = sizeof run;
        run.max_threads = threads;
        run.tile_w = 30;
        run.tile_h = 20;
        return sepflow_graph_compute(graph_, "d", &own.to, &run, nullptr) == SEPFLOW_OK
                   ? own.out
                   : std::vector<float>();
    }

    bool is_ready = false;

  private:
    const Picture picture_;
    sepflow_registry *registry_ = nullptr;
    sepflow_graph *graph_ = nullptr;
};

}  // namespace

TEST_CASE("a node's parameters change and new plans are made while older ones run") {
    const Plugin plugin(kSeparable);
    REQUIRE(plugin.entry != nullptr);
    const sepflow_node_desc &desc = *plugin.entry->node(0);
    sepflow_node *node = nullptr;
    REQUIRE(desc.create(&desc, nullptr, &node, nullptr) == SEPFLOW_OK);
    const char *kernels[] = {"disc 2.5", "box 5", "gaussian 1"};
    std::vector<float> wanted[3];
    for (const size_t k : {0, 1, 2}) {
        sepflow_plan *plan = configured(desc, node, kernels[k]);
        wanted[k] = processed(desc, plan);
        REQUIRE(!wanted[k].empty());
        desc.plan_release(plan);
    }
    sepflow_plan *old = configured(desc, node, kernels[0]);
    std::atomic<int> right{0}, renewed{0};
    crowd(8, [&](int i) {
        if (i == 0) {  // the thread that owns the node
            for (size_t k = 0; k < 30; ++k) {
                sepflow_plan *plan = configured(desc, node, kernels[k % 3]);
                renewed += processed(desc, plan) == wanted[k % 3];
                desc.plan_release(plan);
            }
            desc.destroy(node);
        } else {
            for (int round = 0; round < 20; ++round) right += processed(desc, old) == wanted[0];
        }
    });
    CHECK(renewed == 30);
    CHECK(right == 7 * 20);
    CHECK(processed(desc, old) == wanted[0]);  // the node is gone
    desc.plan_release(old);
}

TEST_CASE("two copies of the plugin file filter side by side on many threads") {
    const std::string copy = SEPFLOW_PLUGIN_DIR "/../separable-of-concurrency.so";
    std::filesystem::copy_file(kSeparable, copy, std::filesystem::copy_options::overwrite_existing);
    {
        const Plugin first(kSeparable), second(copy);
        REQUIRE(first.entry != nullptr);
        REQUIRE(second.entry != nullptr);
        CHECK(first.entry != second.entry);
        const Plugin *const plugins[] = {&first, &second};
        std::vector<std::vector<float>> results(16);
        crowd(16, [&](int i) {
            const sepflow_node_desc &desc = *plugins[i % 2]->entry->node(0);
            sepflow_node *node = nullptr;
            if (desc.create(&desc, nullptr, &node, nullptr) != SEPFLOW_OK) return;
            sepflow_plan *plan = configured(desc, node, "disc 2.5");
            desc.destroy(node);
            results[static_cast<size_t>(i)] = processed(desc, plan);
            desc.plan_release(plan);
        });
        for (const auto &result : results) {
            CHECK(!result.empty());
            CHECK(result == results.front());
        }
    }
    std::filesystem::remove(copy);
}

TEST_CASE("two hosts in one process run their graphs at once, each on several threads") {
    std::vector<float> wanted;
    {
        const Host host;
        REQUIRE(host.is_ready);
        wanted = host.compute(1);
        REQUIRE(!wanted.empty());
    }
    const Host first, second;
    REQUIRE(first.is_ready);
    REQUIRE(second.is_ready);
    std::atomic<int> right{0};
    crowd(8, [&](int i) {
        for (int round = 0; round < 5; ++round)
            right += (i % 2 == 0 ? first : second).compute(i % 3) == wanted;
    });
    CHECK(right == 8 * 5);
}

TEST_CASE("hosts come and go on many threads at once") {
    std::vector<std::vector<float>> results(16);
    crowd(16, [&](int i) {
        const Host host;
        if (host.is_ready) results[static_cast<size_t>(i)] = host.compute(i % 3);
    });
    for (const auto &result : results) {
        CHECK(!result.empty());
        CHECK(result == results.front());
    }
}
