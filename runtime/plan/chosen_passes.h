// Which of the compiled passes a plan runs, and its taps as they take them.
#pragma once

#include "runtime/plan/plan.h"

namespace sepflow {

// The arithmetic, forms and passes of a plan whose factors are known.
void choose_passes(Plan &plan);
// What the direct method and transforms need instead of the two passes.
void run_directly(Plan &plan, Precision precision);
// Brings the taps of both passes into the form that the passes take.
void pass_taps(Plan &plan);
// Whether mirrored samples meet their taps as one.
bool folds(Form form);
// The row pass that writes pixels, or samples, of a type.
RowPass row_pass_to(const Plan &plan, Form form, sepflow_type type);

}  // namespace sepflow
