// Limits of every convolution of that many taps: copying the image, and the multiply-adds alone.
#pragma once

#include "tests/bench/buffers.h"
#include "tests/bench/turns.h"

namespace bench {

// Copies with as many threads as the workload has.
Contender copying(const Buffers &buffers);

// 2 * length multiply-adds for each sample and term, in registers, by the instruction set of the
// workload's variant: f64 for images of doubles, f32 for others. Runs at most a few milliseconds
// and counts up.
Contender multiplying(const Workload &workload);

}  // namespace bench
