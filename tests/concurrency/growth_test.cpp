// Memory of a host that computes for long on a machine that has other work, too: the pool's threads
// come late.
#include <atomic>
#include <cstdio>
#include <doctest/doctest.h>
#include <functional>
#include <thread>
#include <unistd.h>
#include <vector>

#include <sepflow/host.h>

#include "tests/concurrency/plugin.h"

using concurrency::Picture;

namespace {

int64_t resident_bytes() {
    long all = 0, pages = 0;
    std::FILE *file = std::fopen("/proc/self/statm", "r");
    if (file == nullptr || std::fscanf(file, "%ld %ld", &all, &pages) != 2) pages = 0;
    if (file != nullptr) std::fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

// Threads that only keep processors busy.
class Neighbours {
  public:
    Neighbours() {
        for (unsigned i = 0; i < 2 * std::thread::hardware_concurrency(); ++i)
            threads_.emplace_back([this] {
                while (!is_over_) {
                }
            });
    }
    Neighbours(const Neighbours &) = delete;
    ~Neighbours() {
        is_over_ = true;
        for (std::thread &thread : threads_) thread.join();
    }

  private:
    std::atomic<bool> is_over_{false};
    std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("thousands of calls among busy neighbours leave memory unchanged") {
    sepflow_registry *registry = nullptr;
    REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_registry_load(registry, SEPFLOW_PLUGIN_DIR "/arithmetic.sepflow.so", nullptr) ==
            SEPFLOW_OK);
    sepflow_graph *graph = nullptr;
    const Picture picture;
    REQUIRE(sepflow_graph_create(registry, &graph, nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_add_input(graph, "photo", nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_add_node(graph, "node", "org.sepflow.absolute", 0, nullptr) ==
            SEPFLOW_OK);
    REQUIRE(sepflow_graph_connect(graph, "photo", "node", "in", nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_add_output(graph, "result", "node", nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_bind_image(graph, "photo", &picture.from, nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_prepare(graph, nullptr) == SEPFLOW_OK);

    const auto compute = [&] {
        Picture own;
        sepflow_run run = {};
        run.struct_size = sizeof run;
        run.max_threads = 2;
        run.tile_w = run.tile_h = 16;
        return sepflow_graph_compute(graph, "result", &own.to, &run, nullptr) == SEPFLOW_OK;
    };
    std::atomic<int> failed{0};
    const auto compute_often = [&](int calls) {
        for (int i = 0; i < calls; ++i) failed += compute() ? 0 : 1;
        // Threads of a host that come and go.
        for (int i = 0; i < calls / 10; ++i)
            std::thread([&] { failed += compute() ? 0 : 1; }).join();
    };
    {
        const Neighbours neighbours;
        compute_often(300);
        const int64_t before = resident_bytes();
        compute_often(3000);
        CHECK(failed == 0);
        CHECK(resident_bytes() - before < 4 << 20);
    }
    sepflow_graph_free(graph);
    sepflow_registry_free(registry);
}
