#include "runtime/execute/check.h"

#include "runtime/error.h"
#include "runtime/image.h"

namespace sepflow {

Call check_call(const Plan &plan, const sepflow_process &given) {
    if (given.flags != 0)
        throw Error(SEPFLOW_E_UNSUPPORTED, "process: flags that this version does not know");
    if (given.input_count != 1 || given.output_count != 1) {
        throw Error(SEPFLOW_E_INVALID, "process: one input and one output are needed");
    }
    if (given.max_threads < 0) {
        throw Error(SEPFLOW_E_INVALID, "process: max_threads is negative");
    }
    const Options &options = plan.options;
    Call call;
    call.in = checked_image(given.inputs, "in", options.in_type, options.channels);
    call.out = checked_image(given.outputs, "out", options.out_type, options.channels);
    call.region = given.region;
    if (!is_sane(call.region)) throw Error(SEPFLOW_E_INVALID, "region makes no sense");
    if (call.region.w == 0 || call.region.h == 0) return call;
    if (!contains(call.out.bounds, call.region)) {
        throw Error(SEPFLOW_E_INVALID, "region lies outside the output's bounds");
    }
    if (call.in.domain.w == 0 || call.in.domain.h == 0) {
        throw Error(SEPFLOW_E_INVALID, "in: its domain is empty, so no pixel can be computed");
    }
    check_memory(call.out, "out");
    check_distinct_pixels(call.out, "out");
    const sepflow_rect needed = input_region(plan, call.region, call.in.domain);
    if (needed.w == 0) return call;  // only the border value is seen
    if (!contains(call.in.bounds, needed)) {
        throw Error(SEPFLOW_E_INVALID, "in: its bounds lack pixels that the region needs");
    }
    check_memory(call.in, "in");
    if (overlap(call.in, call.out)) {
        throw Error(SEPFLOW_E_INVALID,
                    "in and out overlap in memory; filtering in place is not possible");
    }
    return call;
}

}  // namespace sepflow
