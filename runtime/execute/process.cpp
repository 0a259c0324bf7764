#include <algorithm>

#include "runtime/error.h"
#include "runtime/execute/check.h"
#include "runtime/execute/execute.h"
#include "runtime/execute/parallel.h"
#include "runtime/execute/scratch.h"
#include "runtime/execute/work.h"

namespace sepflow {

namespace {

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

}  // namespace

uint64_t scratch_bytes(const Plan &plan) {
    const auto of_task = [&] {
        switch (plan.method) {
            case Method::kDirect:
                return direct_scratch_bytes(plan);
            case Method::kFft:
                return fft_scratch_bytes(plan);
            default:
                return separable_scratch_bytes(plan);
        }
    };
    return of_task() + kScratchAlignment;
}

void process(const Plan &plan, const sepflow_process &given, const sepflow_host *host) {
    const Call call = check_call(plan, given);
    if (call.region.w == 0 || call.region.h == 0) return;
    const Work work = work_of(plan, call);
    ScratchPool pool(work.scratch_bytes, given, host);
    run_tasks(work.count, given.max_threads, host, given.call_ctx, [&](int64_t i) {
        if (host != nullptr && host->is_cancelled != nullptr &&
            host->is_cancelled(host->ctx, given.call_ctx) != 0) {
            throw Error(SEPFLOW_E_CANCELLED, "cancelled by the host");
        }
        const ScratchPool::Borrowed scratch(pool);
        work.run(i, scratch.get());
    });
}

}  // namespace sepflow
