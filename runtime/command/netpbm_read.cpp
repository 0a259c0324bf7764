#include <cctype>
#include <cstdint>
#include <fstream>
#include <limits>
#include <vector>

#include "runtime/command/netpbm.h"

namespace sepflow::command {

namespace {

constexpr int kEnd = std::char_traits<char>::eof();
constexpr uint32_t kNone = UINT32_MAX;

// The file's bytes, and numbers in ASCII between white space and comments, which go from '#' to the end of the line.
class Text {
  public:
    explicit Text(const std::string &path) : file_(path, std::ios::binary) {}

    int byte() {
        const int next = file_.rdbuf()->sbumpc();
        if (next == kEnd) has_ended_ = true;
        return next;
    }

    // The next byte that is neither white space nor in a comment.
    int character() {
        int next;
        do {
            next = byte();
            if (next == '#') next = end_of_line();
        } while (std::isspace(next));
        return next;
    }

    // kNone where what comes next is no number up to `largest`. Takes one white space behind it, or a comment and its line's end.
    uint32_t number(uint32_t largest) {
        int next = character();
        if (!std::isdigit(next)) return kNone;
        uint64_t number = 0;
        for (; std::isdigit(next); next = file_.rdbuf()->sbumpc()) {
            number = number * 10 + static_cast<uint64_t>(next - '0');
            if (number > largest) return kNone;
        }
        if (next == '#') next = end_of_line();
        const bool is_whole = next == kEnd || std::isspace(next);
        return is_whole ? static_cast<uint32_t>(number) : kNone;
    }

    // Whether something was asked for behind the end.
    bool has_ended() const { return has_ended_; }
    bool has_comments() const { return has_comments_; }

  private:
    int end_of_line() {
        has_comments_ = true;
        int next;
        do {
            next = byte();
        } while (next != '\n' && next != '\r' && next != kEnd);
        return next;
    }

    std::ifstream file_;
    bool has_ended_ = false, has_comments_ = false;
};

// "P1" and "P4" are bits, "P2" and "P5" grey, "P3" and "P6" colours, the first of each in ASCII.
struct Header {
    int kind = 0;
    uint32_t width = 0, height = 0, maximum = 0;

    bool holds_bits() const { return kind == '1' || kind == '4'; }
    bool is_ascii() const { return kind < '4'; }
    int channels() const { return kind == '3' || kind == '6' ? 3 : 1; }
    bool is_sound() const {
        const auto fits = [](int64_t side) { return side > 0 && side < VIPS_MAX_COORD; };
        return fits(width) && fits(height) && maximum > 0 && maximum != kNone;
    }
};

Header read_header(Text &text) {
    Header header;
    text.byte();  // the P
    header.kind = text.byte();
    header.width = text.number(VIPS_MAX_COORD);
    header.height = text.number(VIPS_MAX_COORD);
    header.maximum = header.holds_bits() ? 1 : text.number(UINT16_MAX);
    return header;
}

// Samples in their order, rows from the top; a bit that is set is black. kNone where there is none.
class Samples {
  public:
    Samples(Text &text, const Header &header) : text_(text), header_(header) {}

    uint32_t next() {
        if (header_.kind == '1') return of_bit(text_.character() - '0');
        if (header_.kind == '4') return of_bit(packed_bit());
        return header_.is_ascii() ? text_.number(header_.maximum) : binary();
    }

  private:
    static uint32_t of_bit(int bit) { return bit == 0 ? 1 : bit == 1 ? 0 : kNone; }

    // One byte, or two where the maximum needs them, the high one first.
    uint32_t binary() {
        int sample = text_.byte();
        if (sample != kEnd && header_.maximum > 255) {
            const int low = text_.byte();
            sample = low == kEnd ? kEnd : sample << 8 | low;
        }
        const bool is_sound = sample != kEnd && static_cast<uint32_t>(sample) <= header_.maximum;
        return is_sound ? static_cast<uint32_t>(sample) : kNone;
    }

    // The leftmost of eight is the byte's highest, and a row begins with a byte.
    int packed_bit() {
        if (column_ % 8 == 0) byte_ = text_.byte();
        const int bit = byte_ == kEnd ? kEnd : byte_ >> (7 - column_ % 8) & 1;
        column_ = (column_ + 1) % header_.width;
        return bit;
    }

    Text &text_;
    const Header &header_;
    uint32_t column_ = 0;
    int byte_ = 0;
};

template <typename Sample>
ImagePointer read_samples(Text &text, const Header &header, const std::string &path) {
    const uint64_t count = uint64_t{header.width} * header.height * header.channels();
    constexpr uint32_t white = std::numeric_limits<Sample>::max();
    Samples samples(text, header);
    std::vector<Sample> read;  // grows as far as the file really goes, whatever its header says
    while (read.size() < count) {
        const uint32_t sample = samples.next();
        if (sample == kNone) {
            const std::string which = "sample " + std::to_string(read.size() + 1);
            throw Error(SEPFLOW_E_IO,
                        "cannot read " + path + ": " +
                            (text.has_ended() ? std::string("it ends too early")
                                              : which + " is no number up to the maximum"));
        }
        read.push_back(static_cast<Sample>((sample * white + header.maximum / 2) / header.maximum));
    }
    const VipsBandFormat format = sizeof(Sample) == 1 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT;
    ImagePointer image =
        image_of(read.data(), format, header.width, header.height, header.channels(), path);
    image->Type = vips_image_guess_interpretation(image.get());
    return image;
}

}  // namespace

NetpbmKind netpbm_kind(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    char magic[2] = {};
    file.read(magic, sizeof magic);
    if (magic[0] != 'P') return NetpbmKind::kOther;
    if (magic[1] == 'f' || magic[1] == 'F') return NetpbmKind::kFloats;
    if (magic[1] >= '1' && magic[1] <= '4') return NetpbmKind::kIntegers;
    if (magic[1] != '5' && magic[1] != '6') return NetpbmKind::kOther;
    Text text(path);
    const Header header = read_header(text);
    const bool is_full = header.maximum == UINT8_MAX || header.maximum == UINT16_MAX;
    const bool is_plain = is_full && header.is_sound() && !text.has_comments();
    return is_plain ? NetpbmKind::kOther : NetpbmKind::kIntegers;
}

ImagePointer read_integers(const std::string &path) {
    Text text(path);
    const Header header = read_header(text);
    if (!header.is_sound()) {
        throw Error(SEPFLOW_E_IO,
                    "cannot read " + path + ": its header is not that of a Netpbm image");
    }
    return header.maximum < 256 ? read_samples<uint8_t>(text, header, path)
                                : read_samples<uint16_t>(text, header, path);
}

}  // namespace sepflow::command
