// The element `sepflow`: a GstVideoFilter over a LivePlan.
#pragma once

#include <gst/video/gstvideofilter.h>

GType gst_sepflow_get_type();
