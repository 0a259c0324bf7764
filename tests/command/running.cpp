#include "tests/command/running.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace command_test {

namespace {

std::string text_of(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

bool comes_true(const std::function<bool()> &is_true) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!is_true()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

Running::Running(const Folder &folder, const std::vector<std::string> &arguments,
                 Circumstances circumstances)
    : folder_(folder) {
    static int count = 0;
    const std::string value = std::to_string(getpid()) + "." + std::to_string(++count);
    mark_ = "SEPFLOW_TEST_MARK=" + value;
    circumstances.environment.emplace_back("SEPFLOW_TEST_MARK", value);
    circumstances.has_own_group = true;
    pid_ = folder.start(arguments, circumstances);
    // The child does the same: whichever comes first.
    setpgid(pid_, pid_);
}

Running::~Running() {
    for (std::vector<int> left = processes(); !left.empty(); left = processes()) {
        for (const int process : left) kill(process, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (!has_ended_) waitpid(pid_, nullptr, 0);
}

std::vector<int> Running::processes() const {
    std::vector<int> found;
    std::error_code gone;
    for (const auto &entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != name.npos) continue;
        const std::string environment = '\0' + text_of("/proc/" + name + "/environ");
        if (environment.find('\0' + mark_ + '\0') == environment.npos) continue;
        found.push_back(std::stoi(name));
    }
    return found;
}

std::string Running::states() const {
    std::string states;
    for (const int process : processes()) {
        const std::string stat = text_of("/proc/" + std::to_string(process) + "/stat");
        const size_t name_end = stat.rfind(')');  // "PID (NAME) STATE ..."
        if (name_end != stat.npos && name_end + 2 < stat.size()) states += stat[name_end + 2];
    }
    return states;
}

bool Running::ends() {
    has_ended_ = has_ended_ || comes_true([&] { return waitpid(pid_, &status_, WNOHANG) == pid_; });
    return has_ended_;
}

}  // namespace command_test
