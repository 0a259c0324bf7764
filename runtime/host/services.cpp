// What the host offers to nodes: a log, its pool, cancel.
#include <cstdio>
#include <cstdlib>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "runtime/host/registry.h"

namespace sepflow {

namespace {

// Silent, unless the user asks: a library does not print on its own.
void log(void *, int32_t level, const char *node_id, const char *message) {
    static const bool wanted = std::getenv("SEPFLOW_LOG") != nullptr;
    if (!wanted) return;
    std::fprintf(stderr, "sepflow: %d %s: %s\n", level, node_id != nullptr ? node_id : "-",
                 message != nullptr ? message : "");
}

sepflow_status parallel_for(void *, void *, int64_t count, sepflow_task task, void *arg) {
    // Isolated: a thread that waits here must not begin another tile in the buffers of its own.
    tbb::this_task_arena::isolate(
        [&] { tbb::parallel_for(int64_t{0}, count, [&](int64_t i) { task(arg, i); }); });
    return SEPFLOW_OK;
}

int32_t is_cancelled(void *, void *call_ctx) {
    const auto *context = static_cast<const RunContext *>(call_ctx);
    if (context == nullptr || context->run == nullptr || context->run->is_cancelled == nullptr)
        return 0;
    return context->run->is_cancelled(context->run->ctx);
}

sepflow_host make_host() {
    sepflow_host host = {};
    host.struct_size = sizeof host;
    host.abi_major = SEPFLOW_ABI_MAJOR;
    host.abi_minor = SEPFLOW_ABI_TARGET_MINOR;
    host.name = "sepflow";
    host.version = "1";
    host.log = log;
    host.parallel_for = parallel_for;
    host.is_cancelled = is_cancelled;
    return host;
}

}  // namespace

const sepflow_host *host_services() {
    static const sepflow_host host = make_host();
    return &host;
}

}  // namespace sepflow
