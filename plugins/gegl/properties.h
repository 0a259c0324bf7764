// The operation's properties: the node's parameters, one border rule for both axes, and whether
// alpha is kept.
#pragma once

#include <string>
#include <vector>

#include "plugins/gegl/picture.h"

namespace sepflow {

class Properties {
  public:
    Properties();
    ~Properties();
    Properties(const Properties &) = delete;
    Properties &operator=(const Properties &) = delete;

    // Enumerations belong to the module and are made once for it, before a class is.
    static void register_enums(GTypeModule *module);
    static void install(GObjectClass *object_class);

    void set(guint id, const GValue *value);
    void get(guint id, GValue *value) const;

    void give(HostedFilter &filter) const;  // throws Error
    const Beyond &beyond() const;
    bool keeps_alpha() const;

  private:
    const GValue &of(const char *id) const;

    std::vector<GValue> values_;  // in the order of the descriptors
};

}  // namespace sepflow
