// The command while it runs, for tests that send signals and look for processes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/command/command.h"

namespace command_test {

// Waits two minutes at most until `is_true`; returns whether it came true.
bool comes_true(const std::function<bool()> &is_true);

class Running {
  public:
    Running(const Folder &folder, const std::vector<std::string> &arguments,
            Circumstances circumstances = {});
    Running(const Running &) = delete;
    Running &operator=(const Running &) = delete;
    // Kills whatever still runs.
    ~Running();

    int pid() const { return pid_; }
    // Returns all its processes, orphans included: each has a mark in its environment.
    std::vector<int> processes() const;
    // Returns their states as letters of /proc/PID/stat, such as "T" for a stopped process.
    std::string states() const;
    // Waits two minutes at most for the end of the command.
    bool ends();
    // Returns what it wrote, and how it ended; only after ends().
    Outcome outcome() const { return folder_.ended(status_); }

  private:
    const Folder &folder_;
    std::string mark_;
    int pid_;
    bool has_ended_ = false;
    int status_ = 0;
};

}  // namespace command_test
