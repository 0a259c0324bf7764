// Growth rules 1 and 9 of node.h: structs that another version of the header may have compiled.
#pragma once

#include <algorithm>
#include <cstring>

#include <sepflow/node.h>

#include "runtime/error.h"

namespace sepflow {

// Copies what the caller's struct has room for.
template <typename Struct>
void fill(Struct *to, const Struct &from, const char *name) {
    if (to == nullptr) throw Error(SEPFLOW_E_INVALID, std::string(name) + " is NULL");
    const uint32_t size = to->struct_size;
    if (size < sizeof size)
        throw Error(SEPFLOW_E_ABI, std::string(name) + ": struct_size is not set");
    std::memcpy(to, &from, std::min<size_t>(size, sizeof from));
    to->struct_size = size;
}

// What the writer knew of a struct, and zero for the rest. From `pointers` on, an offset, eight bytes are known or none:
// part of a pointer points anywhere.
template <typename Struct>
Struct known_part(const Struct &given, size_t pointers = sizeof(Struct)) {
    Struct result = {};
    size_t known = std::min<size_t>(given.struct_size, sizeof result);
    if (known > pointers) known -= (known - pointers) % 8;
    std::memcpy(&result, &given, known);
    result.struct_size = sizeof result;
    return result;
}

// An array's elements lie as far apart as its writer's struct is long.
template <typename Struct>
const Struct &element(const Struct *first, uint32_t index) {
    return *reinterpret_cast<const Struct *>(reinterpret_cast<const char *>(first) +
                                             size_t{index} * first->struct_size);
}

}  // namespace sepflow
