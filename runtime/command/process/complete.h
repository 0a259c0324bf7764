// Completions of a word for a shell.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sepflow::command {

// Returns completions of the last of the words after the program's name; none for a file name or a
// number.
std::vector<std::string> completions(const CLI::App &app, const std::vector<std::string> &words);

}  // namespace sepflow::command
