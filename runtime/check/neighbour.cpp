// The program that loads a plugin may have a Halide runtime of its own, and the dynamic linker
// prefers the program's symbols. A plugin that lets its runtime's symbols be replaced calls these,
// and crashes; one that keeps them to itself never does.
#include <cstdlib>

#include "runtime/check/trial.h"

#define SEPFLOW_NEIGHBOUR(name)                                                 \
    extern "C" __attribute__((visibility("default"), used)) void name() {       \
        sepflow::check::last_words(#name " of the program instead of its own"); \
        std::abort();                                                           \
    }

SEPFLOW_NEIGHBOUR(halide_malloc)
SEPFLOW_NEIGHBOUR(halide_free)
SEPFLOW_NEIGHBOUR(halide_error)
SEPFLOW_NEIGHBOUR(halide_print)
SEPFLOW_NEIGHBOUR(halide_do_par_for)
SEPFLOW_NEIGHBOUR(halide_do_task)
SEPFLOW_NEIGHBOUR(halide_can_use_target_features)
