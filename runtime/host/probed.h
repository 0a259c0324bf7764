// Plugins that were found sound before, by path, size, inode and times, in a file of the user's cache: trying one costs as
// much as starting a program.
#pragma once

#include <string>

namespace sepflow {

// What tells this file from any other and from what it was before; "" if it cannot be looked at.
std::string fingerprint(const std::string &file);

bool was_sound(const std::string &fingerprint);
void note_sound(const std::string &fingerprint);

}  // namespace sepflow
