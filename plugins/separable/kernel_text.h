// Kernels in a node: their text may be somebody else's, so the host says which files it may name.
#pragma once

#include <string>

#include <sepflow/node.h>

#include "plugins/kit/node_kind.h"
#include "runtime/kernel/kernel.h"

namespace sepflow {

Kernel kernel_in_host(const std::string &text, const sepflow_host *host);

// The parameter "kernel", which holds text or a matrix. Throws Error.
Kernel kernel_of(const Parameters &parameters, const sepflow_host *host);

}  // namespace sepflow
