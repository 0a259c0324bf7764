#include "runtime/command/files/csv.h"

#include <charconv>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/kernel/number_rows.h"

namespace sepflow::command {

CsvPixels parse_csv(std::string_view text, const std::string &name) {
    try {
        NumberRows given = number_rows(text);
        const size_t width = equal_length(given);
        return {width, given.rows.size(), std::move(given.numbers)};
    } catch (const Error &e) {
        throw Error(SEPFLOW_E_IO, "cannot read " + name + ": " + e.what());
    }
}

void append_number(std::string &text, double value) {
    char digits[40];
    // -0 reads as a mistake in a table.
    const auto end = std::to_chars(digits, digits + sizeof digits, value == 0 ? 0 : value).ptr;
    text.append(digits, end);
}

}  // namespace sepflow::command
