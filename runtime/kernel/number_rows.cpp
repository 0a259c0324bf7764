#include "runtime/kernel/number_rows.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "runtime/base/error.h"

namespace sepflow {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}
bool is_separator(char c) {
    return c == ',' || c == ';';
}

// Separators after a number, within its line.
enum Gap : unsigned { kNone = 0, kBlanks = 1, kBareComma = 2, kComma = 4, kSemicolon = 8 };
constexpr unsigned kAnyComma = kBareComma | kComma;

// A number as it is written, without quotes.
struct Cell {
    std::string_view text;
    size_t column;
    Gap gap;
    bool is_last;  // of its line, or before a bracket
};

[[noreturn]] void fail(const std::string &what) {
    throw Error(SEPFLOW_E_PARAM, what);
}

// Reads the numbers of a text in turn.
class Reader {
  public:
    // With decimal commas, a comma within a number counts as its point.
    Reader(std::string_view text, bool has_decimal_commas)
        : text_(text), has_decimal_commas_(has_decimal_commas) {}

    size_t line() const { return line_; }

    [[noreturn]] void fail_at(size_t column, const std::string &what) const {
        fail("line " + std::to_string(line_) + ", column " + std::to_string(column) + ": " + what);
    }
    [[noreturn]] void fail_here(const std::string &what) const { fail_at(column(), what); }

    // Skips blanks, line ends and comments. Returns whether anything follows.
    bool skip_space() {
        while (at_ < text_.size()) {
            if (is_line_end(text_[at_])) {
                end_line();
            } else if (text_[at_] == '#') {
                at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
            } else if (is_blank(text_[at_])) {
                ++at_;
            } else {
                return true;
            }
        }
        return false;
    }

    bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }
    bool take(char c) {
        if (!is_at(c)) return false;
        ++at_;
        return true;
    }

    // The next number and the gap behind it.
    Cell cell() {
        Cell cell = {{}, column(), kNone, false};
        const bool is_quoted = take('"');
        const size_t start = at_;
        while (at_ < text_.size() && (is_quoted ? is_within_quotes() : is_within_number())) ++at_;
        cell.text = text_.substr(start, at_ - start);
        if (cell.text.empty() || (is_quoted && !take('"')))
            fail_at(cell.column, "a number is missing");
        cell.gap = gap();
        cell.is_last = is_at_end_of_line();
        if (cell.gap == kNone && !cell.is_last) fail_here("a separator is missing");
        return cell;
    }

    double number(const Cell &cell) {
        std::string_view text = cell.text;
        const size_t comma = text.find(','), point = text.find('.');
        if (comma != text.npos) {
            if (!has_decimal_commas_)
                fail_at(cell.column,
                        "the comma within quotes may separate thousands; write the "
                        "number with a decimal point");
            with_point_ = text;
            with_point_[comma] = '.';
            text = with_point_;
        }
        has_seen_comma_ |= comma != text.npos;
        has_seen_point_ |= point != text.npos;
        if (has_seen_comma_ && has_seen_point_)
            fail_at(cell.column, "some numbers have a decimal comma and others a decimal point");
        if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
        double value = 0;
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error == std::errc::result_out_of_range)
            fail_at(cell.column, "this number is beyond the range of doubles");
        if (error != std::errc() || stop != text.data() + text.size())
            fail_at(cell.column,
                    "this is not a number; a line of names must begin with '#', as a comment");
        return value;
    }

  private:
    size_t column() const { return at_ - line_start_ + 1; }

    // LF, CR LF, or CR alone.
    void end_line() {
        if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
        line_start_ = ++at_;
        ++line_;
    }

    bool is_at_end_of_line() const {
        return at_ >= text_.size() || is_line_end(text_[at_]) || is_at('#') || is_at(']');
    }

    bool is_within_quotes() const { return text_[at_] != '"' && !is_line_end(text_[at_]); }

    static bool is_plain(char c) {
        return !is_blank(c) && !is_line_end(c) && !is_separator(c) && c != '#' && c != '"' &&
               c != '[' && c != ']';
    }

    bool is_within_number() const {
        if (text_[at_] != ',' || !has_decimal_commas_) return is_plain(text_[at_]);
        return at_ > 0 && is_plain(text_[at_ - 1]) && at_ + 1 < text_.size() &&
               is_plain(text_[at_ + 1]);
    }

    Gap gap() {
        const size_t start = at_;
        size_t tabs = 0;
        char separator = 0;
        for (; at_ < text_.size() && (is_blank(text_[at_]) || is_separator(text_[at_])); ++at_) {
            tabs += text_[at_] == '\t';
            if (!is_separator(text_[at_])) continue;
            if (separator != 0) fail_here("a number is missing between two separators");
            separator = text_[at_];
        }
        if (separator == ';') return kSemicolon;
        if (separator == ',') return at_ - start == 1 ? kBareComma : kComma;
        if (tabs > 1 && !is_at_end_of_line()) fail_here("a number is missing between two tabs");
        return at_ == start ? kNone : kBlanks;
    }

    const std::string_view text_;
    const bool has_decimal_commas_;
    size_t at_ = 0, line_ = 1, line_start_ = 0;
    bool has_seen_comma_ = false, has_seen_point_ = false;  // within numbers
    std::string with_point_;                                // a number that had a comma
};

