// The process that the shell knows, and the worker that it has do the work. The first runs no code
// of plugins or image libraries, so it can always end the worker and clear up after it.
#pragma once

#include <functional>
#include <string>

namespace sepflow::command {

// Runs `work` in a child process and returns its exit code, in both processes. If a signal ends the
// worker, this process says so in a line that begins with `name`, and ends by the same signal. The
// first SIGINT, SIGTERM or SIGHUP goes to the worker. At a second one, or two seconds later, the
// worker and its descendants are killed. Throws Error if there is no child process.
int supervise(const std::string &name, const std::function<int()> &work);

}  // namespace sepflow::command
