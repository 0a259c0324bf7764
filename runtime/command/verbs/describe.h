// Description of how a kernel was factored, in JSON and in text.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include <sepflow/sepflow.h>

namespace sepflow::command {

// Everything about a plan but its pixels. Fields are documented in README.md.
nlohmann::ordered_json plan_json(const sepflow_plan *plan, const std::string &kernel_text);
// The same for a person, for images of type `in` and results of type `out`.
std::string plan_text(const sepflow_plan *plan, const std::string &kernel_text, sepflow_type in,
                      sepflow_type out);

// Returns JSON as text. Invalid UTF-8, as in file names, is replaced.
std::string json_text(const nlohmann::ordered_json &json);

// Returns the plan's error bound in units of the output: "0.31 of one 8-bit step", "0.0031 for
// pixels up to 255" or "1.2e-07 of the largest |pixel|".
std::string error_in_words(const sepflow_plan *plan, sepflow_type in, sepflow_type out);

// Six digits at most, for people.
std::string short_number(double value);

}  // namespace sepflow::command
