// What a plugin must leave as it finds it: the FPU's modes, the locale, signals, the environment, files, threads.
#pragma once

#include <map>
#include <string>

namespace sepflow::check {

// Each with its value as text.
using ProcessState = std::map<std::string, std::string>;
ProcessState process_state();

// "the locale (was C, is C.UTF-8)", the first that differs; "" if none.
std::string changed(const ProcessState &before, const ProcessState &after);

}  // namespace sepflow::check
