// Rows of numbers in a text, as spreadsheets, programs and people write them: the rules are in
// README.md in this folder.
#pragma once

#include <cstddef>
#include <cstdint>
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

// Reads at most `most` numbers; NaN and infinity are some. Throws Error{PARAM} with the line and
// the column, but quotes nothing of the text: it may be any file's.
NumberRows number_rows(std::string_view text, std::size_t most = SIZE_MAX);

// Returns the length of all rows. Throws Error{PARAM} if they differ.
std::size_t equal_length(const NumberRows &rows);

}  // namespace sepflow
