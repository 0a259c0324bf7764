// Child processes that do not outlive the thread that made them.
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sepflow {

// Has the kernel kill this process when its parent ends: when the thread ends that forked it.
inline void end_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The parent may have ended before that.
    if (getppid() != parent) _exit(EXIT_FAILURE);
}

// Forks as fork() does. The child is killed when the calling thread ends.
inline pid_t fork_child() {
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) end_with(parent);
    return child;
}

// Waits for the end of a child and does not reap it. Returns early when a signal is handled.
inline bool ends_within(pid_t child, int milliseconds) {
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    pollfd end = {handle, POLLIN, 0};
    // Without handles of processes (Linux before 5.3) this only sleeps.
    poll(&end, 1, handle >= 0 ? milliseconds : std::min(milliseconds, 5));
    if (handle >= 0) close(handle);
    siginfo_t ended = {};
    return waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           ended.si_pid == child;
}

// Waits for the end of a child and returns its status.
inline int reap(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

// Time as this process sees it pass, looking several times a second: none while it is stopped.
class SeenTime {
  public:
    std::chrono::nanoseconds look() {
        const auto now = Clock::now();
        passed_ += std::min<std::chrono::nanoseconds>(now - last_, std::chrono::seconds(1));
        last_ = now;
        return passed_;
    }

  private:
    using Clock = std::chrono::steady_clock;

    Clock::time_point last_ = Clock::now();
    std::chrono::nanoseconds passed_{0};
};

}  // namespace sepflow
