// Numbers of options that filter, explain and compile have in common.
#pragma once

#include <string>

namespace sepflow::command {

// What is wrong with a scale: options read 0 as "no scale given". For CLI11's check().
std::string check_scale(const std::string &text);

// "1/510" as a number; anything else as it is. For CLI11's transform().
std::string quotient(const std::string &text);

}  // namespace sepflow::command
