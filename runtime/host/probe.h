// Tries a plugin in a process of its own: one that crashes or hangs when it is loaded ends only
// that.
#pragma once

#include <string>

namespace sepflow::host {

// Throws Error that says what is wrong with the plugin. Does nothing if the program sepflow-probe
// is not next to this library, or does not run.
void probe(const std::string &file);

}  // namespace sepflow::host
