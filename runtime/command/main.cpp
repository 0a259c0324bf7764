// sepflow: filter images with any kernel by 1-D passes. Verbs are in the files beside this one.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "runtime/command/complete.h"
#include "runtime/command/image_file.h"
#include "runtime/command/interrupt.h"
#include "runtime/command/manual.h"
#include "runtime/command/supervise.h"
#include "runtime/command/verbs.h"
#include "runtime/error.h"
#include "runtime/nearest.h"

namespace sepflow::command {

namespace {

enum ExitCode { kSuccess = 0, kFailure = 1, kUsage = 2 };

constexpr const char *kFooter =
    "Exit codes: 0 success, 1 failure (a file, a kernel, a graph), 2 wrong usage, 128 + n ended by "
    "signal n, 130 for Ctrl-C.\nThe first SIGINT, SIGTERM or SIGHUP cancels the work. A second "
    "one, or two seconds, ends it at once.\nPlugins are found on SEPFLOW_PLUGIN_PATH, in the "
    "user's and "
    "in the system's directory sepflow-1, and in that beside libsepflow-host.";

int fail(const std::string &sentence, int code) {
    std::string line = sentence;
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::cerr << "sepflow: " << line << '\n';
    return code;
}

std::vector<std::string> words_of(const CLI::App &app) {
    std::vector<std::string> words;
    for (const CLI::App *verb : app.get_subcommands([](const CLI::App *) { return true; })) {
        words.push_back(verb->get_name());
    }
    for (const CLI::Option *option : app.get_options()) {
        for (const std::string &name : option->get_lnames()) words.push_back("--" + name);
    }
    return words;
}

std::string usage_sentence(const CLI::App &app, const CLI::ParseError &error) {
    const auto verbs = app.get_subcommands();
    const CLI::App &place = verbs.empty() ? app : *verbs.front();
    const std::string prefix = verbs.empty() ? "" : verbs.front()->get_name() + ": ";
    const std::string help =
        "see sepflow " + (verbs.empty() ? "" : place.get_name() + " ") + "--help";
    // What was not understood comes first: it often is why something else is missing.
    const std::vector<std::string> rest = app.remaining(true);
    if (!rest.empty()) {
        const bool is_verb = verbs.empty() && rest.front()[0] != '-';
        const std::string suggestion = nearest_name(rest.front(), words_of(place));
        return prefix + (is_verb ? "unknown verb '" : "unexpected argument '") + rest.front() +
               "'" + suggestion + (suggestion.empty() ? "; " : " ") + help;
    }
    if (verbs.empty()) return "a verb is missing; " + help;
    return prefix + error.what() + "; " + help;
}

// sepflow complete WORD...: for shells. Hidden, and not parsed as verbs are: the words are those of a line that is not
// finished.
int complete(const CLI::App &app, std::vector<std::string> words) {
    if (words.size() > 1 && words.front() == "compile") {
        words.front() = "--complete";
        hand_over_to_compile(words);
    }
    for (const auto &word : completions(app, words)) std::cout << word << '\n';
    return kSuccess;
}

int run(int argc, char **argv) {
    CLI::App app("Filters images with any 2-D kernel, fast, by running it as a few 1-D passes.",
                 "sepflow");
    app.set_version_flag("--version", std::string("sepflow ") + sepflow_version());
    app.require_subcommand(1);
    app.footer(kFooter);
    add_filter(app);
    add_explain(app);
    add_run(app);
    add_list(app);
    add_info(app);
    add_check(app);
    add_chart(app);
    add_bench(app);
    add_compile(app);
    app.add_subcommand("manual", "Write the man page")->group("")->callback([&app] {
        print_manual(app, sepflow_version(), "convolve images with any 2-D kernel");
    });
    if (argc > 1 && std::string(argv[1]) == "complete")
        return complete(app, {argv + 2, argv + argc});
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        return fail(usage_sentence(app, error), kUsage);
    }
    std::cout.flush();
    if (!std::cout) throw Error(SEPFLOW_E_IO, "cannot write to standard output");
    return kSuccess;
}

// These verbs become other programs, which have a process of their own for the work.
bool hands_over(int argc, char **argv) {
    const std::string verb = argc > 1 ? argv[1] : "";
    return verb == "compile" || verb == "bench";
}

int guarded_run(int argc, char **argv) {
    const auto work = [&] { return run(argc, argv); };
    try {
        return hands_over(argc, argv) ? work() : supervise("sepflow", work);
    } catch (const std::bad_alloc &) {
        return fail("out of memory", kFailure);
    } catch (const std::exception &error) {
        if (interrupting_signal() != 0) end_by(interrupting_signal());
        return fail(error.what(), kFailure);
    }
}

}  // namespace

}  // namespace sepflow::command

int main(int argc, char **argv) {
    sepflow::command::let_writes_fail();
    return sepflow::command::guarded_run(argc, argv);
}
