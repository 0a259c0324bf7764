// Numbers in text, the same for kernels, parameters and options, in every locale.
#pragma once

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "runtime/base/error.h"

namespace sepflow {

// Reads a decimal number, or a ratio of two such as 1/257. Throws Error{PARAM} with a sentence.
inline double number_from_text(std::string_view text) {
    const auto fail = [&](const std::string &why) -> Error {
        return Error(SEPFLOW_E_PARAM, "'" + std::string(text.substr(0, 30)) + "' " + why);
    };
    const auto read = [&](std::string_view digits) {
        double value = 0;
        const char *end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, value);
        if (digits.empty() || error != std::errc() || stop != end) throw fail("is not a number");
        return value;
    };
    std::string_view above = text;
    if (above.size() > 1 && above[0] == '+' && above[1] != '-') above.remove_prefix(1);
    const size_t slash = above.find('/');
    if (slash == std::string_view::npos) return read(above);

    const std::string_view below = above.substr(slash + 1);
    above = above.substr(0, slash);
    if (below.find('/') != std::string_view::npos)
        throw fail("is not a number: a ratio has one '/', as 1/257 has");
    if (text.find_first_of(" \t\r\n") != std::string_view::npos)
        throw fail("is not a number: write a ratio without spaces, as 1/257");
    if (!below.empty() && (below[0] == '-' || below[0] == '+'))
        throw fail("is not a number: the sign of a ratio comes first, as in -1/257");
    const double numerator = read(above), denominator = read(below);
    if (denominator == 0) throw fail("divides by zero");
    const double ratio = numerator / denominator;
    if (!std::isfinite(numerator) || !std::isfinite(denominator) || !std::isfinite(ratio))
        throw fail("is not a finite number");
    return ratio;
}

}  // namespace sepflow
