#include "runtime/base/pixel_type.h"

#include <algorithm>
#include <iterator>

namespace sepflow {

bool is_type(sepflow_type type) {
    return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

std::string type_name(sepflow_type type) {
    if (!is_type(type)) return "type " + std::to_string(type);
    return (is_float(type)        ? "f"
            : type == SEPFLOW_S16 ? "s"
                                  : "u") +
           std::to_string(8 * type_bytes(type));
}

sepflow_type type_from_name(const std::string &name) {
    for (const sepflow_type type : kTypes) {
        if (name == type_name(type)) return type;
    }
    return SEPFLOW_TYPE_NONE;
}

std::vector<std::string> type_names() {
    std::vector<std::string> names;
    std::transform(kTypes.begin(), kTypes.end(), std::back_inserter(names), type_name);
    return names;
}

}  // namespace sepflow
