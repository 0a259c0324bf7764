// The symbols that GStreamer looks for in a plugin, loaded or linked in.
#include <sepflow/sepflow.h>

#include "plugins/gstreamer/element.h"

#define SEPFLOW_TEXT_OF(number) #number
#define SEPFLOW_TEXT(number) SEPFLOW_TEXT_OF(number)
#define SEPFLOW_VERSION_TEXT            \
    SEPFLOW_TEXT(SEPFLOW_VERSION_MAJOR) \
    "." SEPFLOW_TEXT(SEPFLOW_VERSION_MINOR) "." SEPFLOW_TEXT(SEPFLOW_VERSION_PATCH)
#define PACKAGE "sepflow"

namespace {

gboolean initialise(GstPlugin *plugin) {
    return gst_element_register(plugin, "sepflow", GST_RANK_NONE, gst_sepflow_get_type());
}

}  // namespace

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, sepflow, "Convolution with any 2-D kernel",
                  initialise, SEPFLOW_VERSION_TEXT, "MIT/X11", "Sepflow", "org.sepflow")
