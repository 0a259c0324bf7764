// Pixel types: size, name, and the C++ type of a sample.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <sepflow/node.h>

namespace sepflow {

constexpr std::array<sepflow_type, 6> kTypes = {SEPFLOW_U8,  SEPFLOW_U16, SEPFLOW_S16,
                                                SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};

bool is_type(sepflow_type type);
std::string type_name(sepflow_type type);  // "u8" .. "f64", or "type 7" if it is unknown
sepflow_type type_from_name(const std::string &name);  // SEPFLOW_TYPE_NONE if there is none
std::vector<std::string> type_names();

inline int type_bytes(sepflow_type type) {
    return (type & 0xff) / 8;
}

inline bool is_float(sepflow_type type) {
    return type >> 8 == 3;
}

inline bool is_integer(sepflow_type type) {
    return !is_float(type);
}

// A sample of SEPFLOW_F16, which C++17 has no type for.
struct Half {
    uint16_t bits;
};

// Returns f(sample), where `sample` is a zero of the C++ type that the pixel type has.
template <typename Function>
decltype(auto) visit_type(sepflow_type type, Function &&f) {
    switch (type) {
        case SEPFLOW_U8:
            return f(uint8_t{});
        case SEPFLOW_U16:
            return f(uint16_t{});
        case SEPFLOW_S16:
            return f(int16_t{});
        case SEPFLOW_F16:
            return f(Half{});
        case SEPFLOW_F32:
            return f(float{});
        default:
            return f(double{});
    }
}

}  // namespace sepflow
