// Whether a plugin can be loaded, found out in a process of its own: one that crashes or hangs takes only that along.
#pragma once

#include <string>

namespace sepflow {

// Throws Error that says what became of it. Does nothing where the program sepflow-probe is not beside this library, or does not run.
void probe(const std::string &file);

}  // namespace sepflow
