// Sources that wait for oneTBB's tasks themselves, as a reader of compressed tiles does.
#include <atomic>
#include <chrono>
#include <doctest/doctest.h>
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <thread>
#include <vector>

#include <sepflow/host.h>
#include <sepflow/sepflow.h>

namespace {

constexpr int64_t kSize = 400;

thread_local int reads_of_thread = 0;

struct Reads {
    std::atomic<int> nested{0};
    std::atomic<bool> is_parallel{false};
};

sepflow_status read(void *ctx, const sepflow_image *into, sepflow_error *) {
    auto &reads = *static_cast<Reads *>(ctx);
    if (reads_of_thread++ > 0) ++reads.nested;
    const auto fill = [&](int64_t row) {
        auto *pixel =
            reinterpret_cast<float *>(static_cast<char *>(into->data) + row * into->stride_y);
        const int64_t first = (into->bounds.y + row) * kSize + into->bounds.x;
        for (int64_t x = 0; x < into->bounds.w; ++x)
            pixel[x] = static_cast<float>((first + x) * 7919 % 1009);
    };
    if (reads.is_parallel) {
        tbb::parallel_for(
            tbb::blocked_range<int64_t>(0, into->bounds.h, 2),
            [&](const auto &rows) {
                for (auto row = rows.begin(); row < rows.end(); ++row) fill(row);
                std::this_thread::sleep_for(std::chrono::microseconds(300));  // others steal
            },
            tbb::simple_partitioner());
    } else {
        for (int64_t row = 0; row < into->bounds.h; ++row) fill(row);
    }
    --reads_of_thread;
    return SEPFLOW_OK;
}

std::vector<float> computed(const sepflow_graph *graph, int32_t threads) {
    std::vector<float> pixels(kSize * kSize, -1);
    const sepflow_image out = sepflow_image_dense(pixels.data(), SEPFLOW_F32, kSize, kSize, 1);
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.max_threads = threads;
    run.tile_w = 100;
    run.tile_h = 20;
    REQUIRE(sepflow_graph_compute(graph, "result", &out, &run, nullptr) == SEPFLOW_OK);
    return pixels;
}

}  // namespace

TEST_CASE("a source that waits for tasks of its own is not made to read another tile meanwhile") {
    // More than a small machine has: where two share the tiles, both may wait without a tile to
    // steal.
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 8);
    tbb::task_arena arena(8);
    Reads reads;
    sepflow_source source = {};
    source.struct_size = sizeof source;
    source.type = SEPFLOW_F32;
    source.channels = 1;
    source.domain = {0, 0, kSize, kSize};
    source.ctx = &reads;
    source.read = read;
    sepflow_registry *registry = nullptr;
    sepflow_graph *graph = nullptr;
    REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_registry_load(registry, SEPFLOW_PLUGIN_DIR "/separable.sepflow.so", nullptr) ==
            SEPFLOW_OK);
    REQUIRE(sepflow_graph_create(registry, &graph, nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_add_input(graph, "photo", nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_add_node(graph, "blur", "org.sepflow.separable", 0, nullptr) ==
            SEPFLOW_OK);
    REQUIRE(sepflow_graph_set_text(graph, "blur", "kernel", "gaussian 2", nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_connect(graph, "photo", "blur", "in", nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_add_output(graph, "result", "blur", nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_bind_source(graph, "photo", &source, nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_graph_prepare(graph, nullptr) == SEPFLOW_OK);

    const std::vector<float> wanted = computed(graph, 1);
    reads.is_parallel = true;
    for (int round = 0; round < 5; ++round) {
        std::vector<float> pixels;
        arena.execute([&] { pixels = computed(graph, 0); });
        CHECK(pixels == wanted);
    }
    CHECK(reads.nested == 0);
    sepflow_graph_free(graph);
    sepflow_registry_free(registry);
}
