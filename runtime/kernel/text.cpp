// Kernel text: words and numbers, see README.md for the grammar. Parsed alike in every locale.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/base/nearest.h"
#include "runtime/base/number.h"
#include "runtime/kernel/kernel.h"
#include "runtime/kernel/named.h"

namespace sepflow {

namespace {

bool is_separator(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '_';
}

struct Token {
    std::string text;  // in lower case
    size_t column;     // 1-based, where it begins
};

[[noreturn]] void fail(size_t column, const std::string &what) {
    throw Error(SEPFLOW_E_PARAM, "kernel text, column " + std::to_string(column) + ": " + what);
}

std::vector<Token> split(std::string_view text) {
    std::vector<Token> tokens;
    for (size_t i = 0; i < text.size();) {
        if (is_separator(text[i])) {
            ++i;
            continue;
        }
        Token token = {"", i + 1};
        for (; i < text.size() && !is_separator(text[i]); ++i) {
            const char c = text[i];
            token.text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
        tokens.push_back(std::move(token));
    }
    return tokens;
}

double number(const Token &token) {
    double value = 0;
    try {
        value = number_from_text(token.text);
    } catch (const Error &e) {
        fail(token.column, e.what());
    }
    if (!std::isfinite(value)) fail(token.column, "'" + token.text + "' is not a number");
    return value;
}

// "k/ok.csv", "aperture.png".
bool is_like_file_name(std::string_view text) {
    if (text.find('/') != text.npos) return true;
    const size_t dot = text.rfind('.');
    if (dot == text.npos || dot == 0 || text.find(' ') != text.npos) return false;
    const std::string_view suffix = text.substr(dot + 1);
    return suffix.size() > 1 && std::all_of(suffix.begin(), suffix.end(),
                                            [](unsigned char c) { return std::isalpha(c) != 0; });
}

[[noreturn]] void fail_unknown(const Token &word, std::string_view text) {
    std::vector<std::string> names = {"sobel", "scharr", "prewitt", "row", "col", "file"};
    for (const NamedKernel &kernel : named_kernels()) names.push_back(kernel.name);
    std::sort(names.begin(), names.end());
    text.remove_prefix(word.column - 1);
    if (is_like_file_name(text))
        fail(word.column, "no kernel is called '" + std::string(text.substr(0, 200)) +
                              "'; if it is a file, write 'file' before its name");
    std::string list;
    for (const std::string &name : names) list += (list.empty() ? "" : ", ") + name;
    const std::string shown = word.text.substr(0, 30);
    const std::string suggestion = nearest_name(word.text, names);
    fail(word.column, "no kernel is called '" + shown + "'" +
                          (suggestion.empty() ? "; there are " : suggestion + " There are ") +
                          list + " and matrices such as 3x3");
}

Kernel parse_named(const NamedKernel &named, const std::vector<Token> &tokens) {
    std::vector<double> numbers;
    for (size_t i = 1; i < tokens.size(); ++i) numbers.push_back(number(tokens[i]));
    if (numbers.size() < named.least || numbers.size() > named.most) {
        const size_t at = numbers.size() > named.most ? named.most + 1 : 0;
        fail(tokens[at].column, std::string("usage: ") + named.name + " " + named.arguments);
    }
    try {
        return named.make(numbers);
    } catch (const Error &e) {
        fail(tokens[numbers.empty() ? 0 : 1].column, std::string(named.name) + ": " + e.what());
    }
}

Kernel parse_gradient(const std::vector<Token> &tokens) {
    const std::string &name = tokens[0].text;
    if (tokens.size() != 2 || (tokens[1].text != "x" && tokens[1].text != "y")) {
        fail(tokens.back().column, "usage: " + name + " x or " + name + " y");
    }
    return gradient_kernel(name, tokens[1].text == "y");
}

struct Size {
    size_t rows = 0, columns = 0;
    bool has_colon = false;  // as ImageMagick has it, with the columns first
};

// Reads numbers with `between` before each but the first. False if the text is something else.
bool parse_whole_numbers(std::string_view text, char between, std::vector<size_t> &numbers) {
    for (bool is_first = true; !text.empty(); is_first = false) {
        if (!is_first && text[0] != between) return false;
        if (!is_first) text.remove_prefix(1);
        size_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc()) return false;
        numbers.push_back(number);
        text.remove_prefix(static_cast<size_t>(end - text.data()));
    }
    return true;
}

// Reads rows and columns, "3x5", or ImageMagick's columns, rows and origin, "5x3:" and "5x3+2+1:".
bool parse_size(const Token &token, Size *size) {
    const std::string_view text = token.text;
    const size_t colon = text.find(':');
    const std::string_view geometry = text.substr(0, colon);
    const size_t plus = std::min(geometry.find('+'), geometry.size());
    std::vector<size_t> sides, origin;
    if (!parse_whole_numbers(geometry.substr(0, plus), 'x', sides) || sides.size() != 2)
        return false;
    size->has_colon = colon != text.npos;
    if (!size->has_colon) {
        size->rows = sides[0];
        size->columns = sides[1];
        return plus == geometry.size();
    }
    size->columns = sides[0];
    size->rows = sides[1];
    if (plus == geometry.size()) return true;
    const std::vector<size_t> middle = {size->columns / 2, size->rows / 2};
    if (!parse_whole_numbers(geometry.substr(plus + 1), '+', origin) || origin != middle)
        fail(token.column + plus, "the origin is not the middle; leave it out, and set the anchor");
    return true;
}

// The numbers behind a size: blanks, commas or both lie between them.
struct Numbers {
    std::vector<Token> tokens;
    std::vector<size_t> groups;  // of numbers with commas between them
    bool has_commas = false;
};

Numbers split_at_commas(const std::vector<Token> &tokens) {
    Numbers result;
    bool is_behind_comma = false;
    for (const Token &token : tokens) {
        for (size_t start = 0; start <= token.text.size();) {
            const size_t end = std::min(token.text.find(',', start), token.text.size());
            const bool is_comma = end < token.text.size();
            if (end > start) {
                if (is_behind_comma) {
                    ++result.groups.back();
                } else {
                    result.groups.push_back(1);
                }
                if (result.tokens.size() == kMaxKernelTaps) fail(token.column, "it is too long");
                result.tokens.push_back(
                    {token.text.substr(start, end - start), token.column + start});
                is_behind_comma = false;
            }
            if (is_comma && (is_behind_comma || result.tokens.empty()))
                fail(token.column + end, "a number is missing before this comma");
            if (is_comma) is_behind_comma = result.has_commas = true;
            start = end + 1;
        }
    }
    if (is_behind_comma) fail(tokens.back().column, "a number is missing after the last comma");
    return result;
}

// "1,2,1 2,4,2": if blanks lie between the rows, then after each.
void check_groups(const Numbers &numbers, const Size &size, size_t column) {
    const auto &groups = numbers.groups;
    if (!numbers.has_commas || groups.size() == 1 ||
        std::all_of(groups.begin(), groups.end(), [&](size_t g) { return g == size.columns; }))
        return;
    fail(column, "commas and blanks do not form rows of " + std::to_string(size.columns) +
                     " numbers; commas separate numbers, and the size is ROWSxCOLUMNS, or " +
                     "COLUMNSxROWS before a colon");
}

Kernel parse_matrix(const Size &size, std::vector<Token> tokens) {
    const auto [rows, columns, has_colon] = size;
    if (rows == 0 || columns == 0 || rows > kMaxKernelLength || columns > kMaxKernelLength) {
        fail(tokens[0].column,
             "a kernel has 1 .. " + std::to_string(kMaxKernelLength) + " rows and columns");
    }
    const Token word = tokens[0];
    const size_t colon = has_colon ? word.text.find(':') + 1 : word.text.size();
    tokens[0] = {word.text.substr(colon), word.column + colon};
    const Numbers numbers = split_at_commas(tokens);
    const size_t wanted = rows * columns, given = numbers.tokens.size();
    if (given != wanted) {
        const Token &at = given > wanted ? numbers.tokens[wanted]
                          : given > 0    ? numbers.tokens.back()
                                         : word;
        fail(at.column, "a " + std::to_string(rows) + " by " + std::to_string(columns) +
                            " kernel has " + std::to_string(wanted) + " taps, not " +
                            std::to_string(given) +
                            (numbers.has_commas ? "; a comma separates two numbers" : ""));
    }
    check_groups(numbers, size, numbers.tokens[0].column);
    std::vector<double> taps;
    for (const Token &token : numbers.tokens) taps.push_back(number(token));
    return kernel_from_matrix(taps.data(), rows, columns, static_cast<std::ptrdiff_t>(columns));
}

// "row a b c col d e f", in either order.
Kernel parse_vectors(const std::vector<Token> &tokens) {
    std::vector<double> row, column;
    std::vector<double> *current = nullptr;
    for (const Token &token : tokens) {
        if (token.text == "row" || token.text == "col") {
            current = token.text == "row" ? &row : &column;
            if (!current->empty()) fail(token.column, "'" + token.text + "' is given twice");
        } else {
            current->push_back(number(token));
        }
    }
    if (row.empty() || column.empty()) {
        fail(tokens.back().column, "both filters are needed: row A B ... col C D ...");
    }
    return kernel_from_vectors(std::move(column), std::move(row));
}

void normalise(Kernel &kernel, const Token &word) {
    double sum = 0, magnitude = 0;
    for (double tap : kernel.taps) {
        sum += tap;
        magnitude += std::fabs(tap);
    }
    if (std::fabs(sum) <= 1e-12 * magnitude) fail(word.column, "norm: the taps sum to zero");
    for (double &tap : kernel.taps) tap /= sum;
    for (Factor &factor : kernel.factors) {
        for (double &tap : factor.row) {
            tap /= sum;
            if (!std::isfinite(tap)) fail(word.column, "norm: the taps are too small");
        }
    }
}

// "1,5" may be meant as 1.5 or as 1 and 5.
void check_commas(const std::vector<Token> &tokens) {
    for (const Token &token : tokens) {
        const size_t comma = token.text.find(',');
        if (comma == token.text.npos) continue;
        fail(token.column + comma,
             "a comma; write a decimal point, or a blank between two numbers (commas separate "
             "numbers only after a size, as in 3x3 1,2,1,2,4,2,1,2,1)");
    }
}

Kernel parse(std::string_view text, std::vector<Token> tokens) {
    const Token &word = tokens[0];
    Size size;
    if (parse_size(word, &size)) return parse_matrix(size, std::move(tokens));
    const std::vector<NamedKernel> &kernels = named_kernels();
    const auto named = std::find_if(kernels.begin(), kernels.end(),
                                    [&](const NamedKernel &k) { return word.text == k.name; });
    const bool is_vectors = word.text == "row" || word.text == "col";
    if (named == kernels.end() && !is_gradient_name(word.text) && !is_vectors)
        fail_unknown(word, text);
    check_commas(tokens);
    if (is_vectors) return parse_vectors(tokens);
    return named != kernels.end() ? parse_named(*named, tokens) : parse_gradient(tokens);
}

// Read each time: a program may set it for itself.
bool are_files_forbidden() {
    const char *value = std::getenv("SEPFLOW_NO_FILES");
    return value != nullptr && *value != '\0' && std::strcmp(value, "0") != 0;
}

}  // namespace

Kernel kernel_from_text(std::string_view text) {
    return kernel_from_text(text, [](const std::string &name) -> Kernel {
        throw Error(SEPFLOW_E_UNSUPPORTED,
                    "files are not allowed here; 'file " + name + "' is not read");
    });
}

Kernel kernel_from_trusted_text(std::string_view text) {
    return kernel_from_text(text, [](const std::string &name) { return kernel_from_file(name); });
}

Kernel kernel_from_text(std::string_view text, const KernelReader &read_file) {
    std::vector<Token> tokens = split(text);
    if (tokens.empty()) fail(1, "it is empty; try 'gaussian 3'");
    if (tokens.size() > kMaxKernelTaps + 2) fail(1, "it is too long");
    if (tokens[0].text == "file") {
        // A path may hold anything, so it is all that follows the first separator.
        const size_t path = tokens[0].column - 1 + 5;
        if (path >= text.size()) fail(text.size() + 1, "usage: file PATH");
        if (are_files_forbidden())
            throw Error(SEPFLOW_E_UNSUPPORTED,
                        "kernels from files are not allowed here: SEPFLOW_NO_FILES is set");
        return read_file(std::string(text.substr(path)));
    }
    const Token last = tokens.back();
    const bool norm = last.text == "norm" && tokens.size() > 1;
    if (norm) tokens.pop_back();
    Kernel kernel = parse(text, std::move(tokens));
    if (norm) normalise(kernel, last);
    return kernel;
}

}  // namespace sepflow
