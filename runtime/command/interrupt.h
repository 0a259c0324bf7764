// Ctrl-C and its like: a signal is noted, work stops at the next tile, and no half file stays.
#pragma once

namespace sepflow::command {

// Notes SIGINT, SIGTERM and SIGHUP from now on; a write past a file-size limit becomes an error.
void catch_signals();
// The signal that came, or 0. [any thread]
int interrupting_signal();

}  // namespace sepflow::command
