// Netpbm's images, sample by sample: P1 to P6 (pbm, pgm and ppm of Netpbm's manual) and PFM (Pf,
// PF), read from a stream no further than asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <streambuf>
#include <string>

namespace sepflow {

struct NetpbmHeader {
    char kind = 0;  // '1' to '6', 'f' or 'F': what stands behind the P
    uint32_t width = 0, height = 0;
    uint32_t maximum = 0;           // of samples that are integers; of bits 1
    bool is_little_endian = false;  // floats

    bool holds_bits() const { return kind == '1' || kind == '4'; }
    bool holds_floats() const { return kind == 'f' || kind == 'F'; }
    bool is_ascii() const { return kind >= '1' && kind <= '3'; }
    int channels() const { return kind == '3' || kind == '6' || kind == 'F' ? 3 : 1; }
    bool is_sound() const;
};

class NetpbmReader {
  public:
    // Where a number is missing or damaged.
    static constexpr uint32_t kNone = UINT32_MAX;

    // Reads the header. Comments go from '#' to the end of the line.
    explicit NetpbmReader(std::streambuf &bytes);

    const NetpbmHeader &header() const { return header_; }
    // Returns the next integer, rows from the top, a bit that is set as 0 (black); or kNone.
    uint32_t sample();
    // Reads floats, rows from the bottom. Returns how many there were.
    size_t floats(float *samples, size_t count);
    // Whether something was asked for behind the end.
    bool has_ended() const { return has_ended_; }
    bool has_comments() const { return has_comments_; }

  private:
    static constexpr int kEnd = std::char_traits<char>::eof();

    int byte();
    int character();
    int end_of_line();
    std::string word();
    uint32_t number(uint32_t largest);
    uint32_t binary();
    int packed_bit();

    std::streambuf &bytes_;
    NetpbmHeader header_;
    uint32_t column_ = 0;
    int packed_ = 0;
    bool has_ended_ = false, has_comments_ = false;
};

}  // namespace sepflow
