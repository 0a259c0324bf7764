// A filter compiled ahead of time: a plan whose taps, types, border and widths are constants of the
// code.
#pragma once

#include <Halide.h>
#include <cstdint>
#include <string>
#include <variant>

#include "runtime/plan/plan.h"

namespace sepflow::embedded {

struct Specification {
    std::string name;    // of the C function
    std::string kernel;  // text
    std::string target;  // as Halide writes them: arm-64-linux
    sepflow_options options = {};
    int32_t max_width = 0;  // of the images, in pixels
    bool is_node = false;   // computes tiles too, with the bytes of the whole image
};

// Distances are in samples: of C interleaved channels, a pixel is C samples.
struct Filter {
    std::string name, kernel, target_name;
    Halide::Target target;
    Plan plan;
    int32_t max_width = 0;

    const Options &options() const { return plan.request.options; }
    int32_t step() const { return options().channels; }
    int32_t rows() const { return static_cast<int32_t>(plan.request.kernel.rows); }
    int32_t top() const { return static_cast<int32_t>(plan.request.halo.top); }
    int32_t left() const { return static_cast<int32_t>(plan.request.halo.left) * step(); }
    int32_t reach() const { return static_cast<int32_t>(plan.request.kernel.columns - 1) * step(); }
    // Pairs of passes, or NULL for a direct sum.
    const PassPairs *pairs() const { return std::get_if<PassPairs>(&plan.way); }
    bool is_fixed() const { return pairs() != nullptr && pairs()->fixed; }
    // Returns the samples that the loops of the passes compute at once: a vector of bytes or
    // several of wider samples.
    int32_t tile() const;
    // Returns the samples in a row that the passes read: the row, its border and the rest of the
    // last tile.
    int32_t pitch() const;
};

// Plans and checks; throws Error with a sentence for what cannot be compiled.
Filter make_filter(const Specification &given);

}  // namespace sepflow::embedded
