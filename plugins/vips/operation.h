// The operation sepflow.
#pragma once

namespace sepflow::vips {

void register_operation();

}  // namespace sepflow::vips
