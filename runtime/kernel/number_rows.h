// Rows of numbers in a text, as spreadsheets, programs and people write them. README.md beside this has the rules.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace sepflow {

struct NumberRows {
    struct Row {
        std::size_t count;  // numbers
        std::size_t line;   // where it begins, from 1
    };
    std::vector<double> numbers;  // row after row
    std::vector<Row> rows;
    bool is_in_brackets = false;
    // Separators between the numbers of a row, without brackets.
    bool has_blanks = false;       // blanks alone
    bool has_bare_commas = false;  // commas between digits, without blanks
};

// Throws Error{PARAM} with the line and the column, and none of the text: a file's content is not for messages. NaN and
// infinity are numbers here.
NumberRows number_rows(std::string_view text);

// Returns the length of the rows from `first` on. Throws Error{PARAM} where one is longer or shorter than that before it.
std::size_t equal_length(const NumberRows &rows, std::size_t first = 0);

}  // namespace sepflow
