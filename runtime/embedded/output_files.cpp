#include "runtime/embedded/output_files.h"

#include <Halide.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "runtime/base/child.h"
#include "runtime/base/error.h"

namespace sepflow::embedded {

namespace {

Error write_error(const std::string &path, const std::string &reason) {
    return Error(SEPFLOW_E_IO, "cannot write '" + path + "': " + reason);
}

// Ends the process with the reason of what was thrown. Errors of later Halides than 14 are no
// std::exception.
[[noreturn]] void tell_and_exit() noexcept {
    try {
        if (std::current_exception()) throw;
    } catch (const Halide::Error &error) {
        std::cerr << error.what();
    } catch (const std::exception &error) {
        std::cerr << error.what();
    } catch (...) {
        std::cerr << "for an unknown reason";
    }
    _exit(EXIT_FAILURE);
}

[[noreturn]] void become_child(int words, const std::function<void()> &work) {
    dup2(words, STDERR_FILENO);
    const rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);      // LLVM's abort is not worth a file
    std::set_terminate(tell_and_exit);  // Halide and LLVM have threads of their own
    try {
        work();
        _exit(EXIT_SUCCESS);
    } catch (...) {
        tell_and_exit();
    }
}

std::string read_all(int file) {
    std::string text;
    char bytes[1024];
    for (ssize_t count; (count = read(file, bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<size_t>(count));
    return text;
}

// Its words, and whether it came to its end.
std::pair<std::string, bool> run_apart(const std::function<void()> &work) {
    int words[2];
    if (pipe(words) != 0)
        throw Error(SEPFLOW_E_IO, std::string("no pipe: ") + std::strerror(errno));
    const pid_t child = fork_child();
    if (child == 0) become_child(words[1], work);
    const int error = errno;
    close(words[1]);
    const std::string said = child < 0 ? "" : read_all(words[0]);
    close(words[0]);
    if (child < 0)
        throw Error(SEPFLOW_E_IO, std::string("no child process: ") + std::strerror(error));
    const int status = reap(child);
    if (WIFSIGNALED(status) && said.empty()) return {strsignal(WTERMSIG(status)), false};
    return {said, WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS};
}

// "LLVM ERROR: IO failure on output stream: No space left on device", and Halide has other words
// around it. What has none of these failed otherwise.
Error failure(const std::string &path, const std::string &words) {
    for (const int code : {ENOSPC, EDQUOT, EFBIG, EIO, EROFS, EACCES, EMFILE, ENFILE, ENAMETOOLONG})
        if (words.find(std::strerror(code)) != words.npos)
            return write_error(path, std::strerror(code));
    return Error(SEPFLOW_E_INTERNAL, "cannot compile '" + path + "': " + words);
}

}  // namespace

OutputFiles::OutputFiles(const std::string &folder)
    : folder_(folder), temporary_(folder + "/.sepflow-", "", [](const char *path) {
          return mkdir(path, 0700) == 0;
      }) {
    if (temporary_.path().empty())
        throw Error(SEPFLOW_E_IO, "cannot write to '" + folder + "': " + std::strerror(errno));
}

// Renaming would tell only when others are there already.
void OutputFiles::expect(const std::string &name) {
    std::error_code missing;
    if (std::filesystem::is_directory(path(name), missing))
        throw write_error(path(name), std::strerror(EISDIR));
    names_.push_back(name);
}

void OutputFiles::add(const std::string &name, const std::string &text) {
    expect(name);
    errno = 0;
    std::ofstream file(partial(name), std::ios::binary);
    file << text;
    file.close();
    if (!file) throw write_error(path(name), std::strerror(errno));
}

void OutputFiles::add_apart(const std::string &name,
                            const std::function<void(const std::string &path)> &write) {
    expect(name);
    const auto [said, is_written] = run_apart([&] { write(partial(name)); });
    if (!is_written) throw failure(path(name), said);
    std::cerr << said;
}

void OutputFiles::commit() {
    for (const std::string &name : names_)
        if (std::rename(partial(name).c_str(), path(name).c_str()) != 0)
            throw write_error(path(name), std::strerror(errno));
}

}  // namespace sepflow::embedded
