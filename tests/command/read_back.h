// What the command made of an image, read back through the command itself.
#pragma once

#include "tests/command/command.h"

namespace command_test {

// Ends the test case unless the command succeeds.
void succeed(const Folder &folder, const std::vector<std::string> &arguments);

// An image's pixels as CSV.
std::string pixels_of(const Folder &folder, const std::string &image);

// The type that a file is read in.
std::string type_of(const Folder &folder, const std::string &image);

}  // namespace command_test