void check_commas_alone(unsigned gaps) {
    if ((gaps & kComma) != 0 && (gaps & kBlanks) != 0)
        fail("some numbers have a comma between them and others only blanks");
}

// The gaps between numbers and those at the ends of lines, if every comma separates.
struct Layout {
    unsigned between = kNone, at_ends = kNone;

    explicit Layout(std::string_view text) {
        Reader reader(text, false);
        while (reader.skip_space()) {
            if (reader.take(']')) reader.fail_here("this bracket has no opening bracket");
            const Cell cell = reader.cell();
            (cell.is_last ? at_ends : between) |= cell.gap;
        }
        if ((between & kSemicolon) != 0 && (between & (kComma | kBlanks)) != 0)
            fail(
                "some numbers have ';' between them and others do not; where ';' ends a row, "
                "enclose the matrix in brackets: [1 2; 3 4]");
        check_commas_alone(between);
        if (commas_separate() && between == kBareComma && (at_ends & kSemicolon) != 0)
            fail(
                "commas may separate these numbers or be decimal commas; write decimal points, "
                "and a blank after each comma that separates");
    }

    // Something else separates.
    bool has_decimal_commas() const { return (between & (kSemicolon | kBlanks)) != 0; }
    bool commas_separate() const { return (between & kAnyComma) != 0 && !has_decimal_commas(); }
};

// 0,0625 are two numbers to a program, but hardly to who wrote them.
bool begins_with_zero(std::string_view number) {
    return number.size() > 1 && number[0] == '0' && number[1] >= '0' && number[1] <= '9';
}

void add(NumberRows &rows, double number, size_t most) {
    if (rows.numbers.size() == most)
        fail("it holds more than " + std::to_string(most) + " numbers");
    rows.numbers.push_back(number);
}

// A row a line.
NumberRows rows_of_lines(std::string_view text, size_t most) {
    const Layout layout(text);
    NumberRows result;
    result.has_blanks = (layout.between & kBlanks) != 0;
    result.has_bare_commas = layout.commas_separate() && (layout.between & kBareComma) != 0;
    Reader reader(text, layout.has_decimal_commas());
    size_t with_separator = 0;
    while (reader.skip_space()) {
        NumberRows::Row row = {0, reader.line()};
        for (bool is_last = false; !is_last; ++row.count) {
            const Cell cell = reader.cell();
            if (layout.commas_separate() && begins_with_zero(cell.text))
                reader.fail_at(cell.column,
                               "this number begins with 0; if the comma before it is "
                               "a decimal comma, write a decimal point");
            add(result, reader.number(cell), most);
            is_last = cell.is_last;
            if (is_last) with_separator += (cell.gap & (kAnyComma | kSemicolon)) != 0;
        }
        result.rows.push_back(row);
        if (with_separator != 0 && with_separator != result.rows.size())
            reader.fail_here("some lines end in a separator and others do not");
    }
    return result;
}

