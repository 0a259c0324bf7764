// The functions that GEGL looks for in a module.
#include "plugins/gegl/gegl_api.h"
#include "plugins/gegl/operation.h"

extern "C" {

G_MODULE_EXPORT const GeglModuleInfo *gegl_module_query(GTypeModule *module);
G_MODULE_EXPORT gboolean gegl_module_register(GTypeModule *module);

const GeglModuleInfo *gegl_module_query(GTypeModule *) {
    static const GeglModuleInfo info = {GEGL_MODULE_ABI_VERSION};
    return &info;
}

gboolean gegl_module_register(GTypeModule *module) {
    sepflow::gegl::register_operation(module);
    return TRUE;
}
}
