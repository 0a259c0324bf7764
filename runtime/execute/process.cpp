#include <algorithm>

#include "runtime/base/error.h"
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
    switch (plan.method) {
        case Method::kDirect:
            return direct_work(plan, call);
        case Method::kFft:
            return fft_work(plan, call);
        default:
            return separable_work(plan, call);
    }
}

uint64_t task_scratch_bytes(const Plan &plan) {
    switch (plan.method) {
        case Method::kDirect:
            return direct_scratch_bytes(plan);
        case Method::kFft:
            return fft_scratch_bytes(plan);
        default:
            return separable_scratch_bytes(plan);
    }
}

uint64_t scratch_bytes(const Plan &plan) {
    return task_scratch_bytes(plan) + kScratchAlignment;
}

uint64_t scratch_bytes(const Bank &bank) {
    return bank_scratch_bytes(bank) + kScratchAlignment;
}

void process(const Plan &plan, const sepflow_process &given, const sepflow_host *host) {
    const Call call = check_call(plan, given);
    if (call.region.w != 0 && call.region.h != 0) run(work_of(plan, call), given, host);
}

void process(const Bank &bank, const sepflow_process &given, const sepflow_host *host) {
    const std::vector<Call> calls = check_call(bank, given);
    if (given.region.w != 0 && given.region.h != 0) run(bank_work(bank, calls), given, host);
}

}  // namespace sepflow
