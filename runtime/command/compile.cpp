// sepflow compile: hands over to sepflow-compile, which lies beside this program and brings Halide along.
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/command/hand_over.h"
#include "runtime/command/verbs.h"
#include "runtime/error.h"

namespace sepflow::command {

void hand_over_to_compile(const std::vector<std::string> &arguments) {
    const std::string program = program_beside("sepflow-compile");
    hand_over(program, arguments);
    throw Error(SEPFLOW_E_IO, "compile needs '" + program + "': " + std::strerror(errno));
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
