// Parts of a graph's JSON.
#pragma once

#include <string>
#include <vector>

namespace sepflow::command {

// Names of the outputs, in order; none where the text is no graph, which the host then says better.
std::vector<std::string> outputs_of(const std::string &json);
bool has_node(const std::string &json, const std::string &name);
// The graph with one of its outputs and the nodes that it depends on.
std::string subgraph(const std::string &json, const std::string &output);

}  // namespace sepflow::command
