// Characters of UTF-8 text.
#pragma once

#include <cstddef>

namespace sepflow {

// Returns the bytes of the character that `text` begins with; 0 if it begins with none, or ends.
inline size_t utf8_character(const char *text) {
    const auto *byte = reinterpret_cast<const unsigned char *>(text);
    const unsigned char first = byte[0];
    if (first == 0 || (first >= 0x80 && first < 0xc2) || first > 0xf4) return 0;
    const size_t bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < bytes; ++i) {
        if ((byte[i] & 0xc0) != 0x80) return 0;
    }
    // Neither longer than it needs to be, nor half of a surrogate pair, nor beyond U+10FFFF.
    const bool is_odd = (first == 0xe0 && byte[1] < 0xa0) || (first == 0xed && byte[1] > 0x9f) ||
                        (first == 0xf0 && byte[1] < 0x90) || (first == 0xf4 && byte[1] > 0x8f);
    return is_odd ? 0 : bytes;
}

inline bool is_control(char c) {
    return (c >= 0 && c < ' ') || c == 0x7f;
}

}  // namespace sepflow
