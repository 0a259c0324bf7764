// Kernels from files: matrices in text, PGM and PFM images; other images by the caller's reader.
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
#include "runtime/kernel/number_rows.h"

namespace sepflow {

namespace {

constexpr size_t kMaxFileBytes = 256 << 20;

// A file that is opened once, since it may be a pipe: its start, and the rest when it is asked for.
class File {
  public:
    explicit File(const std::string &path) : path_(path) {
        errno = 0;
        file_.open(path, std::ios::binary);
        if (!file_ && errno == ENOMEM) throw std::bad_alloc();
        if (!file_) fail(errno != 0 ? std::strerror(errno) : "it cannot be opened");
        read(kStartBytes);
    }

    const std::string &start() const { return bytes_; }
    const std::string &whole() {
        read(kMaxFileBytes + 1);
        if (bytes_.size() > kMaxFileBytes) fail("it is too large for a kernel");
        return bytes_;
    }

  private:
    static constexpr size_t kStartBytes = 4096;

    [[noreturn]] void fail(const std::string &why) const {
        throw Error(SEPFLOW_E_IO, "cannot read kernel file '" + path_ + "': " + why);
    }

    void read(size_t size) {
        char block[1 << 16];
        while (bytes_.size() < size) {
            const size_t wanted = std::min(sizeof block, size - bytes_.size());
            file_.read(block, static_cast<std::streamsize>(wanted));
            if (file_.bad()) fail("the read failed; is it a directory?");
            if (file_.gcount() == 0) return;
            bytes_.append(block, static_cast<size_t>(file_.gcount()));
        }
    }

    const std::string path_;
    std::ifstream file_;
    std::string bytes_;
};

// Runs `read`, whose errors do not name the file.
template <typename Read>
Kernel named_in_errors(const std::string &path, const Read &read) {
    try {
        return read();
    } catch (const Error &e) {
        throw Error(e.code(), "kernel file '" + path + "': " + e.what());
    }
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view without_space_and_comments(std::string_view text) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
        if (text.empty() || text[0] != '#') return text;
        text.remove_prefix(std::min(text.find_first_of("\r\n"), text.size()));
    }
}

// By the first characters: no format of images that we know begins like this.
bool begins_as_matrix(std::string_view text) {
    const std::string_view mark = text.substr(0, 2);
    if (mark == "\xFF\xFE" || mark == "\xFE\xFF") return true;  // UTF-16, which is refused by name
    if (mark == "#?" || text.find('\0') != text.npos) return false;  // "#?RADIANCE"
    text = without_space_and_comments(text);
    return text.empty() || is_digit(text[0]) || std::strchr("+-.[\"", text[0]) != nullptr;
}

// "3x3 1 2 1 ...", or "3x3: 1,2,1 ..." as ImageMagick has it.
bool begins_with_size(std::string_view text) {
    text = without_space_and_comments(text);
    const size_t x = std::min(text.find_first_not_of("0123456789"), text.size());
    return x > 0 && x + 1 < text.size() && (text[x] == 'x' || text[x] == 'X') &&
           is_digit(text[x + 1]);
}

Kernel sized_matrix(std::string_view text) {
    try {
        return kernel_from_text(without_space_and_comments(text));
    } catch (const Error &) {  // which quotes the text
        throw Error(SEPFLOW_E_PARAM,
                    "it begins with a size; what follows must be as many numbers, as in kernel "
                    "text");
    }
}

// Returns whether the first row may be "width height [scale [offset]]", and the others are so many.
bool has_libvips_header(const NumberRows &given) {
    const NumberRows::Row &header = given.rows[0];
    if (given.is_in_brackets || header.count < 2 || header.count > 4) return false;
    const double width = given.numbers[0], height = given.numbers[1];
    if (height < 1 || height != static_cast<double>(given.rows.size() - 1)) return false;
    return std::all_of(given.rows.begin() + 1, given.rows.end(), [&](const NumberRows::Row &row) {
        return static_cast<double>(row.count) == width;
    });
}

Kernel without_libvips_header(const NumberRows &given) {
    const size_t header = given.rows[0].count, columns = given.rows[1].count;
    const double scale = header > 2 ? given.numbers[2] : 1,
                 offset = header > 3 ? given.numbers[3] : 0;
    if (scale == 0) throw Error(SEPFLOW_E_PARAM, "its scale is 0");
    if (offset != 0)
        throw Error(SEPFLOW_E_PARAM,
                    "its offset is not 0, and kernels have none; write 0 and use delta");
    std::vector<double> taps(given.numbers.begin() + static_cast<std::ptrdiff_t>(header),
                             given.numbers.end());
    for (double &tap : taps) tap /= scale;
    return kernel_from_matrix(taps.data(), given.rows.size() - 1, columns,
                              static_cast<std::ptrdiff_t>(columns));
}

// Returns whether two columns, of which the first is 0, may be one of decimal commas: 0,25.
bool may_have_decimal_commas(const NumberRows &given, size_t columns) {
    if (!given.has_bare_commas || columns != 2) return false;
    for (size_t i = 0; i < given.numbers.size(); i += 2) {
        if (given.numbers[i] != 0) return false;
    }
    return true;
}

Kernel parse_text_matrix(const std::string &text, bool is_of_libvips) {
    if (begins_with_size(text)) return sized_matrix(text);
    const NumberRows given = number_rows(text, kMaxKernelTaps + 4);  // with libvips's header
    const bool fits = has_libvips_header(given);
    if (is_of_libvips && !fits)
        throw Error(SEPFLOW_E_PARAM,
                    "its first line must be 'width height [scale [offset]]', as libvips writes it, "
                    "and fit the rows; name the file .txt if it holds only rows");
    const bool is_row = given.rows[0].count == given.rows.back().count;
    if (fits && !is_of_libvips && is_row && given.has_blanks)
        throw Error(SEPFLOW_E_PARAM,
                    "its first line may be a row or libvips's 'width height [scale [offset]]'; "
                    "name the file .mat for the latter, or separate the numbers by commas");
    if (fits && (is_of_libvips || !is_row)) return without_libvips_header(given);
    const size_t columns = equal_length(given);
    if (may_have_decimal_commas(given, columns))
        throw Error(SEPFLOW_E_PARAM,
                    "its commas may be decimal commas; write decimal points, or a blank behind "
                    "each comma that separates");
    return kernel_from_matrix(given.numbers.data(), given.rows.size(), columns,
                              static_cast<std::ptrdiff_t>(columns));
}

// Netpbm's grey images: P2 and P5 (PGM, up to 16 bits, big-endian) and Pf (PFM, rows from the bottom up).
class NetpbmReader {
  public:
    explicit NetpbmReader(const std::string &bytes) : bytes_(bytes) {}

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
        return kernel_from_matrix(taps.data(), rows, columns, static_cast<std::ptrdiff_t>(columns));
    }

