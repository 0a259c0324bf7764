// The forms that a pass is compiled in.
#pragma once

namespace sepflow {

// A filter that is its own mirror image (even), or the negative of it (odd), folds: the pixels of a
// pair are added or subtracted first, which halves the multiplications.
enum class Fold { kNone, kEven, kOdd };

// Plain: vectors along x in both passes.
// Transposed: between the passes, the rows of a block are the lanes of a vector (schedules.h).
enum class Form { kPlain, kTransposed, kTransposedEven, kTransposedOdd };
inline constexpr int kForms = 4;

}  // namespace sepflow
