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
void add_check(CLI::App &app);
void add_chart(CLI::App &app);
void add_bench(CLI::App &app);
void add_compile(CLI::App &app);

// Hands over to sepflow-compile, which knows what `sepflow compile` takes.
[[noreturn]] void hand_over_to_compile(const std::vector<std::string> &arguments);

}  // namespace sepflow::command
