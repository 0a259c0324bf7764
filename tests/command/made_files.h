// Image files with whatever metadata a test wants, byte by byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace command_test {

std::string little_endian(uint64_t value, int bytes);
std::string big_endian(uint64_t value, int bytes);

// A field of a TIFF or Exif directory; the value is stored as it is, little-endian.
struct Field {
    uint16_t tag, type;
    uint32_t count;
    std::string value;
};
Field short_field(uint16_t tag, const std::vector<int> &values);
Field text_field(uint16_t tag, const std::string &text);
Field bytes_field(uint16_t tag, const std::string &bytes);

// A TIFF structure of directories, one after the other.
std::string directories(const std::vector<std::vector<Field>> &all);

// Makes a TIFF file of pages of 3 x 2 pixels with `channels` bytes each. `samples` are one page's,
// `fields` the first page's.
std::string tiff_file(int pages, int channels, const std::string &samples,
                      const std::vector<Field> &fields);

// `jpeg` with segments behind its start, and bytes behind its end.
std::string jpeg_with(const std::string &jpeg, const std::string &segments,
                      const std::string &behind = "");
std::string jpeg_segment(unsigned char marker, const std::string &data);

}  // namespace command_test
