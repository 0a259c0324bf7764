// Our nodes in a host, without loading anything.
#pragma once

#include <sepflow/host.h>

namespace fuzz {

// One for all; one to be freed.
const sepflow_registry *registry_of_nodes();
sepflow_registry *new_registry_of_nodes();

}  // namespace fuzz
