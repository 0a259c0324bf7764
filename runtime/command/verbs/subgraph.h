// Parts of a graph's JSON.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace sepflow::command {

// Names of the outputs, in order; none where the text is no graph, which the host then says better.
std::vector<std::string> outputs_of(const std::string &json);
bool has_node(const std::string &json, const std::string &name);
// The graph with one of its outputs and the nodes that it depends on.
std::string subgraph(const std::string &json, const std::string &output);

// Returns the graph with a node's parameter set to a text.
std::string with_param(const std::string &json, const std::string &node, const std::string &param,
                       const std::string &value);
// Returns the filters that ignore missing pixels, make floats and are given no missing value.
// `types` are those of the inputs, by name.
std::vector<std::string> filters_without_missing_value(
    const std::string &json, const std::map<std::string, std::string> &types);

}  // namespace sepflow::command
