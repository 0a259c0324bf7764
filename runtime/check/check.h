// The checks of `sepflow check`: what node.h asks of a plugin, each one thing that can be run by
// itself.
#pragma once

#include <string>
#include <vector>

#include "runtime/check/subject.h"

namespace sepflow::check {

struct Check {
    const char *name;               // "tiles"
    const char *promise;            // what a plugin that passes does
    const char *remedy;             // what the author of one that fails is to do
    void (*run)(Subject &subject);  // throws Failed or Skipped
};

// Checks of the plugin as a whole and of each of its nodes, in the order in which they run.
const std::vector<Check> &plugin_checks();
const std::vector<Check> &node_checks();

// Parts of node_checks(), a file each.
std::vector<Check> abi_checks();
std::vector<Check> call_checks();
std::vector<Check> param_checks();
std::vector<Check> value_checks();
std::vector<Check> change_checks();
std::vector<Check> plan_checks();
std::vector<Check> pixel_checks();
std::vector<Check> extent_checks();
std::vector<Check> tile_checks();
std::vector<Check> filter_checks();
std::vector<Check> service_checks();
std::vector<Check> trouble_checks();
std::vector<Check> count_checks();

}  // namespace sepflow::check
