// Numbers as text: the shortest digits that read back as the same number, in every locale.
#pragma once

#include <charconv>
#include <string>

namespace sepflow {

inline std::string number_text(double number) {
    char digits[32];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

}  // namespace sepflow
