// The nodes of this plugin, one file each.
#pragma once

#include "plugins/kit/node_kind.h"

namespace sepflow {

const NodeKind &separable_node();
const NodeKind &bank_node();

}  // namespace sepflow
