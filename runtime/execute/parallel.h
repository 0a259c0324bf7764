// Spreading tasks over threads: the host's pool if it has one, else threads that live for the call
// only, so that the library holds no state, survives fork and can be unloaded.
#pragma once

#include <cstdint>
#include <functional>

#include <sepflow/node.h>

namespace sepflow {

// Calls task(i) for i = 0 .. count-1 on at most max_threads threads (0: one for each CPU this
// process may use). Returns when all are done; rethrows the first exception, after which no more
// tasks begin.
void run_tasks(int64_t count, int32_t max_threads, const sepflow_host *host, void *call_ctx,
               const std::function<void(int64_t)> &task);

}  // namespace sepflow
