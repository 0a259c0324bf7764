// The element's properties: the node's parameters, one border for both axes, alpha, and threads.
#pragma once

#include <gst/video/gstvideofilter.h>

#include "plugins/hosted/gobject.h"

namespace sepflow::gstreamer {

// The border goes to the filter only with the plan of a frame.
class Settings : public Properties {
  public:
    Settings();

    static void install(GObjectClass *object_class);
};

}  // namespace sepflow::gstreamer
