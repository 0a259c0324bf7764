// Text as the values of parameters.
#pragma once

#include <string>

#include <sepflow/node.h>

namespace sepflow {

// Text as a value of a parameter; `text` must outlive the value. Throws Error{PARAM}.
sepflow_value value_from_text(const sepflow_param_desc &desc, const std::string &text);

}  // namespace sepflow
