// The operation sepflow.
#pragma once

namespace sepflow {

void register_operation();

}  // namespace sepflow
