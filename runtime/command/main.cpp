// sepflow: filter images with any kernel by 1-D passes. Verbs are in verbs/, a file each.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "runtime/command/process/complete.h"
#include "runtime/command/process/manual.h"
#include "runtime/command/process/program.h"
#include "runtime/command/process/supervise.h"
#include "runtime/command/verbs/verbs.h"

namespace sepflow::command {

namespace {

constexpr const char *kName = "sepflow";
constexpr const char *kFooter =
    "Exit codes: 0 success, 1 failure (a file, a kernel, a graph), 2 wrong usage, 128 + n ended by "
    "signal n, 130 for Ctrl-C.\nThe first SIGINT, SIGTERM or SIGHUP cancels the work. A second "
    "one, or two seconds, ends it at once.\nPlugins are found on SEPFLOW_PLUGIN_PATH, in the "
    "user's and "
    "in the system's directory sepflow-1, and in sepflow-1 next to libsepflow-host.";

// sepflow complete WORD...: for shells. Hidden, and not parsed as verbs are: the words are those of
// a line that is not finished.
int complete(const CLI::App &app, std::vector<std::string> words) {
    complete_by_program(words);
    for (const auto &word : completions(app, words)) std::cout << word << '\n';
    return kSuccess;
}

int run(int argc, char **argv) {
    CLI::App app("Filters images with any 2-D kernel, fast, by running it as a few 1-D passes.",
                 kName);
    app.set_version_flag("--version", std::string("sepflow ") + sepflow_version());
    app.require_subcommand(1);
    app.footer(kFooter);
    add_filter(app);
    add_explain(app);
    add_run(app);
    add_list(app);
    add_info(app);
    add_verb_program(app, "check");
    add_chart(app);
    add_verb_program(app, "bench");
    add_verb_program(app, "compile");
    app.add_subcommand("manual", "Write the man page")->group("")->callback([&app] {
        print_manual(app, sepflow_version(), "convolve images with any 2-D kernel");
    });
    if (argc > 1 && std::string(argv[1]) == "complete")
        return complete(app, {argv + 2, argv + argc});
    return parse_and_work(app, argc, argv, [] {});
}

}  // namespace

}  // namespace sepflow::command

int main(int argc, char **argv) {
    using namespace sepflow::command;
    const auto work = [&] { return run(argc, argv); };
    // The programs that some verbs are have a process of their own for the work.
    const bool hands_over = argc > 1 && is_verb_program(argv[1]);
    return guarded(kName, [&] { return hands_over ? work() : supervise(kName, work); });
}
