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

bool names_a_file(const std::string &text) {
    const std::string word = "file";
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'u') return true;
        size_t same = 0;
        while (same < word.size() && i + same < text.size() && (text[i + same] | 32) == word[same])
            ++same;
        if (same == word.size()) return true;
    }
    return false;
}

}  // namespace fuzz