  private:
    [[noreturn]] static void fail(const char *why) { throw Error(SEPFLOW_E_PARAM, why); }

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
            fail("a size in its header is not a whole number in 1 .. 1000000");
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

    const std::string &bytes_;
    size_t at_ = 0;
};

bool has_suffix(const std::string &path, std::string_view suffix) {
    if (path.size() < suffix.size()) return false;
    return std::equal(suffix.rbegin(), suffix.rend(), path.rbegin(), [](char wanted, char c) {
        return wanted == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    });
}

// Names that text goes by, whatever it begins with.
bool is_text_name(const std::string &path) {
    const size_t dot = path.find_last_of("./");
    if (dot == std::string::npos || path[dot] == '/') return true;
    for (const char *suffix : {".csv", ".txt", ".dat", ".mat", ".con"}) {
        if (has_suffix(path, suffix)) return true;
    }
    return false;
}

bool is_netpbm(std::string_view start) {
    const std::string_view magic = start.substr(0, 2);
    return magic == "P2" || magic == "P5" || magic == "Pf";
}

}  // namespace

Kernel kernel_from_file(const std::string &path) {
    return kernel_from_file(path, [&](const std::string &) -> Kernel {
        throw Error(SEPFLOW_E_UNSUPPORTED,
                    "kernel file '" + path +
                        "': the library reads matrices in text, and grey PGM and PFM images");
    });
}

// What the file holds decides; its name only where that begins like nothing known.
Kernel kernel_from_file(const std::string &path, const KernelReader &read_image) {
    File file(path);
    if (is_netpbm(file.start()))
        return named_in_errors(path, [&] { return NetpbmReader(file.whole()).read(); });
    if (has_suffix(path, ".pgm") || has_suffix(path, ".pfm"))
        throw Error(SEPFLOW_E_PARAM, "kernel file '" + path + "' is not a grey PGM or PFM image");
    if (begins_as_matrix(file.start()) || is_text_name(path)) {
        const bool is_of_libvips = has_suffix(path, ".mat") || has_suffix(path, ".con");
        return named_in_errors(path,
                               [&] { return parse_text_matrix(file.whole(), is_of_libvips); });
    }
    return read_image(path);
}

}  // namespace sepflow
