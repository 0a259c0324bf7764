#include "runtime/command/process/program.h"

#include <algorithm>
#include <exception>
#include <iostream>
#include <new>
#include <vector>

#include <sepflow/sepflow.h>

#include "runtime/base/error.h"
#include "runtime/base/nearest.h"
#include "runtime/command/process/complete.h"
#include "runtime/command/process/interrupt.h"
#include "runtime/command/process/manual.h"
#include "runtime/command/process/supervise.h"

namespace sepflow::command {

namespace {

std::string version() {
    return std::to_string(SEPFLOW_VERSION_MAJOR) + "." + std::to_string(SEPFLOW_VERSION_MINOR) +
           "." + std::to_string(SEPFLOW_VERSION_PATCH);
}

std::vector<const CLI::App *> verbs_of(const CLI::App &app) {
    return app.get_subcommands([](const CLI::App *) { return true; });
}

std::vector<std::string> words_of(const CLI::App &app) {
    std::vector<std::string> words;
    for (const CLI::App *verb : verbs_of(app)) words.push_back(verb->get_name());
    for (const CLI::Option *option : app.get_options()) {
        for (const std::string &name : option->get_lnames()) words.push_back("--" + name);
    }
    return words;
}

// Returns what is wrong with a command line, what it may have meant, and where help is.
std::string usage_sentence(const CLI::App &app, const CLI::ParseError &error) {
    const auto verbs = app.get_subcommands();
    const CLI::App &place = verbs.empty() ? app : *verbs.front();
    const bool lacks_verb = verbs.empty() && !verbs_of(app).empty();
    const std::string prefix = verbs.empty() ? "" : place.get_name() + ": ";
    const std::string help =
        "see " + app.get_name() + " " + (verbs.empty() ? "" : place.get_name() + " ") + "--help";
    // Reports unknown arguments first: they are often the reason why something else is missing.
    const std::vector<std::string> rest = app.remaining(true);
    if (!rest.empty()) {
        const bool is_verb = lacks_verb && rest.front()[0] != '-';
        const std::string suggestion = nearest_name(rest.front(), words_of(place));
        return prefix + (is_verb ? "unknown verb '" : "unexpected argument '") + rest.front() +
               "'" + suggestion + (suggestion.empty() ? "; " : " ") + help;
    }
    if (lacks_verb) return "a verb is missing; " + help;
    return prefix + error.what() + "; " + help;
}

}  // namespace

int fail(const std::string &name, const std::string &sentence, int code) {
    std::string line = sentence;
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::cerr << name << ": " << line << '\n';
    return code;
}

int guarded(const std::string &name, const std::function<int()> &work) {
    let_writes_fail();
    try {
        return work();
    } catch (const std::bad_alloc &) {
        return fail(name, "out of memory", kFailure);
    } catch (const std::exception &error) {
        if (interrupting_signal() != 0) end_by(interrupting_signal());
        return fail(name, error.what(), kFailure);
    }
}

int parse_and_work(CLI::App &app, int argc, char **argv, const std::function<void()> &work) {
    try {
        app.parse(argc, argv);
        work();
    } catch (const CLI::ParseError &error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        return fail(app.get_name(), usage_sentence(app, error), kUsage);
    }
    std::cout.flush();
    if (!std::cout) throw Error(SEPFLOW_E_IO, "cannot write to standard output");
    return kSuccess;
}

int run_verb(CLI::App &app, int argc, char **argv, const std::string &summary,
             const std::function<void()> &work) {
    const std::string name = app.get_name(), first = argc > 1 ? argv[1] : "";
    if (first == "--complete") {
        for (const auto &word : completions(app, {argv + 2, argv + argc}))
            std::cout << word << '\n';
        return kSuccess;
    }
    if (first == "--manual") {
        print_manual(app, version(), summary);
        return kSuccess;
    }
    return guarded(name, [&] {
        return supervise(name, [&] { return parse_and_work(app, argc, argv, work); });
    });
}

}  // namespace sepflow::command
