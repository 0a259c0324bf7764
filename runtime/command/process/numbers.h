// Numbers in the options of programs.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace sepflow::command {

// Takes decimal numbers and ratios such as 1/257. For transform() of numeric options.
CLI::Validator number();

// Returns what is wrong with a scale: options read 0 as "no scale given". For CLI11's check().
std::string check_scale(const std::string &text);

}  // namespace sepflow::command
