// What a shell may complete a word to.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sepflow::command {

// What may stand for the last of the words after the program's name; none where that is a file's name or a number.
std::vector<std::string> completions(const CLI::App &app, const std::vector<std::string> &words);

}  // namespace sepflow::command
