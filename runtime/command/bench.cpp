// sepflow bench: hands over to sepflow_bench beside it, which is built where the systems are that it compares with.
#include <string>
#include <vector>

#include "runtime/command/hand_over.h"
#include "runtime/command/verbs.h"
#include "runtime/error.h"

namespace sepflow::command {

namespace {

[[noreturn]] void hand_over_to_bench(const std::vector<std::string> &arguments) {
    const std::string program = program_beside("sepflow_bench");
    hand_over(program, arguments);
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
    verb->callback([verb] { hand_over_to_bench(verb->remaining()); });
}

}  // namespace sepflow::command
