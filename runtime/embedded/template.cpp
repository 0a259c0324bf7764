#include "runtime/embedded/template.h"

#include <cstdio>

#include "runtime/base/error.h"

namespace sepflow::embedded {

std::string filled(const std::string &text, const std::map<std::string, std::string> &values) {
    std::string result;
    size_t start = 0;
    for (size_t at; (at = text.find('@', start)) != text.npos;) {
        const size_t end = text.find('@', at + 1);
        const std::string name = text.substr(at + 1, end == text.npos ? end : end - at - 1);
        const auto value = values.find(name);
        if (end == text.npos || value == values.end())
            throw Error(SEPFLOW_E_INTERNAL, "a template names '" + name + "', which has no value");
        result += text.substr(start, at - start) + value->second;
        start = end + 1;
    }
    return result + text.substr(start);
}

std::string c_text(const std::string &text) {
    std::string result;
    char before = 0;
    for (const char c : text) {
        const bool is_pair = (before == '*' && c == '/') || (before == '/' && c == '*') ||
                             (before == '?' && c == '?');
        if (c == '\\' || c == '"') {
            result += {'\\', c};
        } else if (is_pair || c < ' ' || c > '~') {  // bytes beyond ASCII may be negative
            char octal[5];
            std::snprintf(octal, sizeof octal, "\\%03o",
                          static_cast<unsigned>(static_cast<unsigned char>(c)));
            result += octal;
        } else {
            result += c;
        }
        before = c;
    }
    return result;
}

}  // namespace sepflow::embedded
