// Services of a caller fail, call by call: its memory runs out, or it cancels.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include <sepflow/host.h>
#include <sepflow/sepflow.h>

#include "tests/faults/allocations.h"
#include "tests/faults/every_allocation.h"

namespace {

// Counts; the n-th call of either kind fails, and all behind it if `for_good`.
struct Host {
    std::atomic<int64_t> allocations{0}, frees{0}, polls{0};
    int64_t failing_allocation = 0, cancelling_poll = 0;
    sepflow_host callbacks = {};

    Host() {
        callbacks.struct_size = sizeof callbacks;
        callbacks.abi_major = SEPFLOW_ABI_MAJOR;
        callbacks.ctx = this;
        callbacks.alloc = [](void *ctx, uint64_t bytes, uint64_t align) -> void * {
            auto &host = *static_cast<Host *>(ctx);
            if (++host.allocations == host.failing_allocation) return nullptr;
            return std::aligned_alloc(align, (bytes + align - 1) / align * align);
        };
        callbacks.free = [](void *ctx, void *memory) {
            ++static_cast<Host *>(ctx)->frees;
            std::free(memory);
        };
        callbacks.is_cancelled = [](void *ctx, void *) -> int32_t {
            auto &host = *static_cast<Host *>(ctx);
            return ++host.polls == host.cancelling_poll;
        };
    }
    Host(const Host &) = delete;
    void start(int64_t allocation, int64_t poll) {
        allocations = frees = polls = 0;
        failing_allocation = allocation;
        cancelling_poll = poll;
    }
};

// One plan over an image of many tiles.
class Filtering {
  public:
    Filtering(const char *kernel, int32_t method) {
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = SEPFLOW_F32;
        options.method = method;
        REQUIRE(sepflow_plan_from_text(kernel, &options, &plan_, nullptr) == SEPFLOW_OK);
        for (size_t i = 0; i < in_.size(); ++i) in_[i] = static_cast<float>(i * i % 101);
        call_.struct_size = sizeof call_;
        call_.inputs = &from_;
        call_.outputs = &to_;
        call_.input_count = call_.output_count = 1;
        call_.region = to_.bounds;
        call_.host = &host.callbacks;
    }
    Filtering(const Filtering &) = delete;
    ~Filtering() { sepflow_plan_free(plan_); }

    sepflow_status run(int32_t threads) {
        std::fill(out_.begin(), out_.end(), -1.0f);
        call_.max_threads = threads;
        error = {};
        error.struct_size = sizeof error;
        const faults::Watch watch;
        const sepflow_status status = sepflow_process_plan(plan_, &call_, &error);
        CHECK(watch.held() == 0);
        CHECK(host.frees == host.allocations - (host.failing_allocation > 0 &&
                                                host.allocations >= host.failing_allocation));
        return status;
    }
    void must_be_right(int32_t threads) {
        host.start(0, 0);
        REQUIRE(run(threads) == SEPFLOW_OK);
        if (wanted_.empty()) wanted_ = out_;
        CHECK(out_ == wanted_);
    }

    Host host;
    sepflow_error error = {};

  private:
    static constexpr int64_t kWidth = 1300, kHeight = 700;
    std::vector<float> in_ = std::vector<float>(kWidth * kHeight), out_ = in_, wanted_;
    sepflow_image from_ = sepflow_image_dense(in_.data(), SEPFLOW_F32, kWidth, kHeight, 1),
                  to_ = sepflow_image_dense(out_.data(), SEPFLOW_F32, kWidth, kHeight, 1);
    sepflow_plan *plan_ = nullptr;
    sepflow_process call_ = {};
};

struct Method {
    const char *kernel;
    int32_t method;
};
constexpr Method kMethods[] = {{"disc 3.5", SEPFLOW_METHOD_SEPARABLE},
                               {"disc 2.5", SEPFLOW_METHOD_DIRECT},
                               {"disc 8.5", SEPFLOW_METHOD_FFT}};

void check_error(const sepflow_error &error, sepflow_status status, sepflow_status wanted) {
    CHECK(status == wanted);
    CHECK(error.code == wanted);
    CHECK(std::strlen(error.message) > 8);
}

}  // namespace

TEST_CASE("every allocation that a host is asked for fails once; what it gave comes back") {
    for (const Method &method : kMethods) {
        Filtering filtering(method.kernel, method.method);
        for (const int32_t threads : {1, 3}) {
            INFO(std::string(method.kernel), " on ", threads);
            filtering.must_be_right(threads);
            const int64_t asked = filtering.host.allocations;
            REQUIRE(asked > 0);
            for (int64_t n = 1; n <= asked; ++n) {
                filtering.host.start(n, 0);
                const sepflow_status status = filtering.run(threads);
                if (filtering.host.allocations >= n)  // threads may take turns with fewer blocks
                    check_error(filtering.error, status, SEPFLOW_E_MEMORY);
                filtering.must_be_right(threads);
            }
        }
    }
}

