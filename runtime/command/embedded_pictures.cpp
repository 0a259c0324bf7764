#include "runtime/command/embedded_pictures.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace sepflow::command {

namespace {

// Pictures are longer, signatures and hashes shorter. Encoders break lines at 64 characters or
// more.
constexpr size_t kLeastPicture = 256, kLeastLine = 40;

bool is_base64(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/' || c == '=';
}

// Returns the end of white space, which XML may write as a character reference.
size_t after_blanks(std::string_view text, size_t at) {
    while (at < text.size()) {
        if (std::isspace(static_cast<unsigned char>(text[at]))) {
            ++at;
        } else if (text.compare(at, 2, "&#") == 0 && text.find(';', at) < at + 7) {
            at = text.find(';', at) + 1;
        } else {
            break;
        }
    }
    return at;
}

size_t after_base64(std::string_view text, size_t at) {
    while (at < text.size() && is_base64(text[at])) ++at;
    return at;
}

// Returns the end of a picture that begins at `at`, or `at` if none does.
size_t after_picture(std::string_view text, size_t at) {
    size_t digits = 0, end = at;
    for (size_t line = at; line < text.size();) {
        const size_t line_end = after_base64(text, line);
        if (line_end == line) break;
        digits += line_end - line;
        end = line_end;
        if (line_end - line < kLeastLine) break;  // the last one
        line = after_blanks(text, line_end);
    }
    return digits < kLeastPicture ? at : end;
}

uint32_t number_at(std::string_view bytes, size_t at, size_t length) {
    uint32_t value = 0;
    for (size_t i = at; i < at + length && i < bytes.size(); ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

std::string big_endian(size_t value, int bytes) {
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        text += static_cast<char>(value >> shift);
    return text;
}

constexpr std::string_view kResource = "8BIM";
constexpr uint32_t kIptcResource = 0x0404;

// Keeps IPTC's texts. A data set is 1C, record, number, length and data; records 1 and 2 are texts,
// except for the preview.
std::string without_preview(std::string_view record) {
    constexpr uint32_t kFirstOfPreview = 200, kLastOfPreview = 202;
    std::string kept;
    for (size_t at = 0; at + 5 <= record.size() && record[at] == '\x1C';) {
        const uint32_t part = number_at(record, at + 1, 1), number = number_at(record, at + 2, 1);
        size_t header = 5, length = number_at(record, at + 3, 2);
        if (length >= 0x8000) {  // the length of the length
            const size_t digits = length & 0x7FFF;
            if (digits > 4) break;
            length = number_at(record, at + 5, digits);
            header += digits;
        }
        if (length > record.size() - at || header + length > record.size() - at) break;
        const bool is_preview = part == 2 && number >= kFirstOfPreview && number <= kLastOfPreview;
        if ((part == 1 || part == 2) && !is_preview) kept += record.substr(at, header + length);
        at += header + length;
    }
    return kept;
}

}  // namespace

std::string text_without_pictures(std::string_view text) {
    if (text.find('\0') != text.npos) return "";
    std::string kept;
    for (size_t at = 0; at < text.size();) {
        const size_t end = after_base64(text, at);
        if (end == at) {
            kept += text[at++];
            continue;
        }
        const size_t behind = end - at < kLeastLine ? at : after_picture(text, at);
        if (behind == at) kept += text.substr(at, end - at);
        at = behind == at ? end : behind;
    }
    return kept;
}

std::string iptc_text(std::string_view resources) {
    if (resources.substr(0, kPhotoshop.size()) == kPhotoshop)
        resources.remove_prefix(kPhotoshop.size());
    if (resources.substr(0, 1) == "\x1C") return without_preview(resources);
    // A resource is 8BIM, a number, a name and data; name and data are padded to even lengths.
    while (resources.size() >= 12 && resources.substr(0, 4) == kResource) {
        const uint32_t number = number_at(resources, 4, 2);
        const size_t name = (number_at(resources, 6, 1) + 2) / 2 * 2, data = 6 + name + 4;
        const size_t length = number_at(resources, 6 + name, 4);
        if (data > resources.size() || length > resources.size() - data) break;
        if (number == kIptcResource) return without_preview(resources.substr(data, length));
        resources.remove_prefix(std::min(resources.size(), data + (length + 1) / 2 * 2));
    }
    return "";
}

std::string photoshop_resource(std::string_view iptc) {
    return std::string(kResource) + big_endian(kIptcResource, 2) + std::string(2, '\0') +
           big_endian(iptc.size(), 4) + std::string(iptc) + std::string(iptc.size() % 2, '\0');
}

}  // namespace sepflow::command
