#include "runtime/command/csv.h"

#include <algorithm>
#include <charconv>

#include "runtime/error.h"

namespace sepflow::command {

namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kSeparators = ",;";

void skip_blanks(std::string_view &line) {
    const size_t first = line.find_first_not_of(kBlanks);
    line.remove_prefix(first == std::string_view::npos ? line.size() : first);
}

[[noreturn]] void fail(const std::string &name, size_t line, const std::string &why) {
    throw Error(SEPFLOW_E_IO, "cannot read " + name + ": line " + std::to_string(line) + " " + why);
}

// Appends the numbers of one line and returns how many there were.
size_t parse_line(std::string_view line, const std::string &name, size_t number,
                  std::vector<double> &values) {
    size_t count = 0;
    for (skip_blanks(line); !line.empty(); skip_blanks(line)) {
        if (line.front() == '+') line.remove_prefix(1);
        double value = 0;
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
        if (error != std::errc()) {
            const std::string_view word = line.substr(0, line.find_first_of(" \t\r,;"));
            fail(name, number,
                 "has '" + std::string(word.substr(0, 20)) + "' where a number belongs");
        }
        values.push_back(value);
        ++count;
        const std::string_view rest = line.substr(static_cast<size_t>(end - line.data()));
        line = rest;
        skip_blanks(line);
        const bool separated = !line.empty() && kSeparators.find(line.front()) != line.npos;
        if (separated) line.remove_prefix(1);
        if (!separated && !line.empty() && line.size() == rest.size()) {
            fail(name, number, "has '" + std::string(line.substr(0, 20)) + "' after a number");
        }
    }
    return count;
}

}  // namespace

CsvPixels parse_csv(std::string_view text, const std::string &name) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.substr(0, 3) == byte_order_mark) text.remove_prefix(3);
    CsvPixels pixels;
    for (size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const size_t count = parse_line(line, name, number, pixels.values);
        if (count == 0) continue;
        if (pixels.height > 0 && count != pixels.width) {
            fail(name, number,
                 "has " + std::to_string(count) + " numbers and those before it have " +
                     std::to_string(pixels.width));
        }
        pixels.width = count;
        ++pixels.height;
    }
    if (pixels.height == 0)
        throw Error(SEPFLOW_E_IO, "cannot read " + name + ": it has no numbers");
    return pixels;
}

void append_number(std::string &text, double value) {
    char digits[40];
    // -0 reads as a mistake in a table.
    const auto end = std::to_chars(digits, digits + sizeof digits, value == 0 ? 0 : value).ptr;
    text.append(digits, end);
}

}  // namespace sepflow::command
