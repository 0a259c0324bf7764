// A process that forks after our libraries ran on threads: the child, which has only the thread
// that forked, goes on to use them.
#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <sepflow/host.h>

#include "tests/concurrency/plugin.h"

using concurrency::Picture;

namespace {

// 0 if the child's `use` returned true, -signal if one ended it; a child that hangs is ended by
// SIGALRM.
int in_child(const std::function<bool()> &use, bool runs_exit_handlers = false) {
    std::fflush(nullptr);  // or a child that exits writes it again
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        alarm(60);
        const int code = use() ? 0 : 1;
        if (runs_exit_handlers) exit(code);
        _exit(code);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct Graph {
    Picture picture;
    sepflow_registry *registry = nullptr;
    sepflow_graph *graph = nullptr;

    Graph() {
        REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
        REQUIRE(sepflow_registry_scan(registry, SEPFLOW_PLUGIN_DIR, nullptr, nullptr) ==
                SEPFLOW_OK);
        const std::string json = R"({"inputs": ["a"], "nodes": {
            "b": {"type": "org.sepflow.separable", "params": {"kernel": "disc 2.5"}, "in": "a"}}, "outputs": {"d": "b"}})";
        REQUIRE(sepflow_graph_from_json(registry, json.data(), json.size(), &graph, nullptr) ==
                SEPFLOW_OK);
        REQUIRE(sepflow_graph_bind_image(graph, "a", &picture.from, nullptr) == SEPFLOW_OK);
        REQUIRE(sepflow_graph_prepare(graph, nullptr) == SEPFLOW_OK);
    }
    Graph(const Graph &) = delete;
    ~Graph() {
        sepflow_graph_free(graph);
        sepflow_registry_free(registry);
    }
    std::vector<float> compute(int32_t threads) const {
        const Picture own;
        sepflow_run run = {};
        run.struct_size = sizeof run;
        run.max_threads = threads;
        run.tile_w = 10;
        run.tile_h = 10;
        return sepflow_graph_compute(graph, "d", &own.to, &run, nullptr) == SEPFLOW_OK
                   ? own.out
                   : std::vector<float>();
    }
};

}  // namespace

TEST_CASE(
    "a child filters by its parent's plan, on one thread and on several, and by one of its own") {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = SEPFLOW_F32;
    for (const int32_t method :
         {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_METHOD_DIRECT, SEPFLOW_METHOD_FFT}) {
        options.method = method;
        sepflow_plan *plan = nullptr;
        REQUIRE(sepflow_plan_from_text("disc 2.5", &options, &plan, nullptr) == SEPFLOW_OK);
        const auto applied = [](const sepflow_plan *by, int32_t threads) {
            const Picture picture;
            return sepflow_apply(by, &picture.from, &picture.to, nullptr, threads, nullptr) ==
                           SEPFLOW_OK
                       ? picture.out
                       : std::vector<float>();
        };
        const std::vector<float> wanted = applied(plan, 4);
        REQUIRE(!wanted.empty());
        for (const int32_t threads : {1, 4})
            CHECK(in_child([&] { return applied(plan, threads) == wanted; }) == 0);
        CHECK(in_child([&] {
                  sepflow_plan *own = nullptr;
                  if (sepflow_plan_from_text("disc 2.5", &options, &own, nullptr) != SEPFLOW_OK)
                      return false;
                  const bool is_right = applied(own, 2) == wanted;
                  sepflow_plan_free(own);
                  sepflow_plan_free(plan);
                  return is_right;
              }) == 0);
        sepflow_plan_free(plan);
    }
}

TEST_CASE("a child forked before a graph ran computes it, whatever max_threads") {
    const Graph graph;
    for (const int32_t threads : {1, 2, 0})
        CHECK(in_child([&] { return !graph.compute(threads).empty(); }) == 0);
}

TEST_CASE(
    "a child forked after a graph ran on threads computes it, whatever max_threads, and exits") {
    const Graph graph;
    const std::vector<float> wanted = graph.compute(0);
    REQUIRE(!wanted.empty());
    for (const bool runs_exit_handlers : {false, true}) {
        for (const int32_t threads : {1, 2, 0}) {
            INFO("max_threads ", threads);
            for (int round = 0; round < 5; ++round)
                CHECK(in_child([&] { return graph.compute(threads) == wanted; },
                               runs_exit_handlers) == 0);
        }
    }
    CHECK(graph.compute(0) == wanted);
}
