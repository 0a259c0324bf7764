// The kernel as a sum of pairs of 1-D passes: a column pass over the image, a row pass over what it
// leaves.
#pragma once

#include <optional>

#include "runtime/plan/arithmetic.h"
#include "runtime/plan/bounds.h"
#include "runtime/plan/fixed_point.h"
#include "runtime/plan/taps.h"

namespace sepflow {

struct PassPairs {
    Arithmetic arithmetic;
    Form column_form = Form::kPlain, row_form = Form::kPlain;  // both plain, or neither
    Taps column_taps, row_taps;
    std::optional<FixedPoint> fixed;  // what the passes run in, instead of floats
    ColumnPass image_column_pass =
        nullptr;  // reads the image's pixels; NULL: they are staged first

    bool transposed() const { return row_form != Form::kPlain; }
};

// In the arithmetic and the schedule that suit the factors.
PassPairs make_pass_pairs(const Request &request, const Factoring &factoring);
// In floats, folding every filter that its own mirror image allows to.
PassPairs make_folding_pairs(const Request &request, const Factoring &factoring);
// Other terms of the same lengths in the arithmetic and forms of `like`, which is not in fixed
// point.
PassPairs make_pairs_like(const PassPairs &like, Taps column_taps, Taps row_taps);

Bounds bounds_of(const PassPairs &pairs, const Request &request, const Factoring &factoring);
// Predicted nanoseconds a sample (way.h).
double cost_of(const PassPairs &pairs);

// Tells whether mirrored samples meet their taps as one.
bool folds(Form form);

}  // namespace sepflow
