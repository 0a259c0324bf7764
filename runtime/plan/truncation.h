// What the border `truncate` makes of the error: sums of fewer taps, rescaled to the sum S of all.
//
// With R the taps that lie inside, K the kernel, L what runs and E = K - L, the output is f (sum over R of L I + roundings), where
// f = S / sum over R of L, the exact one S / (sum over R of K) times sum over R of K I, and so
//
//     |output - exact| <= |f| (sum over R of |E| + |sum over R of E| (sum over R of |K|) / |sum over R of K| + roundings) max|I|.
#pragma once

#include "runtime/plan/plan.h"

namespace sepflow {

// The largest of these, for |image| <= 1, over all R that the border of an image no smaller than the kernel can cut; the whole
// kernel is one of them.
double truncated_error(const Plan &plan);

}  // namespace sepflow
