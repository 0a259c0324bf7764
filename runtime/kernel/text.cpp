// Kernel text: words and numbers, see README.md for the grammar. Parsed alike in every locale.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <string>

#include "runtime/error.h"
#include "runtime/kernel/kernel.h"
#include "runtime/kernel/named.h"
#include "runtime/nearest.h"

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

// Plain decimal numbers; from_chars knows no locale.
bool parse_number(std::string_view text, double *value) {
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    if (text.empty() || !(text[0] == '-' || text[0] == '.' || (text[0] >= '0' && text[0] <= '9')))
        return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(*value);
}

double number(const Token &token) {
    double value;
    if (!parse_number(token.text, &value))
        fail(token.column, "'" + token.text + "' is not a number");
    return value;
}

[[noreturn]] void fail_unknown(const Token &word) {
    std::vector<std::string> names = {"sobel", "scharr", "prewitt", "row", "col", "file"};
    for (const NamedKernel &kernel : named_kernels()) names.push_back(kernel.name);
    std::sort(names.begin(), names.end());
    const std::string shown = word.text.substr(0, 30);
    const auto nearest =
        std::min_element(names.begin(), names.end(), [&](const auto &a, const auto &b) {
            return edit_distance(shown, a) < edit_distance(shown, b);
        });
    std::string list;
    for (const std::string &name : names) list += (list.empty() ? "" : ", ") + name;
    fail(word.column, "no kernel is called '" + shown + "'; did you mean '" + *nearest +
                          "'? There are " + list + " and matrices such as 3x3");
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

// "3x5": rows, columns. False if the word is no size.
bool parse_size(const std::string &word, size_t *rows, size_t *columns) {
    const size_t x = word.find('x');
    if (x == std::string::npos) return false;
    const char *middle = word.data() + x, *end = word.data() + word.size();
    const auto first = std::from_chars(word.data(), middle, *rows);
    const auto second = std::from_chars(middle + 1, end, *columns);
    return first.ec == std::errc() && first.ptr == middle && second.ec == std::errc() &&
           second.ptr == end;
}

Kernel parse_matrix(size_t rows, size_t columns, const std::vector<Token> &tokens) {
    if (rows == 0 || columns == 0 || rows > kMaxKernelLength || columns > kMaxKernelLength) {
        fail(tokens[0].column,
             "a kernel has 1 .. " + std::to_string(kMaxKernelLength) + " rows and columns");
    }
    const size_t wanted = rows * columns, given = tokens.size() - 1;
    if (given != wanted) {
        const Token &at = given > wanted ? tokens[wanted + 1] : tokens.back();
        fail(at.column, "a " + std::to_string(rows) + " by " + std::to_string(columns) +
                            " kernel has " + std::to_string(wanted) + " taps, not " +
                            std::to_string(given));
    }
    std::vector<double> taps;
    for (size_t i = 1; i < tokens.size(); ++i) taps.push_back(number(tokens[i]));
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

Kernel parse(std::vector<Token> tokens) {
    const Token &word = tokens[0];
    for (const NamedKernel &named : named_kernels()) {
        if (word.text == named.name) return parse_named(named, tokens);
    }
    size_t rows = 0, columns = 0;
    if (is_gradient_name(word.text)) return parse_gradient(tokens);
    if (word.text == "row" || word.text == "col") return parse_vectors(tokens);
    if (parse_size(word.text, &rows, &columns)) return parse_matrix(rows, columns, tokens);
    fail_unknown(word);
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
        return read_file(std::string(text.substr(path)));
    }
    const Token last = tokens.back();
    const bool norm = last.text == "norm" && tokens.size() > 1;
    if (norm) tokens.pop_back();
    Kernel kernel = parse(std::move(tokens));
    if (norm) normalise(kernel, last);
    return kernel;
}

}  // namespace sepflow
