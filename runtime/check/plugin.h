// All checks of one plugin.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/check/subject.h"
#include "runtime/check/trial.h"

namespace sepflow::check {

struct Finding {
    std::string node_id;  // "": of the plugin
    std::string check, promise, remedy;
    Outcome outcome;
    std::string name() const { return node_id.empty() ? check : node_id + ":" + check; }
};

struct Request {
    std::string file;
    std::vector<std::string> names;  // "CHECK", "NODE:CHECK" or "NODE"; none: all
    std::vector<Setting> settings;
    Limits limits;  // of each check
};

struct Listed {
    std::string check, promise, remedy;
};
std::vector<Listed> listed_checks();

// Runs each check in a child process and tells of it. Where no host can load the plugin, that is
// all there is to tell. Throws Error where a name or a setting fits nothing, and when cancelled.
void check_plugin(const Request &request, const std::function<void(const Finding &)> &tell);

}  // namespace sepflow::check
