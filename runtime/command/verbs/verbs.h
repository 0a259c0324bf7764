// The verbs of the command, a file each. Every one adds a subcommand whose callback does the work
// and throws Error on failure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sepflow::command {

void add_filter(CLI::App &app);
void add_explain(CLI::App &app);
void add_run(CLI::App &app);
void add_list(CLI::App &app);
void add_info(CLI::App &app);
void add_chart(CLI::App &app);

// Verbs that are programs of their own, next to this one: `check`, `bench` and `compile`.
void add_verb_program(CLI::App &app, const std::string &name);
bool is_verb_program(const std::string &verb);
// Hands the words over to the verb's program if it is one that completes them.
void complete_by_program(std::vector<std::string> words);

}  // namespace sepflow::command
