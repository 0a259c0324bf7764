// A bar on standard error for work that lasts, if that is a terminal.
#pragma once

#include <chrono>
#include <cstdint>

namespace sepflow::command {

class Progress {
  public:
    explicit Progress(bool wanted);
    ~Progress() { wipe(); }
    Progress(const Progress &) = delete;
    Progress &operator=(const Progress &) = delete;

    // The work done so far, 0 .. 1.
    void show(double part);
    // Takes the bar away, for what is written next.
    void wipe();

  private:
    bool wanted_;
    int shown_percent_ = -1;
    std::chrono::steady_clock::time_point start_;
};

}  // namespace sepflow::command
