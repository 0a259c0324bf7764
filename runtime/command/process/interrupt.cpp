#include "runtime/command/process/interrupt.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <unistd.h>

namespace sepflow::command {

namespace {

std::atomic<int> noted{0};
// Who called note_signals(), and its parent: processes that a plugin forks inherit the handler too.
std::atomic<pid_t> caller{0}, parent_of_caller{0};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free);

// Passes a signal through to the parent, which waits for the end of this process, unless it came
// from there or from the terminal, whose signals go to all.
extern "C" void note_signal(int number, siginfo_t *signal, void *) {
    const int error = errno;
    noted.store(number, std::memory_order_relaxed);
    const pid_t parent = parent_of_caller.load(std::memory_order_relaxed);
    const bool is_caller =
        getpid() == caller.load(std::memory_order_relaxed) && getppid() == parent;
    if (is_caller && signal->si_code <= 0 && signal->si_pid != parent) kill(parent, number);
    errno = error;
}

}  // namespace

void let_writes_fail() {
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
}

void note_signals() {
    caller.store(getpid(), std::memory_order_relaxed);
    parent_of_caller.store(getppid(), std::memory_order_relaxed);
    struct sigaction action = {};
    action.sa_sigaction = note_signal;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        if (!is_ignored(number)) sigaction(number, &action, nullptr);
    }
}

int interrupting_signal() {
    return noted.load(std::memory_order_relaxed);
}

bool is_ignored(int number) {
    struct sigaction action = {};
    sigaction(number, nullptr, &action);
    return action.sa_handler == SIG_IGN;
}

void end_by(int number) {
    std::signal(number, SIG_DFL);
    std::raise(number);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    // The first process of a container survives signals that it does not handle.
    _exit(128 + number);
}

}  // namespace sepflow::command
