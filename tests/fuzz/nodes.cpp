#include "tests/fuzz/nodes.h"

#include "tests/fuzz/input.h"

extern "C" {
const sepflow_entry *sepflow_entry_v1_separable(void);
const sepflow_entry *sepflow_entry_v1_arithmetic(void);
}

namespace fuzz {

sepflow_registry *new_registry_of_nodes() {
    sepflow_registry *made = nullptr;
    require(sepflow_registry_create(&made, nullptr) == SEPFLOW_OK, "a registry");
    for (const auto entry : {sepflow_entry_v1_separable, sepflow_entry_v1_arithmetic})
        require(sepflow_host_add_static(made, entry, nullptr) == SEPFLOW_OK, "a plugin");
    return made;
}

const sepflow_registry *registry_of_nodes() {
    static sepflow_registry *const registry = new_registry_of_nodes();
    return registry;
}

}  // namespace fuzz
