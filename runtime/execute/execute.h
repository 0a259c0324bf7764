// Running a plan on a region: plan -> passes -> pixels.
//
//     region -> tasks, by the plan's method (work.h): tiles (separable.cpp, direct.cpp), blocks (fft.cpp), a bank's tiles (bank.cpp)
//     tile   -> staged input if need be (stage.cpp, missing.cpp) -> column pass, row pass, strip by strip (tile.cpp)
//            -> stored output if need be (store.cpp)
//
// A pass has one body, which handles whole register tiles only; what is narrower runs on padded scratch. So
// the bytes of a pixel do not depend on the region, the tiling or the threads.
#pragma once

#include <sepflow/node.h>

#include "runtime/plan/bank.h"
#include "runtime/plan/plan.h"

namespace sepflow {

// Computes call.region of call.outputs[0] from call.inputs[0]; throws Error. `host` may be NULL.
void process(const Plan &plan, const sepflow_process &call, const sepflow_host *host);

// Computes the region of all its outputs.
void process(const Bank &bank, const sepflow_process &call, const sepflow_host *host);

// What one thread needs while it runs: at most this many bytes for any region and layout.
uint64_t scratch_bytes(const Plan &plan);
uint64_t scratch_bytes(const Bank &bank);

}  // namespace sepflow
