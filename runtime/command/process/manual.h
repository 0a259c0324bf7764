// The man page of a program, on standard output.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace sepflow::command {

// `summary` is the line that apropos shows.
void print_manual(const CLI::App &app, const std::string &version, const std::string &summary);

}  // namespace sepflow::command
