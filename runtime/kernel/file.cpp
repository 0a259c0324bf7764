// Kernels from files: CSV or text matrices, PGM and PFM images; other images through the caller's reader.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <new>
#include <string>

#include "runtime/error.h"
#include "runtime/kernel/kernel.h"

namespace sepflow {

namespace {

constexpr std::streamsize kMaxFileBytes = 256 << 20;

std::string read_whole(const std::string &path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    const auto fail = [&](const std::string &why) {
        throw Error(SEPFLOW_E_IO, "cannot read kernel file '" + path + "': " + why);
    };
    if (!file && errno == ENOMEM) throw std::bad_alloc();
    if (!file) fail(errno != 0 ? std::strerror(errno) : "it cannot be opened");
    std::string text;
    char block[1 << 16];
    while (file.read(block, sizeof block) || file.gcount() > 0) {
        text.append(block, static_cast<size_t>(file.gcount()));
        if (static_cast<std::streamsize>(text.size()) > kMaxFileBytes)
            fail("it is too large for a kernel");
    }
    if (file.bad()) fail("the read failed; is it a directory?");
    // Spreadsheets begin what they export with a byte order mark.
    if (text.compare(0, 2, "\xFF\xFE") == 0 || text.compare(0, 2, "\xFE\xFF") == 0)
        throw Error(SEPFLOW_E_PARAM, "kernel file '" + path + "' is UTF-16; save it as UTF-8");
    if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) text.erase(0, 3);
    return text;
}

[[noreturn]] void fail_at(const std::string &path, size_t line, const std::string &what) {
    throw Error(SEPFLOW_E_PARAM,
                "kernel file '" + path + "', line " + std::to_string(line) + ": " + what);
}

Kernel kernel_of(const std::string &path, const std::vector<double> &taps, size_t rows,
                 size_t columns) {
    try {
        return kernel_from_matrix(taps.data(), rows, columns, static_cast<std::ptrdiff_t>(columns));
    } catch (const Error &e) {
        throw Error(e.code(), "kernel file '" + path + "': " + e.what());
    }
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}
bool is_delimiter(char c) {
    return c == ',' || c == ';';
}

// The numbers of one line, separated by commas, semicolons or white space.
void parse_line(const std::string &path, size_t line, std::string_view text,
                std::vector<double> &taps) {
    size_t i = 0;
    const auto skip_blanks = [&] {
        while (i < text.size() && is_blank(text[i])) ++i;
    };
    skip_blanks();
    while (i < text.size()) {
        size_t end = i;
        while (end < text.size() && !is_blank(text[end]) && !is_delimiter(text[end])) ++end;
        std::string_view word = text.substr(i, end - i);
        if (!word.empty() && word[0] == '+') word.remove_prefix(1);
        double value;
        const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (word.empty() || error != std::errc() || stop != word.data() + word.size() ||
            !std::isfinite(value)) {
            fail_at(path, line, "'" + std::string(word.substr(0, 30)) + "' is not a finite number");
        }
        taps.push_back(value);
        i = end;
        skip_blanks();
        if (i < text.size() && is_delimiter(text[i])) {
            ++i;
            skip_blanks();
            if (i == text.size()) fail_at(path, line, "it ends in a separator");
        }
    }
}

Kernel parse_text_matrix(const std::string &path, const std::string &text) {
    std::vector<double> taps;
    size_t rows = 0, columns = 0, line = 0;
    for (size_t start = 0; start < text.size(); ++line) {
        const size_t end = std::min(text.find('\n', start), text.size());
        std::string_view content = std::string_view(text).substr(start, end - start);
        content = content.substr(0, content.find('#'));
        start = end + 1;
        const size_t before = taps.size();
        parse_line(path, line + 1, content, taps);
        const size_t found = taps.size() - before;
        if (found == 0) continue;
        if (rows > 0 && found != columns) {
            fail_at(path, line + 1,
                    "it has " + std::to_string(found) + " taps where the rows above have " +
                        std::to_string(columns));
        }
        columns = found;
        ++rows;
    }
    if (rows == 0) throw Error(SEPFLOW_E_PARAM, "kernel file '" + path + "' holds no numbers");
    return kernel_of(path, taps, rows, columns);
}

// Netpbm's grey images: P2 and P5 (PGM, up to 16 bits, big-endian) and Pf (PFM, rows from the bottom up).
class NetpbmReader {
  public:
    NetpbmReader(const std::string &path, const std::string &bytes) : path_(path), bytes_(bytes) {}

