#include "runtime/execute/check.h"

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/image.h"
#include "runtime/base/structs.h"

namespace sepflow {

namespace {

// NULL data: none.
std::optional<sepflow_image> checked_mask(const Plan &plan, const sepflow_process &given,
                                          const Call &call, const sepflow_rect &needed) {
    const sepflow_image second = element(given.inputs, 1);
    if (second.data == nullptr) return std::nullopt;
    if (!plan.request.options.has_missing())
        throw Error(SEPFLOW_E_INVALID, "mask: the plan was made without missing pixels");
    const int32_t channels = second.channels == 1 ? 1 : call.in.channels;
    const sepflow_image mask = checked_image(&second, "mask", second.type, channels);
    if (!is_type(mask.type)) throw Error(SEPFLOW_E_FORMAT, "mask: an unknown pixel type");
    if (!same(mask.domain, call.in.domain))
        throw Error(SEPFLOW_E_INVALID, "mask: its domain is not the image's");
    if (!contains(mask.bounds, needed))
        throw Error(SEPFLOW_E_INVALID, "mask: its bounds lack pixels that the region needs");
    check_memory(mask, "mask");
    if (overlap(mask, call.out)) throw Error(SEPFLOW_E_INVALID, "mask and out overlap in memory");
    return mask;
}

}  // namespace

Call check_call(const Plan &plan, const sepflow_process &given) {
    if (given.flags != 0)
        throw Error(SEPFLOW_E_UNSUPPORTED, "process: flags that this version does not know");
    if (given.input_count < 1 || given.input_count > 2 || given.output_count != 1) {
        throw Error(SEPFLOW_E_INVALID,
                    "process: one input, perhaps a mask, and one output are needed");
    }
    if (given.max_threads < 0) {
        throw Error(SEPFLOW_E_INVALID, "process: max_threads is negative");
    }
    const Options &options = plan.request.options;
    Call call;
    call.in = checked_image(given.inputs, "in", options.in_type, options.channels);
    call.out = checked_image(given.outputs, "out", options.out_type, options.channels);
    call.region = given.region;
    check_sane(call.region, "region");
    if (is_empty(call.region)) return call;
    if (!contains(call.out.bounds, call.region)) {
        throw Error(SEPFLOW_E_INVALID, "region lies outside the output's bounds");
    }
    if (is_empty(call.in.domain)) {
        throw Error(SEPFLOW_E_INVALID, "in: its domain is empty, so no pixel can be computed");
    }
    check_memory(call.out, "out");
    check_distinct_pixels(call.out, "out");
    call.pixels = call.region.w * call.region.h;
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
    if (given.input_count == 2) call.mask = checked_mask(plan, given, call, needed);
    return call;
}

std::vector<Call> check_call(const Bank &bank, const sepflow_process &given) {
    const size_t count = bank.members.size();
    if (given.output_count != count || given.outputs == nullptr) {
        throw Error(SEPFLOW_E_INVALID,
                    "process: this bank has " + std::to_string(count) + " outputs");
    }
    check_size<sepflow_image>(given.outputs->struct_size, "outputs");
    const bool is_nothing = is_empty(given.region);
    std::vector<Call> calls(count);
    for (uint32_t i = 0; i < count; ++i) {
        const sepflow_image output = element(given.outputs, i);
        if (output.data == nullptr) continue;
        sepflow_process one = given;
        one.outputs = &output;
        one.output_count = 1;
        const Call call = check_call(*bank.members[i], one);
        for (const Call &before : calls) {
            if (!is_nothing && before.is_wanted() && overlap(before.out, call.out))
                throw Error(SEPFLOW_E_INVALID, "two outputs of the bank overlap in memory");
        }
        calls[i] = call;
    }
    const bool any =
        std::any_of(calls.begin(), calls.end(), [](const Call &call) { return call.is_wanted(); });
    if (!is_nothing && !any)
        throw Error(SEPFLOW_E_INVALID, "process: no output of the bank has memory");
    return calls;
}

}  // namespace sepflow
