// The directories of a TIFF structure: of TIFF and BigTIFF files, and of Exif data.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sepflow::command {

struct TiffEntry {
    uint16_t tag, type;
    uint64_t count;
    uint64_t place;   // where the entry begins
    uint64_t values;  // where its values begin, within the entry if they fit
    uint64_t bytes;   // of all values
};

class TiffStructure {
  public:
    // Returns `count` bytes from `place` on, or fewer at the end. Places come from untrusted files.
    using Read = std::function<std::string(uint64_t place, uint64_t count)>;
    explicit TiffStructure(Read read);

    bool is_sound() const { return is_sound_; }
    bool is_big_endian() const { return is_big_endian_; }
    uint64_t first_directory() const { return first_; }

    // Returns the entries up to the end of the data; none if there is no directory.
    std::vector<TiffEntry> entries(uint64_t directory) const;
    // Returns the values as stored; nothing if they end too early or are longer than 16 MiB.
    std::string values(const TiffEntry &entry) const;
    // Returns the first value of an entry of integers.
    std::optional<uint64_t> number(const TiffEntry &entry) const;

    // The lengths of a directory's count, of one of its entries, and of a place.
    uint64_t count_bytes() const { return is_big_ ? 8 : 2; }
    uint64_t entry_bytes() const { return is_big_ ? 20 : 12; }
    uint64_t place_bytes() const { return is_big_ ? 8 : 4; }
    uint64_t decoded(const std::string &bytes) const;
    std::string encoded(uint64_t value, uint64_t bytes) const;

  private:
    std::optional<uint64_t> number_at(uint64_t place, uint64_t bytes) const;

    Read read_;
    bool is_sound_ = false, is_big_endian_ = false, is_big_ = false;
    uint64_t first_ = 0;
};

// Returns the bytes of one value of a type, 0 where the type is unknown.
uint64_t tiff_value_bytes(uint16_t type);

}  // namespace sepflow::command
