// Names of pixel types, and text as the values of parameters.
#pragma once

#include <string>
#include <vector>

#include <sepflow/node.h>

namespace sepflow {

std::string type_name(sepflow_type type);
sepflow_type type_from_name(const std::string &name);  // SEPFLOW_TYPE_NONE if there is none

// Text as a value of a parameter; `text` must outlive the value. Throws Error{PARAM}.
sepflow_value value_from_text(const sepflow_param_desc &desc, const std::string &text);

}  // namespace sepflow
