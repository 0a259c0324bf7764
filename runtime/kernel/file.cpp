// Kernels from files: matrices in text, PGM and PFM images; other images by the caller's reader.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>
#include <sstream>
#include <string>

#include "runtime/base/error.h"
#include "runtime/kernel/kernel.h"
#include "runtime/kernel/netpbm.h"
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

// Returns whether the first characters are those of a matrix. No known image format begins like
// this.
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
                    "it begins with a size; rows * columns numbers must follow, as in kernel text");
    }
}

// Returns whether the first row may be "width height [scale [offset]]", and the other rows match
// it.
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
                    "its commas may be decimal commas; write decimal points, or a blank after each "
                    "comma that separates");
    return kernel_from_matrix(given.numbers.data(), given.rows.size(), columns,
                              static_cast<std::ptrdiff_t>(columns));
}

// The brightness of an aperture's picture means nothing: its pixels are weights.
void read_weights(NetpbmReader &image, std::vector<double> &taps) {
    double sum = 0;
    for (double &tap : taps) {
        const uint32_t pixel = image.sample();
        if (pixel == NetpbmReader::kNone)
            throw Error(SEPFLOW_E_PARAM, image.has_ended()
                                             ? "it is cut short"
                                             : "a pixel is not a whole number up to the maximum");
        sum += tap = pixel;
    }
    if (sum == 0) throw Error(SEPFLOW_E_PARAM, "it is black");
    for (double &tap : taps) tap /= sum;
}

// The file begins with the bottom row.
void read_floats(NetpbmReader &image, size_t columns, std::vector<double> &taps) {
    std::vector<float> row(columns);
    for (size_t end = taps.size(); end > 0; end -= columns) {
        if (image.floats(row.data(), columns) < columns)
            throw Error(SEPFLOW_E_PARAM, "it is cut short");
        std::copy(row.begin(), row.end(), &taps[end - columns]);
    }
}

// A grey image: P2, P5 or Pf.
Kernel parse_netpbm(const std::string &bytes) {
    std::stringbuf buffer(bytes, std::ios::in);
    NetpbmReader image(buffer);
    const NetpbmHeader &header = image.header();
    if (!header.is_sound()) throw Error(SEPFLOW_E_PARAM, "its header is damaged");
    const size_t rows = header.height, columns = header.width;
    if (rows > kMaxKernelLength || columns > kMaxKernelLength || rows * columns > kMaxKernelTaps)
        throw Error(SEPFLOW_E_PARAM, "it is too large for a kernel");
    std::vector<double> taps(rows * columns);
    if (header.holds_floats()) {
        read_floats(image, columns, taps);
    } else {
        read_weights(image, taps);
    }
    return kernel_from_matrix(taps.data(), rows, columns, static_cast<std::ptrdiff_t>(columns));
}

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

// Decides by the content of the file, and by its name if the content is unknown.
Kernel kernel_from_file(const std::string &path, const KernelReader &read_image) {
    File file(path);
    if (is_netpbm(file.start()))
        return named_in_errors(path, [&] { return parse_netpbm(file.whole()); });
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
