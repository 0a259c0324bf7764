// Checks of a call: every image, stride and region, once, before any pixel is touched.
#pragma once

#include <optional>
#include <vector>

#include <sepflow/node.h>

#include "runtime/plan/bank.h"
#include "runtime/plan/plan.h"

namespace sepflow {

struct Call {
    sepflow_image in = {}, out = {};
    std::optional<sepflow_image> mask;
    sepflow_rect region = {};
    int64_t pixels = 0;  // of all that is asked for, of which region may be a part

    // False for an output of a bank that the caller leaves out.
    bool is_wanted() const { return out.data != nullptr; }
};

// Throws Error; the region of the result may be empty.
Call check_call(const Plan &plan, const sepflow_process &call);
// A call for each member, all of one region, some not wanted.
std::vector<Call> check_call(const Bank &bank, const sepflow_process &call);

}  // namespace sepflow
