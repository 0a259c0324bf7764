#include "runtime/check/trial.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <new>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/check/verdict.h"
#include "runtime/error.h"

namespace sepflow::check {

namespace {

// In memory that parent and child share.
struct Report {
    std::atomic<bool> is_complete;
    Outcome::Kind kind;
    char doing[512], text[16384];
};

Report *own_report = nullptr;  // of a child
thread_local bool is_body_thread = false;

template <size_t Size>
void copy(char (&to)[Size], const std::string &from) {
    std::strncpy(to, from.c_str(), Size - 1);
    to[Size - 1] = '\0';
}

void finish(Outcome::Kind kind, const std::string &text) {
    own_report->kind = kind;
    copy(own_report->text, text);
    own_report->is_complete.store(true);
}

[[noreturn]] void become_child(const std::function<std::string()> &body) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    // A crash is to end this process as one, whatever a sanitizer would rather do.
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
        std::signal(number, SIG_DFL);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
    is_body_thread = true;
    try {
        finish(Outcome::Kind::kPassed, body());
    } catch (const Failed &failed) {
        finish(Outcome::Kind::kFailed, failed.why);
    } catch (const Skipped &skipped) {
        finish(Outcome::Kind::kSkipped, skipped.why);
    } catch (const std::exception &error) {
        finish(Outcome::Kind::kFailed, error.what());
    } catch (...) {
        finish(Outcome::Kind::kFailed, "it threw what is no exception");
    }
    _exit(0);
}

// Whether the child ended by itself: its end of the pipe closes with it.
bool wait_for(pid_t child, int alive, double patience, int *status) {
    pollfd end = {alive, POLLIN, 0};
    int ready;
    do {
        ready = poll(&end, 1, static_cast<int>(patience * 1000));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) kill(child, SIGKILL);
    while (waitpid(child, status, 0) < 0 && errno == EINTR) {
    }
    return ready != 0;
}

std::string described(bool ended, int status, const char *doing) {
    std::string what = "it ended the process";
    if (!ended) what = "it did not return";
    if (ended && WIFSIGNALED(status))
        what = "it crashed (" + std::string(strsignal(WTERMSIG(status))) + ")";
    if (ended && WIFEXITED(status) && WEXITSTATUS(status) != 0)
        what += " with code " + std::to_string(WEXITSTATUS(status));
    return doing[0] == '\0' ? what : what + " in " + doing;
}

}  // namespace

void now_doing(const std::string &what) {
    if (is_body_thread) copy(own_report->doing, what);
}

Outcome try_in_child(const std::function<std::string()> &body, double patience) {
    void *memory =
        mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int alive[2];
    if (memory == MAP_FAILED || pipe(alive) != 0)
        throw Error(SEPFLOW_E_MEMORY, std::string("no child process: ") + std::strerror(errno));
    auto *report = new (memory) Report{};
    const pid_t child = fork();
    if (child == 0) {
        close(alive[0]);
        own_report = report;
        become_child(body);
    }
    close(alive[1]);
    int status = 0;
    const bool ended = child > 0 && wait_for(child, alive[0], patience, &status);
    close(alive[0]);
    Outcome outcome = {Outcome::Kind::kFailed, described(ended, status, report->doing)};
    // A plugin may also crash on its way out, when its destructors run.
    if (report->is_complete.load() && ended && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        outcome = {report->kind, report->text};
    munmap(memory, sizeof(Report));
    return outcome;
}

}  // namespace sepflow::check
