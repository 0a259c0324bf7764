#include "runtime/check/trial.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <malloc.h>
#include <new>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/base/child.h"
#include "runtime/base/error.h"
#include "runtime/check/verdict.h"

namespace sepflow::check {

namespace {

// In memory that parent and child share.
struct Report {
    std::atomic<bool> is_complete;
    Outcome::Kind kind;
    char doing[512], text[1 << 18];
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

void prepare_child() {
    setpgid(0, 0);
    const rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    // A crash is to end this process as one, whatever a sanitizer would rather do.
    for (const int number :
         {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGINT, SIGTERM, SIGHUP, SIGXFSZ})
        std::signal(number, SIG_DFL);
    // Keeps the plugin's output out of the report.
    dup2(STDERR_FILENO, STDOUT_FILENO);
    // Memory that is not set yet, or not one's own any more, does not look as if it were.
    mallopt(M_PERTURB, 0x5a);
    is_body_thread = true;
}

[[noreturn]] void become_child(const std::function<std::string()> &body) {
    prepare_child();
    try {
        finish(Outcome::Kind::kPassed, body());
    } catch (const Failed &failed) {
        finish(Outcome::Kind::kFailed, failed.why);
    } catch (const Skipped &skipped) {
        finish(Outcome::Kind::kSkipped, skipped.why);
    } catch (const std::exception &error) {
        finish(Outcome::Kind::kFailed, error.what());
    } catch (...) {
        finish(Outcome::Kind::kFailed, "it threw something other than an exception");
    }
    _exit(0);
}

// Whether the child ended by itself. What it left running ends with it.
bool wait_for(pid_t child, const Limits &limits, int *status) {
    constexpr int kLook = 200;  // milliseconds
    SeenTime time;
    bool has_ended = false;
    while (!has_ended && !limits.is_cancelled() &&
           std::chrono::duration<double>(time.look()).count() < limits.patience)
        has_ended = ends_within(child, kLook);
    if (!has_ended) kill(child, SIGKILL);
    *status = reap(child);
    kill(-child, SIGKILL);
    return has_ended;
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

void last_words(const std::string &what) {
    is_body_thread = true;
    now_doing(what);
}

Outcome try_in_child(const std::function<std::string()> &body, const Limits &limits) {
    void *memory =
        mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    auto *report = new (memory) Report;  // zeros already
    std::fflush(nullptr);
    const pid_t child = fork_child();
    if (child == 0) {
        own_report = report;
        become_child(body);
    }
    if (child < 0) {
        munmap(memory, sizeof(Report));
        throw Error(SEPFLOW_E_MEMORY, std::string("no child process: ") + std::strerror(errno));
    }
    int status = 0;
    const bool ended = wait_for(child, limits, &status);
    Outcome outcome = {Outcome::Kind::kFailed, described(ended, status, report->doing)};
    // A plugin may also crash on its way out, when its destructors run.
    if (report->is_complete.load() && ended && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        outcome = {report->kind, report->text};
    munmap(memory, sizeof(Report));
    if (limits.is_cancelled()) throw Error(SEPFLOW_E_CANCELLED, "cancelled");
    return outcome;
}

}  // namespace sepflow::check
