// Allocations of the host for a graph of many nodes.
#include <algorithm>
#include <cstdlib>
#include <new>

#include "tests/unit/host/fixture.h"

namespace {

size_t largest = 0;  // of the aligned blocks, among them the buffers of tiles

}  // namespace

void *operator new(size_t size, std::align_val_t alignment) {
    const auto step = static_cast<size_t>(alignment);
    largest = std::max(largest, size);
    void *block = std::aligned_alloc(step, (size + step - 1) / step * step);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

void operator delete(void *block, std::align_val_t) noexcept {
    std::free(block);
}

void operator delete(void *block, size_t, std::align_val_t) noexcept {
    std::free(block);
}

namespace {

constexpr int64_t kW = 60, kH = 50;

// Bytes for one tile of the last of a chain of nodes, each fed by the one before it and, where
// `also_first`, by the first.
size_t bytes_of_chain(const char *id, int nodes, bool also_first) {
    Host host;
    std::vector<float> pixels(kW * kH, 10);
    host.input("0");
    host.bind("0", sepflow_image_dense(pixels.data(), SEPFLOW_F32, kW, kH, 1));
    for (int i = 1; i <= nodes; ++i) {
        const std::string name = std::to_string(i), before = std::to_string(i - 1);
        host.node(name.c_str(), id);
        host.connect(before.c_str(), name.c_str(), also_first ? "a" : "in");
        if (also_first) host.connect(i > 1 ? "1" : "0", name.c_str(), "b");
        if (!also_first) host.set(name.c_str(), "kernel", "box 3 norm");
    }
    host.output("result", std::to_string(nodes).c_str());
    host.prepare();
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.max_threads = 1;
    largest = 0;
    const std::vector<float> result = host.compute("result", &run);
    // Sums: 10 + 10, then 20 more each time.
    const float wanted = also_first ? static_cast<float>(20 * nodes) : 10.0f;
    CHECK(result[27] == doctest::Approx(wanted));
    return largest;
}

}  // namespace

TEST_CASE("a chain of nodes takes no more memory for being long") {
    const size_t least = bytes_of_chain("org.sepflow.separable", 4, false);
    CHECK(least >= 2 * kW * kH * sizeof(float));
    CHECK(bytes_of_chain("org.sepflow.separable", 60, false) == least);
    CHECK(bytes_of_chain("org.sepflow.add", 60, true) ==
          bytes_of_chain("org.sepflow.add", 4, true));
}