    Kernel read() {
        const std::string magic = word();
        const auto columns = static_cast<size_t>(positive()),
                   rows = static_cast<size_t>(positive());
        if (rows > kMaxKernelLength || columns > kMaxKernelLength ||
            rows * columns > kMaxKernelTaps)
            fail("it is too large for a kernel");
        std::vector<double> taps(rows * columns);
        if (magic == "Pf") {
            read_floats(rows, columns, taps);
        } else {
            const double maximum = positive();
            if (maximum > 65535) fail("its maximum is above 65535");
            skip_one();
            double sum = 0;
            for (double &tap : taps) {
                tap = magic == "P2" ? number(word()) : sample(maximum > 255 ? 2 : 1);
                if (!(tap >= 0 && tap <= maximum))
                    fail("a pixel is above its maximum, or negative");
                sum += tap;
            }
            // The brightness of an aperture's picture means nothing: its pixels are weights.
            if (sum == 0) fail("it is black");
            for (double &tap : taps) tap /= sum;
        }
        return kernel_of(path_, taps, rows, columns);
    }

  private:
    [[noreturn]] void fail(const char *why) const {
        throw Error(SEPFLOW_E_PARAM, "kernel file '" + path_ + "': " + why);
    }

    // One white space, as before binary samples; a comment counts as the end of its line.
    void skip_one() {
        if (at_ < bytes_.size() && bytes_[at_] == '#') at_ = bytes_.find_first_of("\r\n", at_);
        at_ = std::min(at_, bytes_.size() - 1) + 1;
    }

    bool is_at_gap() const {
        return std::isspace(static_cast<unsigned char>(bytes_[at_])) || bytes_[at_] == '#';
    }

    std::string word() {
        while (at_ < bytes_.size() && is_at_gap()) skip_one();
        const size_t start = at_;
        while (at_ < bytes_.size() && !is_at_gap()) ++at_;
        return bytes_.substr(start, at_ - start);
    }

    double number(const std::string &text) const {
        double value;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size())
            fail("it is cut short or damaged");
        return value;
    }

    double positive() {
        const double value = number(word());
        if (!(value >= 1 && value <= 1e6 && value == std::floor(value)))
            fail("its header makes no sense");
        return value;
    }

    double sample(size_t bytes) {
        if (at_ + bytes > bytes_.size()) fail("it is cut short");
        double value = 0;
        for (size_t i = 0; i < bytes; ++i)
            value = value * 256 + static_cast<unsigned char>(bytes_[at_++]);
        return value;
    }

    void read_floats(size_t rows, size_t columns, std::vector<double> &taps) {
        const bool little_endian = number(word()) < 0;
        skip_one();
        for (size_t y = rows; y-- > 0;) {
            for (size_t x = 0; x < columns; ++x) {
                if (at_ + 4 > bytes_.size()) fail("it is cut short");
                uint32_t bits = 0;
                for (int i = 0; i < 4; ++i) {
                    const auto byte = static_cast<unsigned char>(bytes_[at_++]);
                    bits |= static_cast<uint32_t>(byte) << 8 * (little_endian ? i : 3 - i);
                }
                float value;
                std::memcpy(&value, &bits, sizeof value);
                taps[y * columns + x] = value;
            }
        }
    }

    const std::string &path_, &bytes_;
    size_t at_ = 0;
};

bool has_suffix(const std::string &path, std::string_view suffix) {
    if (path.size() < suffix.size()) return false;
    return std::equal(suffix.rbegin(), suffix.rend(), path.rbegin(), [](char wanted, char c) {
        return wanted == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    });
}

bool is_text_matrix_name(const std::string &path) {
    const size_t dot = path.find_last_of("./");
    return dot == std::string::npos || path[dot] == '/' || has_suffix(path, ".csv") ||
           has_suffix(path, ".txt") || has_suffix(path, ".dat");
}

}  // namespace

Kernel kernel_from_file(const std::string &path) {
    return kernel_from_file(path, [&](const std::string &) -> Kernel {
        throw Error(
            SEPFLOW_E_UNSUPPORTED,
            "kernel file '" + path + "': the library reads .csv, .txt, .dat, .pgm, .pnm and .pfm");
    });
}

Kernel kernel_from_file(const std::string &path, const KernelReader &read_image) {
    const bool is_any_netpbm = has_suffix(path, ".pnm");  // bitmaps and colours too
    if (is_any_netpbm || has_suffix(path, ".pgm") || has_suffix(path, ".pfm")) {
        const std::string bytes = read_whole(path);
        const std::string magic = bytes.substr(0, 2);
        if (magic == "P2" || magic == "P5" || magic == "Pf")
            return NetpbmReader(path, bytes).read();
        if (!is_any_netpbm)
            throw Error(SEPFLOW_E_PARAM,
                        "kernel file '" + path + "' is not a grey PGM or PFM image");
    }
    if (is_text_matrix_name(path)) return parse_text_matrix(path, read_whole(path));
    return read_image(path);
}

}  // namespace sepflow
