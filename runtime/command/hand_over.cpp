#include "runtime/command/hand_over.h"

#include <filesystem>
#include <unistd.h>

namespace sepflow::command {

std::string program_beside(const std::string &name) {
    std::error_code unknown;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", unknown);
    return (own.parent_path() / name).string();
}

void hand_over(std::string program, std::vector<std::string> arguments) {
    std::vector<char *> argv = {program.data()};
    for (std::string &argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
}

}  // namespace sepflow::command