TEST_CASE(
    "a call that is cancelled at any of its polls says so, keeps nothing, and the next is right") {
    for (const Method &method : kMethods) {
        Filtering filtering(method.kernel, method.method);
        for (const int32_t threads : {1, 3}) {
            INFO(std::string(method.kernel), " on ", threads);
            filtering.must_be_right(threads);
            const int64_t polls = filtering.host.polls;
            REQUIRE(polls > 3);
            for (int64_t n = 1; n <= polls; n += faults::test_share()) {
                filtering.host.start(0, n);
                check_error(filtering.error, filtering.run(threads), SEPFLOW_E_CANCELLED);
                filtering.must_be_right(threads);
            }
        }
    }
}

namespace {

// A graph over one image, whose runs can be cancelled at a poll.
struct Graph {
    static constexpr int64_t kWidth = 400, kHeight = 300;
    sepflow_registry *registry = nullptr;
    sepflow_graph *graph = nullptr;
    std::vector<float> in = std::vector<float>(kWidth * kHeight), out = in, wanted;
    std::atomic<int64_t> polls{0};
    int64_t cancelling = 0;
    sepflow_error error = {};

    Graph() {
        const std::string json = R"({"inputs": ["a"], "nodes": {
            "b": {"type": "org.sepflow.separable", "params": {"kernel": "disc 2.5"}, "in": "a"},
            "c": {"type": "org.sepflow.subtract", "in": {"a": "a", "b": "b"}}}, "outputs": {"d": "c"}})";
        for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i * i % 101);
        const sepflow_image image = sepflow_image_dense(in.data(), SEPFLOW_F32, kWidth, kHeight, 1);
        REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
        REQUIRE(sepflow_registry_scan(registry, SEPFLOW_PLUGIN_DIR, nullptr, nullptr) ==
                SEPFLOW_OK);
        REQUIRE(sepflow_graph_from_json(registry, json.data(), json.size(), &graph, nullptr) ==
                SEPFLOW_OK);
        REQUIRE(sepflow_graph_bind_image(graph, "a", &image, nullptr) == SEPFLOW_OK);
        REQUIRE(sepflow_graph_prepare(graph, nullptr) == SEPFLOW_OK);
        // The host keeps the arena of as many threads: it is made here.
        sepflow_run run = {};
        run.struct_size = sizeof run;
        run.max_threads = 3;
        const sepflow_image result =
            sepflow_image_dense(out.data(), SEPFLOW_F32, kWidth, kHeight, 1);
        REQUIRE(sepflow_graph_compute(graph, "d", &result, &run, nullptr) == SEPFLOW_OK);
    }
    Graph(const Graph &) = delete;
    ~Graph() {
        sepflow_graph_free(graph);
        sepflow_registry_free(registry);
    }

    sepflow_status run(int32_t threads, int64_t cancelling_poll) {
        std::fill(out.begin(), out.end(), -1.0f);
        polls = 0;
        cancelling = cancelling_poll;
        error = {};
        error.struct_size = sizeof error;
        sepflow_run run = {};
        run.struct_size = sizeof run;
        run.max_threads = threads;
        run.tile_w = 150;
        run.tile_h = 80;
        run.ctx = this;
        run.is_cancelled = [](void *ctx) -> int32_t {
            auto &self = *static_cast<Graph *>(ctx);
            return ++self.polls == self.cancelling;
        };
        const sepflow_image image =
            sepflow_image_dense(out.data(), SEPFLOW_F32, kWidth, kHeight, 1);
        const faults::Watch watch;
        const sepflow_status status = sepflow_graph_compute(graph, "d", &image, &run, &error);
        CHECK(watch.held() == 0);
        return status;
    }
    void must_be_right(int32_t threads) {
        REQUIRE(run(threads, 0) == SEPFLOW_OK);
        if (wanted.empty()) wanted = out;
        CHECK(out == wanted);
    }
};

}  // namespace

TEST_CASE("a graph that is cancelled at any of its polls, those of its nodes among them, says so") {
    Graph graph;
    for (const int32_t threads : {1, 3}) {
        graph.must_be_right(threads);
        const int64_t polls = graph.polls;
        REQUIRE(polls > 20);  // one before each of 12 tiles, and each node's own
        for (int64_t n = 1; n <= polls; n += faults::test_share()) {
            INFO("poll ", n, " on ", threads);
            check_error(graph.error, graph.run(threads, n), SEPFLOW_E_CANCELLED);
            graph.must_be_right(threads);
        }
    }
}
