// A plan as a picture: the kernel, what its factors make of it, and the error.
#pragma once

#include <string>

#include <sepflow/sepflow.h>

namespace sepflow::command {

void draw_plan(const sepflow_plan *plan, const std::string &kernel_text, const std::string &path);

}  // namespace sepflow::command
