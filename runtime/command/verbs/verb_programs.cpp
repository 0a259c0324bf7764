// Verbs that are programs of their own, next to this one.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/command/verbs/verbs.h"

namespace sepflow::command {

namespace {

struct VerbProgram {
    std::string verb, file, description;
    bool explains_itself;  // knows --help and --complete
    std::string source;    // where it comes from
};

const VerbProgram kPrograms[] = {
    {"check", "sepflow-check", "Check whether a plugin conforms to the node ABI", true,
     "it is built and installed with this program"},
    {"bench", "sepflow_bench",
     "Measure speed: 'bench methods' compares separable, direct and FFT, 'bench --fit' fits the "
     "model that predicts their costs; 'bench speed --help' lists all tables",
     false, "'./dev bench' builds it, where OpenCV is, to compare with"},
    {"compile", "sepflow-compile",
     "Compile one filter ahead of time, for firmware: a C header and a static archive", true,
     "it is built where Halide is, and in the package sepflow-compile"}};

const VerbProgram *find(const std::string &verb) {
    const auto *found = std::find_if(std::begin(kPrograms), std::end(kPrograms),
                                     [&](const VerbProgram &known) { return known.verb == verb; });
    return found == std::end(kPrograms) ? nullptr : found;
}

// Becomes the program.
[[noreturn]] void hand_over(const VerbProgram &to, std::vector<std::string> arguments) {
    std::error_code unknown;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", unknown);
    std::string path = (own.parent_path() / to.file).string();
    std::vector<char *> argv = {path.data()};
    for (std::string &argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(path.c_str(), argv.data());
    throw Error(SEPFLOW_E_UNSUPPORTED,
                to.verb + " needs '" + path + "' (" + std::strerror(errno) + "); " + to.source);
}

}  // namespace

void add_verb_program(CLI::App &app, const std::string &name) {
    const VerbProgram &program = *find(name);
    CLI::App *verb = app.add_subcommand(program.verb, program.description);
    if (program.explains_itself) verb->set_help_flag();
    verb->prefix_command();
    verb->callback([verb, &program] { hand_over(program, verb->remaining()); });
}

bool is_verb_program(const std::string &verb) {
    return find(verb) != nullptr;
}

void complete_by_program(std::vector<std::string> words) {
    const VerbProgram *program = words.size() > 1 ? find(words.front()) : nullptr;
    if (program == nullptr || !program->explains_itself) return;
    words.front() = "--complete";
    hand_over(*program, words);
}

}  // namespace sepflow::command
