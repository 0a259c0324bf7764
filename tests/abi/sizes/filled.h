// A caller's record of any size, filled.
#pragma once

#include <cstring>
#include <functional>

#include "tests/abi/sizes/row.h"

namespace abi_test {

struct Filled {
    const char *function;
    // Fills a record of `size` bytes and checks it.
    std::function<void(uint32_t size)> check;
    uint32_t first_size, own_size;
};

// Calls fill(record) on a record of `size` bytes; the fields that fit must be those of a whole one.
template <typename Struct, typename Fill>
Filled filled(const char *function, Fill fill) {
    const auto check = [fill](uint32_t size) {
        Struct whole = {};
        whole.struct_size = sizeof whole;
        REQUIRE(fill(&whole) == SEPFLOW_OK);
        Records<Struct> record(Struct(), size);
        const sepflow_status status = fill(record.get());
        CHECK((status == SEPFLOW_OK ||
               (size < Sizes<Struct>::first_size && status == SEPFLOW_E_ABI)));
        CHECK(record.stated_size() == size);
        CHECK(record.has_all_garbage());
        if (status != SEPFLOW_OK) return;
        const Struct got = record.value(whole);
        const size_t from = sizeof(uint32_t), to = std::min<size_t>(size, sizeof got);
        CHECK(std::memcmp(reinterpret_cast<const char *>(&got) + from,
                          reinterpret_cast<const char *>(&whole) + from,
                          to > from ? to - from : 0) == 0);
    };
    return {function, check, Sizes<Struct>::first_size, sizeof(Struct)};
}

}  // namespace abi_test
