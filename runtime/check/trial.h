// A check in a process of its own: whatever the plugin does there, the next check starts as if it had not.
#pragma once

#include <functional>
#include <string>

namespace sepflow::check {

struct Outcome {
    enum class Kind { kPassed, kFailed, kSkipped } kind;
    std::string text;  // why not passed; of one that passed, what `body` returned
};

// Runs `body` in a child. One that crashes, ends its process or takes longer than `patience` seconds has
// failed, and the text names what the plugin was asked to do. A signal to this process ends the child.
// Throws Error where there is no child to be had.
Outcome try_in_child(const std::function<std::string()> &body, double patience);

// In the child, before each call of the plugin: what it is asked to do. Counts only from the thread that
// runs `body`.
void now_doing(const std::string &what);

// The same from any thread, of one that does not go on.
void last_words(const std::string &what);

}  // namespace sepflow::check
