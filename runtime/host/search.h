// Where plugins are looked for, and which of these places are trusted.
#pragma once

#include <string>
#include <vector>

namespace sepflow::host {

struct SearchPlace {
    std::string directory;
    bool is_told;  // by the caller, who then answers for it
};

// A variable of the environment; "" if it is not set, or the program runs with another user's
// rights.
std::string environment(const char *name);
// Directory next to libsepflow-host, wherever it was installed. Users who can write there can
// replace the library.
std::string own_directory();
// Returns the places of a path whose directories ':' separates. NULL: the usual places, in their
// order.
std::vector<SearchPlace> search_places(const char *path);
// The files that plugins are, sorted; none if there is no such directory.
std::vector<std::string> plugin_files(const std::string &directory);
// Throws Error where anybody but this user and root could have put or changed the file.
void check_trusted(const std::string &file);

}  // namespace sepflow::host
