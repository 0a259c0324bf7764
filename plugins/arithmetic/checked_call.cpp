#include "plugins/arithmetic/checked_call.h"

#include <string>

#include "runtime/base/error.h"
#include "runtime/base/image.h"
#include "runtime/base/structs.h"

namespace sepflow {

CheckedCall checked_call(const sepflow_process &given, uint32_t inputs, const PlanFormat &format) {
    if (given.flags != 0)
        throw Error(SEPFLOW_E_UNSUPPORTED, "process: flags that this version does not know");
    if (given.input_count != inputs || given.output_count != 1 || given.inputs == nullptr ||
        given.outputs == nullptr) {
        throw Error(SEPFLOW_E_INVALID, "process: this node has " + std::to_string(inputs) +
                                           (inputs == 1 ? " input" : " inputs") +
                                           " and one output");
    }
    if (given.max_threads < 0) throw Error(SEPFLOW_E_INVALID, "process: max_threads is negative");
    CheckedCall call = {};
    call.region = given.region;
    check_sane(call.region, "region");
    for (uint32_t i = 0; i < inputs; ++i) {
        const std::string name = "input " + std::to_string(i);
        const sepflow_image input = element(given.inputs, i);
        call.inputs[i] = checked_image(&input, name.c_str(), format.in_type, format.channels);
        if (!is_empty(call.region)) check_memory(call.inputs[i], name.c_str());
    }
    call.output = checked_image(given.outputs, "output", format.out_type, format.channels);
    if (is_empty(call.region)) return call;
    check_memory(call.output, "output");
    check_distinct_pixels(call.output, "output");
    if (!contains(call.output.bounds, call.region)) {
        throw Error(SEPFLOW_E_INVALID, "region lies outside the output's bounds");
    }
    return call;
}

}  // namespace sepflow
