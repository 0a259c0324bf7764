// Values of parameters from JSON: each kind of parameter takes its own kinds of JSON.
#pragma once

#include <string>
#include <vector>

#include <sepflow/node.h>

#include "runtime/host/document.h"

namespace sepflow::host {

// Throws Error{PARAM}: the place must be `wanted`, not of the kind that was found. Quotes no text,
// which may be of a file that is no graph.
[[noreturn]] void fail_kind(const std::string &place, const Json &found, const std::string &wanted);

// Returns a value that points into the JSON and into `taps`, which receives the elements of a
// matrix. Throws Error{PARAM} that names the place.
sepflow_value value_from_json(const sepflow_param_desc &desc, const Json &json,
                              const std::string &place, std::vector<double> *taps);

}  // namespace sepflow::host
