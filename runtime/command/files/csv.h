// Small images as text, read by the rules of kernel files (runtime/kernel/README.md).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sepflow::command {

struct CsvPixels {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<double> values;  // row by row
};

// Throws Error{SEPFLOW_E_IO} with the line and the column; `name` is for that sentence.
CsvPixels parse_csv(std::string_view text, const std::string &name);

// Appends the shortest text that reads back as the same double: 24, not 24.000.
void append_number(std::string &text, double value);

}  // namespace sepflow::command