// Matrices as NumPy, Python, MATLAB and OpenCV print them: [[1 2] [3 4]], [[1, 2], [3, 4]], [1 2; 3
// 4], [1, 2; 3, 4].
class BracketReader {
  public:
    BracketReader(std::string_view text, size_t most) : reader_(text, false), most_(most) {}

    NumberRows rows() {
        rows_.is_in_brackets = true;
        reader_.skip_space();
        reader_.take('[');
        while (!is_closed()) {
            const bool has_own_brackets = reader_.take('[');
            if (!rows_.rows.empty() && has_own_brackets != have_own_brackets_)
                reader_.fail_here("some rows have brackets of their own and others do not");
            have_own_brackets_ = has_own_brackets;
            read_row();
        }
        reader_.skip_space();
        reader_.take(';');
        if (reader_.skip_space()) reader_.fail_here("text follows the closing bracket");
        if (rows_.rows.empty()) fail("it holds no numbers");
        if ((gaps_ & kAnyComma) != 0) gaps_ |= kComma;  // no decimal commas in brackets
        check_commas_alone(gaps_);
        return std::move(rows_);
    }

  private:
    bool is_closed() {
        if (!reader_.skip_space()) reader_.fail_here("a bracket is not closed");
        return reader_.take(']');
    }

    // Reads a row. It ends with its own bracket, or else with ';' or the matrix.
    void read_row() {
        NumberRows::Row row = {0, reader_.line()};
        for (bool is_last = false; !is_last; ++row.count) {
            const size_t line = reader_.line();
            const Cell cell = reader_.cell();
            add(rows_, reader_.number(cell), most_);
            if (!reader_.skip_space()) reader_.fail_here("a bracket is not closed");
            is_last = reader_.is_at(']');
            if (cell.gap == kSemicolon) {
                if (have_own_brackets_) reader_.fail_here("';' lies within the brackets of a row");
                is_last = true;
            } else if (!is_last) {
                if (reader_.line() != line && !have_own_brackets_)
                    reader_.fail_here("a line ended within a row; end every row with ';'");
                gaps_ |= cell.gap != kNone ? cell.gap : kBlanks;
            }
        }
        rows_.rows.push_back(row);
        if (!have_own_brackets_) return;
        reader_.take(']');
        reader_.skip_space();
        reader_.take(',');
    }

    Reader reader_;
    const size_t most_;
    NumberRows rows_;
    unsigned gaps_ = kNone;
    bool have_own_brackets_ = false;
};

}  // namespace

NumberRows number_rows(std::string_view text, size_t most) {
    const auto begins = [&](std::string_view mark) { return text.substr(0, mark.size()) == mark; };
    if (begins("\xFF\xFE") || begins("\xFE\xFF")) fail("it is UTF-16; save it as UTF-8");
    if (text.find('\0') != text.npos)
        fail("it holds zero bytes, as UTF-16 does; save it as text in UTF-8");
    if (begins("\xEF\xBB\xBF")) text.remove_prefix(3);
    Reader reader(text, false);
    if (!reader.skip_space()) fail("it holds no numbers");
    return reader.is_at('[') ? BracketReader(text, most).rows() : rows_of_lines(text, most);
}

size_t equal_length(const NumberRows &rows) {
    for (size_t i = 1; i < rows.rows.size(); ++i) {
        const NumberRows::Row &row = rows.rows[i], &before = rows.rows[i - 1];
        if (row.count == before.count) continue;
        fail("line " + std::to_string(row.line) + ": a row of " + std::to_string(row.count) +
             " numbers follows one of " + std::to_string(before.count));
    }
    return rows.rows[0].count;
}

}  // namespace sepflow
