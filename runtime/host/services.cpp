// Services of the host for nodes: a log, its pool, cancel, the files that are allowed.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "runtime/base/error.h"
#include "runtime/host/files.h"
#include "runtime/host/registry.h"

namespace sepflow::host {

namespace {

// Silent, unless the user asks: a library does not print on its own.
void log(void *, int32_t level, const char *node_id, const char *message) {
    static const bool wanted = secure_getenv("SEPFLOW_LOG") != nullptr;
    if (!wanted) return;
    std::fprintf(stderr, "sepflow: %d %s: %s\n", level, node_id != nullptr ? node_id : "-",
                 message != nullptr ? message : "");
}

sepflow_status parallel_for(void *, void *, int64_t count, sepflow_task task, void *arg) {
    // Isolated: a thread that waits here must not begin another tile in the buffers of its own.
    return guarded(nullptr, [&] {
        tbb::this_task_arena::isolate(
            [&] { tbb::parallel_for(int64_t{0}, count, [&](int64_t i) { task(arg, i); }); });
    });
}

int32_t is_cancelled(void *, void *call_ctx) {
    const auto *context = static_cast<const RunContext *>(call_ctx);
    if (context == nullptr || context->run == nullptr || context->run->is_cancelled == nullptr)
        return 0;
    return context->run->is_cancelled(context->run->ctx);
}

// ctx is the graph's AllowedFiles.
sepflow_status path_of(void *ctx, const char *name, char *path, uint64_t size,
                       sepflow_error *error) {
    return guarded(error, [&] {
        const std::string found = static_cast<const AllowedFiles *>(ctx)->path_of(name);
        if (found.size() >= size)
            throw Error(SEPFLOW_E_UNSUPPORTED,
                        "the path of '" + std::string(name) + "' is too long");
        std::memcpy(path, found.c_str(), found.size() + 1);
    });
}

const void *get_extension(void *ctx, const char *id) {
    static const sepflow_files files = [] {
        sepflow_files made = {};
        made.struct_size = sizeof made;
        made.path_of = path_of;
        return made;
    }();
    return ctx != nullptr && std::strcmp(id, SEPFLOW_FILES) == 0 ? &files : nullptr;
}

}  // namespace

sepflow_host host_services(AllowedFiles *files) {
    sepflow_host host = {};
    host.struct_size = sizeof host;
    host.abi_major = SEPFLOW_ABI_MAJOR;
    host.abi_minor = SEPFLOW_ABI_MINOR_SHOWN;
    host.name = "sepflow";
    host.version = "1";
    host.ctx = files;
    host.log = log;
    host.parallel_for = parallel_for;
    host.is_cancelled = is_cancelled;
    host.get_extension = get_extension;
    return host;
}

}  // namespace sepflow::host
