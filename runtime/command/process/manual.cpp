// The man page of a program, from the same verbs, options and sentences that --help shows.
#include "runtime/command/process/manual.h"

#include <algorithm>
#include <iostream>

namespace sepflow::command {

namespace {

// Escapes plain text for roff. It prints a minus as a hyphen and ASCII quotes and accents as
// others, and takes a line that begins with a point for a request.
std::string roff(const std::string &text) {
    std::string result;
    for (const char letter : text) {
        switch (letter) {
            case '\\':
                result += "\\e";
                break;
            case '-':
                result += "\\-";
                break;
            case '\'':
                result += "\\(aq";
                break;
            case '`':
                result += "\\(ga";
                break;
            case '^':
                result += "\\(ha";
                break;
            case '~':
                result += "\\(ti";
                break;
            case '.':
                if (result.empty() || result.back() == '\n') result += "\\&";
                [[fallthrough]];
            default:
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

std::string synopsis(const CLI::App &app, const std::string &name) {
    std::string line = bold(name);
    for (const CLI::Option *option : app.get_options()) {
        if (option->get_positional()) line += " " + italic(option->get_name(true));
    }
    return line + " [" + italic("options") + "]";
}

void print_verbs(const CLI::App &app) {
    const auto verbs =
        app.get_subcommands([](const CLI::App *verb) { return !verb->get_group().empty(); });
    if (!verbs.empty()) std::cout << ".SH VERBS\n";
    for (const CLI::App *verb : verbs) {
        std::cout << ".SS " << synopsis(*verb, app.get_name() + " " + verb->get_name()) << '\n'
                  << roff(verb->get_description()) << ".\n";
        print_options(*verb);
    }
}

}  // namespace

void print_manual(const CLI::App &app, const std::string &version, const std::string &summary) {
    std::string page = app.get_name();
    std::replace(page.begin(), page.end(), ' ', '-');
    const bool has_verbs = app.get_require_subcommand_min() > 0;
    std::cout << ".TH " << roff(page) << " 1 \"\" \"sepflow " << version
              << "\" \"User Commands\"\n.SH NAME\n"
              << roff(page) << " \\- " << roff(summary) << "\n.SH SYNOPSIS\n"
              << (has_verbs ? bold(app.get_name()) + " " + italic("verb") + " [" +
                                  italic("arguments") + "]"
                            : synopsis(app, app.get_name()))
              << "\n.SH DESCRIPTION\n"
              << roff(app.get_description()) << "\n.SH OPTIONS\n";
    print_options(app);
    print_verbs(app);
    if (!app.get_footer().empty()) std::cout << ".SH NOTES\n" << roff(app.get_footer()) << '\n';
}

}  // namespace sepflow::command
