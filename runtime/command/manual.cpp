// sepflow manual: the man page, from the same verbs, options and sentences that --help shows.
#include <iostream>

#include <sepflow/sepflow.h>

#include "runtime/command/verbs.h"

namespace sepflow::command {

namespace {

// As roff takes plain text: a hyphen is not a minus, and a line must not begin with a request.
std::string roff(const std::string &text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '\\') {
            result += "\\e";
        } else if (letter == '-') {
            result += "\\-";
        } else {
            if ((letter == '.' || letter == '\'') && (result.empty() || result.back() == '\n'))
                result += "\\&";
            result += letter;
        }
    }
    return result;
}

std::string bold(const std::string &text) {
    return "\\fB" + roff(text) + "\\fR";
}

std::string italic(const std::string &text) {
    return "\\fI" + roff(text) + "\\fR";
}

// "-k, --kernel TEXT", or the name of what is given by its place.
std::string names(const CLI::Option &option) {
    std::string result;
    for (const std::string &name : option.get_snames()) result += ", " + bold("-" + name);
    for (const std::string &name : option.get_lnames()) result += ", " + bold("--" + name);
    if (result.empty()) return italic(option.get_name(true));
    result.erase(0, 2);
    const bool takes_value = option.get_items_expected_max() > 0;
    return takes_value ? result + " " + italic(option.get_type_name()) : result;
}

void print_options(const CLI::App &app) {
    for (const CLI::Option *option : app.get_options()) {
        std::cout << ".TP\n" << names(*option) << '\n' << roff(option->get_description()) << '\n';
    }
}

std::string synopsis(const CLI::App &verb) {
    std::string line = bold("sepflow " + verb.get_name());
    for (const CLI::Option *option : verb.get_options()) {
        if (option->get_positional()) line += " " + italic(option->get_name(true));
    }
    return line + " [" + italic("options") + "]";
}

void print_manual(const CLI::App &app) {
    std::cout
        << ".TH SEPFLOW 1 \"\" \"sepflow " << sepflow_version()
        << "\" \"User Commands\"\n.SH NAME\nsepflow \\- convolve images with any 2\\-D kernel\n"
        << ".SH SYNOPSIS\n"
        << bold("sepflow") << " " << italic("verb") << " [" << italic("arguments")
        << "]\n.SH DESCRIPTION\n"
        << roff(app.get_description()) << "\n.SH OPTIONS\n";
    print_options(app);
    std::cout << ".SH VERBS\n";
    for (const CLI::App *verb : app.get_subcommands([](const CLI::App *) { return true; })) {
        if (verb->get_group().empty()) continue;
        std::cout << ".SS " << synopsis(*verb) << '\n' << roff(verb->get_description()) << ".\n";
        print_options(*verb);
    }
    std::cout << ".SH NOTES\n" << roff(app.get_footer()) << '\n';
}

}  // namespace

void add_manual(CLI::App &app) {
    CLI::App *verb = app.add_subcommand("manual", "Write the man page")->group("");
    verb->callback([&app] { print_manual(app); });
}

}  // namespace sepflow::command
