// The first use of our libraries in a process, which makes tables that stay: each try in a process
// of its own, which then uses them again.
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/allocations.h"
#include "tests/faults/every_allocation.h"
#include "tests/faults/whole_graph.h"

namespace {

// Outcome of a try, as an exit code.
enum Result { kThrough = 10, kFailed, kUnnoticed, kSkipped, kWrongError, kWrongAfterwards };

Result use_graph(int64_t n) {
    faults::WholeGraph graph(faults::WholeGraph::Size::kOneNode);
    sepflow_error error = {};
    error.struct_size = sizeof error;
    sepflow_status status;
    int64_t allocations;
    {
        const faults::Watch watch(n);
        status = graph.run(1, &error);
        allocations = watch.allocations();
    }
    Result result = allocations < n ? kThrough : status == SEPFLOW_OK ? kUnnoticed : kFailed;
    if (status == SEPFLOW_OK && !graph.is_right()) return kWrongError;
    if (graph.skipped() > 0) {  // a plugin that the loader could not load, or that shows no nodes
        result = kSkipped;
    } else if (result == kFailed &&
               (status != SEPFLOW_E_MEMORY || std::strlen(error.message) < 10)) {
        std::fprintf(stderr, "allocation %d: %d, %s\n", static_cast<int>(n), status, error.message);
        return kWrongError;
    }
    const bool is_right = graph.run(1, &error) == SEPFLOW_OK && graph.skipped() == 0;
    return is_right && graph.is_right() ? result : kWrongAfterwards;
}

// As a host in C sees it: an exception would end the program.
bool has_all_nodes(const sepflow_entry &entry) noexcept {
    bool all = true;
    for (uint32_t i = 0; i < entry.node_count; ++i) all = entry.node(i) != nullptr && all;
    return all;
}

Result look_at_nodes(int64_t n, const char *plugin) {
    void *library = dlopen((SEPFLOW_PLUGIN_DIR + std::string(plugin)).c_str(), RTLD_NOW);
    void *symbol = dlsym(library, SEPFLOW_ENTRY_SYMBOL);
    sepflow_entry_function entry;
    std::memcpy(&entry, &symbol, sizeof entry);
    bool all;
    int64_t allocations;
    {
        const faults::Watch watch(n);
        all = has_all_nodes(*entry());
        allocations = watch.allocations();
    }
    if (!has_all_nodes(*entry())) return kWrongAfterwards;
    if (allocations < n) return all ? kThrough : kWrongError;
    return all ? kUnnoticed : kFailed;
}

Result in_a_process(const std::function<Result()> &use) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) _exit(use());
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK_MESSAGE(WIFEXITED(status), "signal ", WTERMSIG(status));
    return WIFEXITED(status) ? static_cast<Result>(WEXITSTATUS(status)) : kWrongAfterwards;
}

}  // namespace

TEST_CASE(
    "every allocation of the first graph in a process fails once; the second graph is right") {
    int count[kWrongAfterwards + 1] = {};
    Result result = kFailed;
    for (int64_t n = 1; result != kThrough; n += faults::test_share()) {
        INFO("allocation ", n);
        result = in_a_process([&] { return use_graph(n); });
        CHECK(result >= kThrough);
        CHECK(result <= kSkipped);
        ++count[result];
    }
    CHECK(count[kFailed] * faults::test_share() > 200);
    // The loader does without some, and oneTBB without its own allocator, which it would load.
    CHECK(count[kUnnoticed] + count[kSkipped] < count[kFailed]);
}

TEST_CASE("every allocation fails once while a host looks at a plugin's nodes for the first time") {
    for (const char *plugin : {"/separable.sepflow.so", "/arithmetic.sepflow.so"}) {
        int failed = 0;
        Result result = kFailed;
        for (int64_t n = 1; result != kThrough; ++n) {
            INFO(std::string(plugin), ", allocation ", n);
            result = in_a_process([&] { return look_at_nodes(n, plugin); });
            CHECK(result >= kThrough);
            CHECK(result <= kUnnoticed);  // the C library does without what it would run at the end
            failed += result == kFailed;
        }
        CHECK(failed > 10);
    }
}
