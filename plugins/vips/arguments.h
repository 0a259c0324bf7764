// The operation's arguments other than images: the node's parameters, and one border rule for both
// axes.
#pragma once

#include <array>

#include "plugins/hosted/hosted_filter.h"
#include "plugins/vips/vips_api.h"

namespace sepflow::vips {

// libvips keeps the value of each argument in a field of the object, which it finds by its offset.
union ArgumentValue {
    gboolean flag;
    int integer;  // or a choice
    double number;
    char *text;
};

// Fields for the arguments; zeroed with the object, and its texts freed with it, by libvips.
struct Arguments {
    static constexpr size_t kMost = 32;
    std::array<ArgumentValue, kMost> values;
};

void install_arguments(VipsObjectClass *object_class, size_t offset);

// Gives the filter what was set. Throws Error.
void give(VipsObject *object, HostedFilter &filter);

}  // namespace sepflow::vips
