// The nodes of this plugin, one file each.
#pragma once

#include "plugins/kit/node_kind.h"

namespace sepflow {

const NodeKind &absolute_node();
const NodeKind &add_node();
const NodeKind &convert_node();
const NodeKind &decimate_node();
const NodeKind &magnitude_node();
const NodeKind &multiply_node();
const NodeKind &scale_offset_node();
const NodeKind &subtract_node();

}  // namespace sepflow
