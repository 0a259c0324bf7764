#include "runtime/kernel/netpbm.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace sepflow {

bool NetpbmHeader::is_sound() const {
    const auto fits = [](uint32_t side) { return side > 0 && side != NetpbmReader::kNone; };
    const bool is_known = (kind >= '1' && kind <= '6') || holds_floats();
    return is_known && fits(width) && fits(height) && fits(maximum);
}

NetpbmReader::NetpbmReader(std::streambuf &bytes) : bytes_(bytes) {
    if (byte() != 'P') return;
    header_.kind = static_cast<char>(byte());
    header_.width = number(kNone - 1);
    header_.height = number(kNone - 1);
    if (header_.holds_floats()) {
        // A scale, which readers leave out of account, and whose sign is the byte order.
        const std::string text = word();
        double scale = 0;
        const char *end = text.data() + text.size();
        const bool is_number = std::from_chars(text.data(), end, scale).ptr == end;
        header_.is_little_endian = scale < 0;
        header_.maximum = is_number && std::isfinite(scale) && scale != 0 ? 1 : kNone;
    } else {
        header_.maximum = header_.holds_bits() ? 1 : number(UINT16_MAX);
    }
}

uint32_t NetpbmReader::sample() {
    const auto of_bit = [](int bit) { return bit == 0 ? 1 : bit == 1 ? 0 : kNone; };
    if (header_.kind == '1') return of_bit(character() - '0');
    if (header_.kind == '4') return of_bit(packed_bit());
    return header_.is_ascii() ? number(header_.maximum) : binary();
}

size_t NetpbmReader::floats(float *samples, size_t count) {
    auto *bytes = reinterpret_cast<char *>(samples);
    const auto wanted = static_cast<std::streamsize>(count * sizeof(float));
    const size_t read = static_cast<size_t>(bytes_.sgetn(bytes, wanted)) / sizeof(float);
    has_ended_ = has_ended_ || read < count;
    for (size_t i = 0; !header_.is_little_endian && i < read; ++i)
        std::reverse(bytes + i * sizeof(float), bytes + (i + 1) * sizeof(float));
    return read;
}

int NetpbmReader::byte() {
    const int next = bytes_.sbumpc();
    if (next == kEnd) has_ended_ = true;
    return next;
}

// Returns the next byte that is neither white space nor in a comment.
int NetpbmReader::character() {
    int next;
    do {
        next = byte();
        if (next == '#') next = end_of_line();
    } while (std::isspace(next));
    return next;
}

int NetpbmReader::end_of_line() {
    has_comments_ = true;
    int next;
    do {
        next = byte();
    } while (next != '\n' && next != '\r' && next != kEnd);
    return next;
}

// Takes one white space behind the word, or a comment and its line's end: binary samples follow.
std::string NetpbmReader::word() {
    constexpr size_t kLongest = 64;  // of a number; what is longer is damaged
    std::string word;
    int next = character();
    for (; next != kEnd && next != '#' && !std::isspace(next) && word.size() <= kLongest;
         next = bytes_.sbumpc())
        word += static_cast<char>(next);
    if (next == '#') end_of_line();
    return word;
}

// Returns kNone where the next word is no number up to `largest`.
uint32_t NetpbmReader::number(uint32_t largest) {
    const std::string text = word();
    uint32_t number = 0;
    const char *end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    return !text.empty() && error == std::errc() && last == end && number <= largest ? number
                                                                                     : kNone;
}

// Reads one byte, or two where the maximum needs them, the high one first.
uint32_t NetpbmReader::binary() {
    int sample = byte();
    if (sample != kEnd && header_.maximum > UINT8_MAX) {
        const int low = byte();
        sample = low == kEnd ? kEnd : sample << 8 | low;
    }
    const bool is_sound = sample != kEnd && static_cast<uint32_t>(sample) <= header_.maximum;
    return is_sound ? static_cast<uint32_t>(sample) : kNone;
}

// The leftmost of eight is the byte's highest, and a row begins with a byte.
int NetpbmReader::packed_bit() {
    if (column_ % 8 == 0) packed_ = byte();
    const int bit = packed_ == kEnd ? kEnd : packed_ >> (7 - column_ % 8) & 1;
    column_ = (column_ + 1) % header_.width;
    return bit;
}

}  // namespace sepflow
