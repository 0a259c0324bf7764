#pragma once

#include <string>

#include <sepflow/sepflow.h>

namespace sepflow {

// The kernel, the sum of its factors and their difference beside each other, each scaled to be seen and captioned
// with what white stands for. Grey is zero.
void write_kernel_picture(const std::string &path, const sepflow_plan_description &plan);

}  // namespace sepflow
