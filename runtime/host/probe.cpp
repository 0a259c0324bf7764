#include "runtime/host/probe.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include "runtime/base/child.h"
#include "runtime/base/error.h"
#include "runtime/host/probed.h"
#include "runtime/host/search.h"

namespace sepflow::host {

namespace {

constexpr std::chrono::seconds kPatience(10);
constexpr int kLook = 100;  // milliseconds

class FileActions {
  public:
    FileActions() { posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions &) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    posix_spawn_file_actions_t *get() { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_;
};

class Pipe {
  public:
    Pipe() {
        if (pipe2(ends_, O_CLOEXEC) != 0)
            throw Error(SEPFLOW_E_IO, std::string("no pipe: ") + std::strerror(errno));
    }
    Pipe(const Pipe &) = delete;
    ~Pipe() {
        close(ends_[0]);
        close_writer();
    }
    int reader() const { return ends_[0]; }
    int writer() const { return ends_[1]; }
    void close_writer() {
        if (ends_[1] >= 0) close(ends_[1]);
        ends_[1] = -1;
    }

  private:
    int ends_[2];
};

// Reads until the other end closes; false if it does not in time.
bool read_all(int reader, SeenTime &time, std::string *said) {
    for (;;) {
        if (time.look() >= kPatience) return false;
        pollfd ready = {reader, POLLIN, 0};
        if (poll(&ready, 1, kLook) <= 0) continue;
        char block[512];
        const ssize_t got = read(reader, block, sizeof block);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return true;
        if (said->size() < sizeof block) said->append(block, static_cast<size_t>(got));
    }
}

bool ends(pid_t child, SeenTime &time) {
    while (!ends_within(child, kLook)) {
        if (time.look() >= kPatience) return false;
    }
    return true;
}

// Does not wait for long: a process that waits for a disk ends only when that answers.
void end(pid_t child) {
    kill(child, SIGKILL);
    for (int look = 0; look < 10 && !ends_within(child, kLook); ++look) {
    }
    waitpid(child, nullptr, WNOHANG);
}

pid_t start(const std::string &program, const std::string &file, int writer) {
    FileActions actions;
    posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(actions.get(), STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(actions.get(), writer, 3);
    std::string name = program, plugin = file, parent = std::to_string(getpid());
    char *const arguments[] = {name.data(), plugin.data(), parent.data(), nullptr};
    pid_t child = -1;
    const int failed =
        posix_spawn(&child, program.c_str(), actions.get(), nullptr, arguments, environ);
    return failed == 0 ? child : -1;
}

// Whether the signal is the plugin's fault. Others come from outside, and an illegal instruction
// depends on the processor.
bool is_fault(int number) {
    constexpr int kFaults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    return std::find(std::begin(kFaults), std::end(kFaults), number) != std::end(kFaults);
}

std::string described(const Verdict &verdict) {
    switch (verdict.kind) {
        case Verdict::kHangs:
            return "it hangs when it is loaded";
        case Verdict::kCrashes:
            return std::string("it crashes when it is loaded: ") + strsignal(verdict.signal);
        default:
            return "it ends the process when it is loaded";
    }
}

struct Trial {
    std::string said;  // "" if it did not begin, otherwise ":" and what it found
    bool has_ended = false;
    std::optional<int> status;
};

std::optional<Trial> tried(const std::string &program, const std::string &file) {
    Pipe pipe;
    const pid_t child = start(program, file, pipe.writer());
    if (child < 0) return std::nullopt;
    pipe.close_writer();
    Trial trial;
    SeenTime time;
    // A plugin may close the pipe and stay.
    trial.has_ended = read_all(pipe.reader(), time, &trial.said) && ends(child, time);
    int status = 0;
    if (!trial.has_ended) {
        end(child);
    } else if (waitpid(child, &status, 0) == child) {
        // Unless the host's own code reaped the child.
        trial.status = status;
    }
    return trial;
}

}  // namespace

void probe(const std::string &file) {
    static const std::string program = own_directory() + "/sepflow-probe";
    if (access(program.c_str(), X_OK) != 0) return;
    const std::string print = fingerprint(file);
    const Verdict before = remembered(print);
    if (before.kind == Verdict::kSound) return;
    if (before.kind != Verdict::kNone) {
        throw Error(SEPFLOW_E_ABI,
                    described(before) +
                        "; this result is cached: to try again, touch the file or delete " +
                        verdict_file());
    }
    const std::optional<Trial> trial = tried(program, file);
    if (!trial) return;
    // It did not even begin: no program of this processor's, as under an emulator.
    if (trial->has_ended && trial->said.empty()) return;
    const std::string said = trial->said.substr(std::min<size_t>(1, trial->said.size()));
    if (said == "sound") return remember(print, {Verdict::kSound});
    // Not remembered: the cause may lie elsewhere, such as a missing library.
    if (!said.empty()) throw Error(SEPFLOW_E_ABI, said);
    Verdict verdict = {trial->has_ended ? Verdict::kEnds : Verdict::kHangs};
    const int status = trial->status.value_or(0);
    if (WIFSIGNALED(status)) verdict = {Verdict::kCrashes, WTERMSIG(status)};
    const bool is_known = !trial->has_ended || trial->status.has_value();
    if (is_known && (verdict.kind != Verdict::kCrashes || is_fault(verdict.signal)))
        remember(print, verdict);
    throw Error(SEPFLOW_E_ABI, described(verdict));
}

}  // namespace sepflow::host
