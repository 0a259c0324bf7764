// The entry of the arithmetic plugin.
#include <iterator>

#include <sepflow/node.h>

#include "plugins/arithmetic/nodes.h"

namespace sepflow {

namespace {

constexpr const NodeKind &(*kNodes[])() = {absolute_node,     add_node,       convert_node,
                                           decimate_node,     magnitude_node, multiply_node,
                                           scale_offset_node, subtract_node};

const sepflow_node_desc *node(uint32_t index) {
    return index < std::size(kNodes) ? desc_of(kNodes[index]) : nullptr;
}

}  // namespace

}  // namespace sepflow

extern "C" SEPFLOW_EXPORT const sepflow_entry *SEPFLOW_ENTRY_NAME(void);

extern "C" const sepflow_entry *SEPFLOW_ENTRY_NAME(void) {
    static const sepflow_entry entry =
        sepflow::make_entry("org.sepflow.arithmetic", std::size(sepflow::kNodes), sepflow::node);
    return &entry;
}
