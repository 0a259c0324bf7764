// Work in a child process, watched by its parent: a plugin that crashes or hangs ends only the
// child, and the parent can say whose code it was. Both communicate through shared memory.
#pragma once

#include <functional>
#include <string>

namespace sepflow::command {

class Watch {
  public:
    // A plugin hangs if one call takes longer, not counting time while this process is stopped.
    explicit Watch(double patience_seconds);
    Watch(const Watch &) = delete;
    Watch &operator=(const Watch &) = delete;
    ~Watch();

    enum class Ending { kDone, kFailed, kInterrupted };
    // Runs `work` in a child; it ends by returning or by throwing. `why` gets one sentence if it
    // failed.
    Ending run(const std::function<void()> &work, std::string *why);

    // In the child: a number that the parent reads afterwards, -1 before the first.
    void reached(int step);
    int step() const;
    // It failed by an error such as a file that cannot be written, not by a plugin's fault.
    bool was_mistake() const;
    // In the child, a sepflow_observer whose ctx is the watch.
    static void observe(void *watch, const char *who, const char *function);

  private:
    struct Shared;
    void become_child(const std::function<void()> &work);
    Ending wait_for(int child, std::string *why);
    std::string blamed(const std::string &did) const;

    Shared *shared_;
    double patience_;
};

}  // namespace sepflow::command
