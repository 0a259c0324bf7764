// The function that libvips looks for in a module. libvips keeps modules until the process ends.
#include <gmodule.h>

#include "plugins/vips/operation.h"

extern "C" {

G_MODULE_EXPORT const gchar *g_module_check_init(GModule *module);

const gchar *g_module_check_init(GModule *module) {
    sepflow::vips::register_operation();
    g_module_make_resident(module);
    return nullptr;
}
}
