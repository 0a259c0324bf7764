// Signals that cancel work: they are noted, and work stops at the next tile.
#pragma once

namespace sepflow::command {

// Makes writes past a limit on file sizes, and to closed pipes, fail instead of ending the process.
void let_writes_fail();
// Notes SIGINT, SIGTERM and SIGHUP from now on, and passes them through to the parent, which waits
// for the end of this process. Until then they end it.
void note_signals();
// Returns the last signal that was noted, or 0. [any thread]
int interrupting_signal();
// Whether this process ignores the signal, as under nohup.
bool is_ignored(int number);
// Ends this process by the signal, with its default action.
[[noreturn]] void end_by(int number);

}  // namespace sepflow::command
