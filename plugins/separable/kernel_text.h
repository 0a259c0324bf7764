// Kernel text in a node: it may be somebody else's, so the host says which files it may name.
#pragma once

#include <string>

#include <sepflow/node.h>

#include "runtime/kernel/kernel.h"

namespace sepflow {

Kernel kernel_in_host(const std::string &text, const sepflow_host *host);

}  // namespace sepflow
