// The operation's properties: the node's parameters, one border rule for both axes, and whether
// alpha is kept.
#pragma once

#include "plugins/gegl/picture.h"
#include "plugins/hosted/gobject.h"

namespace sepflow::gegl {

class Settings : public Properties {
  public:
    Settings();

    // Enumerations belong to the module and are made once for it, before a class is.
    static void register_enums(GTypeModule *module);
    static void install(GObjectClass *object_class);

    void give(HostedFilter &filter) const;  // throws Error
    const Beyond &beyond() const;
    bool keeps_alpha() const { return number("keep_alpha") != 0; }
};

}  // namespace sepflow::gegl
