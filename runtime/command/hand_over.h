// Other programs that lie beside this one.
#pragma once

#include <string>
#include <vector>

namespace sepflow::command {

std::string program_beside(const std::string &name);
// Becomes the program; returns, with the reason in errno, only if it cannot.
void hand_over(std::string program, std::vector<std::string> arguments);

}  // namespace sepflow::command
