// The alpha samples of a frame.
#pragma once

#include <sepflow/node.h>

namespace sepflow::gstreamer {

bool is_opaque(const sepflow_image &alpha, double largest);
void copy_samples(const sepflow_image &from, const sepflow_image &to);

}  // namespace sepflow::gstreamer
