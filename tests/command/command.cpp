#include "tests/command/command.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace command_test {

namespace {

// Never returns. stdout and stderr go to files next to the folder, so that pipes cannot fill up.
[[noreturn]] void become_command(const std::vector<std::string> &arguments,
                                 const Circumstances &circumstances, const std::string &folder,
                                 const std::string &out, const std::string &err) {
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    const int err_file = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(circumstances.standard_error >= 0 ? circumstances.standard_error : err_file, 2);
    if (circumstances.has_own_group) setpgid(0, 0);
    if (circumstances.ignored_signal != 0) std::signal(circumstances.ignored_signal, SIG_IGN);
    if (chdir(folder.c_str()) != 0) _exit(126);
    if (circumstances.largest_file >= 0) {
        const rlim_t most = static_cast<rlim_t>(circumstances.largest_file);
        const rlimit limit = {most, most};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    setenv("HOME", folder.c_str(), 1);
    setenv("XDG_DATA_HOME", folder.c_str(), 1);
    // Elsewhere, for tests look at all that is left in the folder.
    const auto cache = std::filesystem::temp_directory_path() / "sepflow-test-cache";
    setenv("XDG_CACHE_HOME", cache.c_str(), 1);
    if (circumstances.plugin_path.empty()) {
        unsetenv("SEPFLOW_PLUGIN_PATH");
    } else {
        setenv("SEPFLOW_PLUGIN_PATH", circumstances.plugin_path.c_str(), 1);
    }
    unsetenv("SEPFLOW_VARIANT");
    for (const auto &[name, value] : circumstances.environment)
        setenv(name.c_str(), value.c_str(), 1);
    std::vector<char *> argv = {const_cast<char *>("sepflow")};
    for (const std::string &argument : arguments)
        argv.push_back(const_cast<char *>(argument.c_str()));
    argv.push_back(nullptr);
    execv(SEPFLOW_COMMAND, argv.data());
    _exit(127);
}

std::string read_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Folder::Folder()
    : path_((std::filesystem::temp_directory_path() / "sepflow-test-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    for (const char *suffix : {".out", ".err"}) std::filesystem::remove(path_ + suffix, ignored);
}

void Folder::write(const std::string &name, const std::string &bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
}

std::string Folder::read(const std::string &name) const {
    return read_file(path(name));
}

bool Folder::has(const std::string &name) const {
    return std::filesystem::exists(path(name));
}

std::vector<std::string> Folder::names() const {
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(path_)) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

int Folder::start(const std::vector<std::string> &arguments,
                  const Circumstances &circumstances) const {
    const pid_t pid = fork();
    if (pid < 0) throw std::runtime_error("cannot fork");
    if (pid == 0) become_command(arguments, circumstances, path_, path_ + ".out", path_ + ".err");
    return pid;
}

Outcome Folder::ended(int status) const {
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {code, read_file(path_ + ".out"), read_file(path_ + ".err")};
}

Outcome Folder::run(const std::vector<std::string> &arguments,
                    const Circumstances &circumstances) const {
    const pid_t pid = start(arguments, circumstances);
    if (circumstances.meanwhile != nullptr) circumstances.meanwhile(pid, path_);
    int status = 0;
    waitpid(pid, &status, 0);
    return ended(status);
}

std::vector<std::string> lines(const std::string &text) {
    std::vector<std::string> all;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
}

}  // namespace command_test
