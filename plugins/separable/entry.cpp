// The entry of the separable plugin.
#include <sepflow/node.h>

#include "plugins/separable/nodes.h"

namespace sepflow {

namespace {

const sepflow_node_desc *node(uint32_t index) {
    if (index == 0) return desc_of(separable_node);
    return index == 1 ? desc_of(bank_node) : nullptr;
}

}  // namespace

}  // namespace sepflow

extern "C" SEPFLOW_EXPORT const sepflow_entry *SEPFLOW_ENTRY_NAME(void);

extern "C" const sepflow_entry *SEPFLOW_ENTRY_NAME(void) {
    static const sepflow_entry entry =
        sepflow::make_entry("org.sepflow.separable", 2, sepflow::node);
    return &entry;
}
