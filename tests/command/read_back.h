// Results of the command for an image, read back through the command itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/command/command.h"

namespace command_test {

// Ends the test case unless the command succeeds.
void succeed(const Folder &folder, const std::vector<std::string> &arguments);

// An image's pixels as CSV.
std::string pixels_of(const Folder &folder, const std::string &image);

// The type that a file is read in.
std::string type_of(const Folder &folder, const std::string &image);

// Returns a number of `bytes` little-endian bytes.
uint32_t number_at(const std::string &file, size_t at, int bytes);

// Returns the values of a tag of 16 or 32 bits in the first directory of a little-endian TIFF file.
std::vector<uint32_t> tiff_values(const std::string &file, uint32_t tag);

// Returns the first value of a tag in the first directory of a little-endian TIFF file; 0 if it is
// absent.
uint32_t tiff_tag(const std::string &file, uint32_t tag);

}  // namespace command_test
