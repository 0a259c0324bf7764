#include "runtime/host/probe.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "runtime/error.h"
#include "runtime/host/probed.h"
#include "runtime/host/search.h"

namespace sepflow {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience(10);

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

// All that the other end says before it closes; false: it did not until `end`.
bool read_all(int reader, Clock::time_point end, std::string *said) {
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        pollfd ready = {reader, POLLIN, 0};
        const int count = left.count() > 0 ? poll(&ready, 1, static_cast<int>(left.count())) : 0;
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        char block[512];
        const ssize_t got = read(reader, block, sizeof block);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return true;
        if (said->size() < sizeof block) said->append(block, static_cast<size_t>(got));
    }
}

// False: it did not until `end`. A host may have its children reaped by somebody else; then only what was said counts.
bool has_ended(pid_t child, Clock::time_point end, int *status) {
    for (;;) {
        const pid_t ended = waitpid(child, status, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR)) return true;
        if (Clock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void end(pid_t child) {
    kill(child, SIGKILL);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
}

pid_t start(const std::string &program, const std::string &file, int writer) {
    FileActions actions;
    posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(actions.get(), STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(actions.get(), writer, 3);
    std::string name = program, plugin = file;
    char *const arguments[] = {name.data(), plugin.data(), nullptr};
    pid_t child = -1;
    const int failed =
        posix_spawn(&child, program.c_str(), actions.get(), nullptr, arguments, environ);
    return failed == 0 ? child : -1;
}

}  // namespace

void probe(const std::string &file) {
    static const std::string program = own_directory() + "/sepflow-probe";
    if (access(program.c_str(), X_OK) != 0) return;
    const std::string print = fingerprint(file);
    if (was_sound(print)) return;
    Pipe pipe;
    const pid_t child = start(program, file, pipe.writer());
    if (child < 0) return;
    pipe.close_writer();
    std::string said;
    int status = 0;
    const auto patience_ends = Clock::now() + kPatience;
    // A plugin may close the pipe and stay.
    const bool ended =
        read_all(pipe.reader(), patience_ends, &said) && has_ended(child, patience_ends, &status);
    if (!ended) end(child);
    // It did not even begin: no program of this processor's, as under an emulator.
    if (ended && said.empty()) return;
    said.erase(0, 1);
    if (said == "sound") return note_sound(print);
    if (!said.empty()) throw Error(SEPFLOW_E_ABI, said);
    if (!ended) throw Error(SEPFLOW_E_ABI, "it hangs when it is loaded");
    throw Error(SEPFLOW_E_ABI, WIFSIGNALED(status) ? std::string("it crashes when it is loaded: ") +
                                                         strsignal(WTERMSIG(status))
                                                   : "it ends the process when it is loaded");
}

}  // namespace sepflow
