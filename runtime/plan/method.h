// Which method takes the 2-D sum: what each would cost, by a model fitted to measurements.
#pragma once

namespace sepflow {

struct Plan;

enum class Method { kSeparable, kDirect, kFft };

// Predicted nanoseconds a sample of output, on one thread of the machine that the model was fitted on; infinite where a
// method cannot be taken.
struct Costs {
    double separable = 0, direct = 0, fft = 0;
};

// Of a plan whose passes, runs and transforms are chosen; its certificate is not looked at.
Costs predict_costs(const Plan &plan);

}  // namespace sepflow
