// The operation sepflow:separable.
#pragma once

#include "plugins/gegl/gegl_api.h"

namespace sepflow::gegl {

void register_operation(GTypeModule *module);

}  // namespace sepflow::gegl
