// sepflow bench: hands over to sepflow_bench beside it, which is built where the systems are that it compares with.
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include "runtime/command/verbs.h"
#include "runtime/error.h"

namespace sepflow::command {

namespace {

[[noreturn]] void hand_over(const std::vector<std::string> &arguments) {
    std::error_code unknown;
    const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", unknown);
    std::string program = (own.parent_path() / "sepflow_bench").string();
    std::vector<char *> argv = {program.data()};
    std::vector<std::string> words = arguments;
    for (std::string &word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
    throw Error(SEPFLOW_E_UNSUPPORTED, "there is no " + program +
                                           " to measure with; './dev bench' builds it, where "
                                           "OpenCV is, to compare with");
}

}  // namespace

void add_bench(CLI::App &app) {
    CLI::App *verb = app.add_subcommand(
        "bench",
        "Measure: 'bench methods' separable, direct and FFT beside each other, 'bench --fit' what "
        "the choice between them is predicted by; 'bench speed --help' lists all");
    verb->prefix_command();
    verb->callback([verb] { hand_over(verb->remaining()); });
}

}  // namespace sepflow::command
