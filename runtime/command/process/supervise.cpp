#include "runtime/command/process/supervise.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <fstream>
#include <initializer_list>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "runtime/base/child.h"
#include "runtime/base/error.h"
#include "runtime/command/process/interrupt.h"
#include "runtime/command/process/temporary.h"

namespace sepflow::command {

namespace {

using Clock = std::chrono::steady_clock;

// The time that work has to cancel after the first signal.
constexpr std::chrono::seconds kGrace(2);
// The time that killed processes have to end: those that wait for a disk may need longer.
constexpr std::chrono::seconds kLongestEnd(1);

bool is_stop(int number) {
    return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

// Returns the signals to wait for. Those that the caller ignores, as nohup does, stay ignored.
sigset_t expected_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    std::signal(SIGCHLD, SIG_DFL);  // if it were ignored, the worker's status would be lost
    sigaddset(&signals, SIGCHLD);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT}) {
        if (!is_ignored(number)) sigaddset(&signals, number);
    }
    return signals;
}

// Returns 0 if no signal comes before `end`.
int next_signal(const sigset_t &signals, Clock::time_point end, pid_t *sender) {
    using namespace std::chrono;
    const auto left = std::max<int64_t>(0, duration_cast<nanoseconds>(end - Clock::now()).count());
    const timespec time = {static_cast<time_t>(left / 1000000000),
                           static_cast<long>(left % 1000000000)};
    siginfo_t signal = {};
    const int number = sigtimedwait(&signals, &signal, &time);
    *sender = signal.si_pid;
    return number < 0 ? 0 : number;
}

// Stops as SIGTSTP does by default, until SIGCONT.
void stop() {
    sigset_t only, before;
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    std::raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &only, &before);
    sigprocmask(SIG_SETMASK, &before, nullptr);
}

// Passes signals through until the worker ends, or kills it. Returns the signal by which this
// process is to end, or 0.
int wait_for(pid_t worker, const sigset_t &signals, int *status) {
    int stopped_by = 0, stops = 0;
    auto end = Clock::time_point::max();
    while (waitpid(worker, status, WNOHANG) != worker) {
        pid_t sender = 0;
        const int number = next_signal(signals, end, &sender);
        if (number == SIGTSTP) {
            kill(worker, SIGTSTP);
            stop();
        } else if (number == SIGCONT) {
            kill(worker, SIGCONT);
        } else if (is_stop(number)) {
            // The worker may only pass through what was sent to the group.
            if (sender != worker) ++stops;
            kill(worker, number);
            // A core dump may take long.
            if (stopped_by == 0 && number != SIGQUIT) end = Clock::now() + kGrace;
            if (stopped_by == 0) stopped_by = number;
        }
        if (stops > 1 || Clock::now() >= end) {
            kill(worker, SIGKILL);
            return stopped_by;
        }
    }
    if (!WIFSIGNALED(*status)) return 0;
    return stopped_by != 0 ? stopped_by : WTERMSIG(*status);
}

// Kills the processes that the worker left. This process is their parent once the worker has ended.
void end_descendants() {
    const std::string list = "/proc/self/task/" + std::to_string(getpid()) + "/children";
    const auto end = Clock::now() + kLongestEnd;
    while (Clock::now() < end) {
        pid_t ended;
        while ((ended = waitpid(-1, nullptr, WNOHANG)) > 0) {
        }
        if (ended < 0) return;
        std::ifstream children(list);
        for (pid_t child; children >> child;) kill(child, SIGKILL);
        usleep(1000);
    }
}

// Writes a line to standard error in place of a progress bar, unless it would block.
void say(const std::string &line) {
    pollfd ready = {STDERR_FILENO, POLLOUT, 0};
    if (poll(&ready, 1, 0) <= 0) return;
    const std::string text = (isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "") + line + "\n";
    if (write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

}  // namespace

int supervise(const std::string &name, const std::function<int()> &work) {
    share_temporaries();
    const sigset_t signals = expected_signals();
    sigset_t before;
    sigprocmask(SIG_BLOCK, &signals, &before);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t worker = fork_child();
    if (worker < 0)
        throw Error(SEPFLOW_E_IO, std::string("no child process: ") + std::strerror(errno));
    if (worker == 0) {
        sigprocmask(SIG_SETMASK, &before, nullptr);
        return work();
    }
    int status = 0;
    const int ended_by = wait_for(worker, signals, &status);
    if (ended_by != 0) end_descendants();
    remove_temporaries();
    if (ended_by == 0) return WEXITSTATUS(status);
    const std::string cause = strsignal(ended_by);
    say(name + ": " + (is_stop(ended_by) ? "interrupted" : "ended by a signal: " + cause));
    prctl(PR_SET_DUMPABLE, 0);  // the worker has dumped core already, if it was to
    end_by(ended_by);
}

}  // namespace sepflow::command
