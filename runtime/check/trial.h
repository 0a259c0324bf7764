// A check in a process of its own: whatever the plugin does there, the next check starts as if it
// had not.
#pragma once

#include <functional>
#include <string>

namespace sepflow::check {

struct Outcome {
    enum class Kind { kPassed, kFailed, kSkipped } kind;
    std::string text;  // why not passed; of one that passed, what `body` returned
};

struct Limits {
    double patience;  // seconds; time while this process is stopped does not count
    std::function<bool()> is_cancelled;  // asked several times a second
};

// Runs `body` in a child, which ends with this process. A child that crashes, ends its process or
// exceeds the limit has failed, and the text names what the plugin was asked to do. Throws Error if
// there is no child process, and when cancelled.
Outcome try_in_child(const std::function<std::string()> &body, const Limits &limits);

// In the child, before each call of the plugin: what it is asked to do. Counts only from the thread
// that runs `body`.
void now_doing(const std::string &what);

// The same from any thread, of one that does not go on.
void last_words(const std::string &what);

}  // namespace sepflow::check
