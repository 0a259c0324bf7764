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
void add_bench(CLI::App &app);
void add_compile(CLI::App &app);
// Hidden: the man page, made of what --help shows.
void add_manual(CLI::App &app);

// What may stand for the last of the words after `sepflow`, for a shell; none where that is a file's name or a number.
std::vector<std::string> completions(const CLI::App &app, const std::vector<std::string> &words);

}  // namespace sepflow::command
