#include <variant>

#include "runtime/base/error.h"
#include "runtime/base/rect.h"
#include "runtime/base/structs.h"
#include "runtime/execute/check.h"
#include "runtime/execute/execute.h"
#include "runtime/execute/parallel.h"
#include "runtime/execute/scratch.h"
#include "runtime/execute/work.h"

namespace sepflow {

namespace {

void run(const Work &work, const sepflow_process &given, const sepflow_host *given_host) {
    const sepflow_host known =
        given_host != nullptr ? known_part(given_host, "host") : sepflow_host{};
    const sepflow_host *host = &known;
    ScratchPool pool(work.scratch_bytes, given, host);
    run_tasks(work.count, given.max_threads, host, given.call_ctx, [&](int64_t i) {
        if (host->is_cancelled != nullptr && host->is_cancelled(host->ctx, given.call_ctx) != 0) {
            throw Error(SEPFLOW_E_CANCELLED, "cancelled by the host");
        }
        const ScratchPool::Borrowed scratch(pool);
        work.run(i, scratch.get());
    });
}

}  // namespace

Work work_of(const Plan &plan, const Call &call) {
    return std::visit([&](const auto &way) { return work_of(plan, way, call); }, plan.way);
}

uint64_t scratch_bytes_of(const Plan &plan) {
    return std::visit([&](const auto &way) { return scratch_bytes_of(plan, way); }, plan.way);
}

uint64_t scratch_bytes(const Plan &plan) {
    return scratch_bytes_of(plan) + kScratchAlignment;
}

uint64_t scratch_bytes(const Bank &bank) {
    return scratch_bytes_of(bank) + kScratchAlignment;
}

void process(const Plan &plan, const sepflow_process &given, const sepflow_host *host) {
    const Call call = check_call(plan, given);
    if (!is_empty(call.region)) run(work_of(plan, call), given, host);
}

void process(const Bank &bank, const sepflow_process &given, const sepflow_host *host) {
    const std::vector<Call> calls = check_call(bank, given);
    if (!is_empty(given.region)) run(work_of(bank, calls), given, host);
}

}  // namespace sepflow
