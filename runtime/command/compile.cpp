// sepflow compile: hands over to sepflow-compile, which lies beside this program and brings Halide along.
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

#include "runtime/command/verbs.h"
#include "runtime/error.h"

namespace sepflow::command {

namespace {

std::string own_folder() {
    char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    const std::string file(path, length > 0 ? static_cast<size_t>(length) : 0);
    return file.substr(0, file.rfind('/') + 1);
}

}  // namespace

void hand_over_to_compile(const std::vector<std::string> &arguments) {
    std::vector<std::string> words = {own_folder() + "sepflow-compile"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char *> pointers;
    for (std::string &word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    execv(pointers.front(), pointers.data());
    throw Error(SEPFLOW_E_IO, "compile needs '" + words.front() + "': " + std::strerror(errno));
}

void add_compile(CLI::App &app) {
    CLI::App *verb = app.add_subcommand(
        "compile",
        "Compile one filter ahead of time, for firmware: a C header and a static archive");
    verb->set_help_flag();
    verb->prefix_command();
    verb->callback([verb] { hand_over_to_compile(verb->remaining()); });
}

}  // namespace sepflow::command
