#include "runtime/command/plan_numbers.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>

namespace sepflow::command {

std::string check_scale(const std::string &text) {
    double value = 0;
    const bool is_zero = CLI::detail::lexical_cast(text, value) && value == 0;
    return is_zero ? "the scale must not be 0" : "";
}

std::string quotient(const std::string &text) {
    const size_t slash = std::min(text.find('/'), text.size());
    double above = 0, below = 0;
    const auto is_number = [](const char *first, const char *last, double &number) {
        const auto [end, error] = std::from_chars(first, last, number);
        return error == std::errc() && end == last;
    };
    const char *first = text.data(), *last = first + text.size();
    if (first + slash == last || !is_number(first, first + slash, above) ||
        !is_number(first + slash + 1, last, below))
        return text;
    char number[40];
    std::snprintf(number, sizeof number, "%.17g", above / below);
    return number;
}

}  // namespace sepflow::command
