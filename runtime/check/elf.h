// Exports of a shared library, read from its file.
#pragma once

#include <string>
#include <vector>

namespace sepflow::check {

// Names of the symbols that it defines for others. Throws Failed where the file is no 64-bit or
// 32-bit ELF of this machine.
std::vector<std::string> exported_symbols(const std::string &file);

}  // namespace sepflow::check
