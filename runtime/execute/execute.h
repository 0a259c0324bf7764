// Running a plan on a region: plan -> passes -> pixels.
//
//     region -> tasks, by way (work.h; pass_pairs/, direct_sum/, transforms/), or a bank (bank.cpp)
//     task   -> staged input if need be (stage.cpp, missing.cpp) -> passes -> sink (sink.cpp)
//
// A pass has one body, which handles whole register tiles only. Narrower areas run on padded
// scratch, so the bytes of a pixel do not depend on the region, the tiling or the threads.
#pragma once

#include <sepflow/node.h>

#include "runtime/plan/bank.h"
#include "runtime/plan/plan.h"

namespace sepflow {

// Computes call.region of call.outputs[0] from call.inputs[0]; throws Error. `host` may be NULL.
void process(const Plan &plan, const sepflow_process &call, const sepflow_host *host);

// Computes the region of all its outputs.
void process(const Bank &bank, const sepflow_process &call, const sepflow_host *host);

// Bytes of scratch that one thread needs at most, for any region and layout.
uint64_t scratch_bytes(const Plan &plan);
uint64_t scratch_bytes(const Bank &bank);

}  // namespace sepflow
