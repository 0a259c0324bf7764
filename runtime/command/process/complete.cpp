#include "runtime/command/process/complete.h"

#include <algorithm>

namespace sepflow::command {

namespace {

std::vector<std::string> verbs_of(const CLI::App &app) {
    std::vector<std::string> names;
    for (const CLI::App *verb : app.get_subcommands([](const CLI::App *) { return true; })) {
        if (!verb->get_group().empty()) names.push_back(verb->get_name());
    }
    return names;
}

std::vector<std::string> options_of(const CLI::App &verb) {
    std::vector<std::string> names;
    for (const CLI::Option *option : verb.get_options()) {
        for (const std::string &name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

const CLI::App *verb_named(const CLI::App &app, const std::string &name) {
    const auto verbs =
        app.get_subcommands([&](const CLI::App *verb) { return verb->check_name(name); });
    return verbs.empty() ? nullptr : verbs.front();
}

// The words that an option's value must be one of, as its check lists them: "TEXT:{auto,plain}".
std::vector<std::string> choices_of(const CLI::App &verb, const std::string &name) {
    const CLI::Option *option = verb.get_option_no_throw(name);
    if (option == nullptr) return {};
    const std::string type = option->get_type_name();
    const size_t open = type.find('{'), close = type.find('}');
    if (open == type.npos || close == type.npos) return {};
    return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

}  // namespace

std::vector<std::string> completions(const CLI::App &app, const std::vector<std::string> &words) {
    const std::string last = words.empty() ? "" : words.back();
    const bool has_verbs = app.get_require_subcommand_min() > 0;
    const CLI::App *verb = has_verbs && words.size() > 1 ? verb_named(app, words.front()) : &app;
    if (verb == nullptr) return {};
    std::vector<std::string> candidates;
    if (last.rfind('-', 0) == 0) {
        candidates = options_of(*verb);
    } else if (has_verbs && verb == &app) {
        candidates = verbs_of(app);
    } else if (words.size() > 1) {
        candidates = choices_of(*verb, words[words.size() - 2]);
    }
    const auto differs = [&](const std::string &word) { return word.rfind(last, 0) != 0; };
    candidates.erase(std::remove_if(candidates.begin(), candidates.end(), differs),
                     candidates.end());
    return candidates;
}

}  // namespace sepflow::command
