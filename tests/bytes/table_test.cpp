// The bytes of every case, as hashes that are kept in the tree: the same on every instruction set,
// processor, compiler and day. A change that means to change bytes writes the table anew and shows
// in its diff what else it changed:
//
//     build/release/tests/sepflow_bytes_tests -ns -tc="write*"
#include <algorithm>
#include <cstdio>
#include <doctest/doctest.h>
#include <fstream>
#include <string>

#include "tests/bytes/scene.h"

using namespace bytes;

namespace {

// Hash of the pixels' bytes, row by row (FNV-1a, after Fowler, Noll and Vo).
class Hash {
  public:
    void add(const sepflow_image &image) {
        const int64_t size = (image.type & 0xff) / 8;
        for (int64_t y = 0; y < image.bounds.h; ++y) {
            for (int64_t x = 0; x < image.bounds.w; ++x) {
                for (int32_t c = 0; c < image.channels; ++c) {
                    const auto *byte = static_cast<const unsigned char *>(image.data) +
                                       y * image.stride_y + x * image.stride_x + c * image.stride_c;
                    for (int64_t i = 0; i < size; ++i) value_ = (value_ ^ byte[i]) * 0x100000001b3;
                }
            }
        }
    }
    std::string text() const {
        char digits[17];
        std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value_));
        return digits;
    }

  private:
    uint64_t value_ = 0xcbf29ce484222325;
};

// "HASH  NAME: how it was computed", for each case on one instruction set.
std::vector<std::string> lines(const char *variant) {
    std::vector<std::string> result;
    for (const Case &c : all_cases()) {
        const Scene scene(c, variant);
        const std::vector<oracle::Pixels> outs = scene.blank();
        REQUIRE(scene.compute(outs, scene.domain(), 1) == SEPFLOW_OK);
        Hash hash;
        for (const oracle::Pixels &out : outs) hash.add(out.image());
        result.push_back(hash.text() + "  " + c.name + ": " + scene.how());
    }
    return result;
}

}  // namespace

TEST_CASE("every case comes out as the bytes that the table holds, on every instruction set") {
    std::ifstream file(SEPFLOW_HASHES);
    std::vector<std::string> table;
    for (std::string text; std::getline(file, text);) table.push_back(text);
    for (const char *variant : oracle::variants()) {
        const std::vector<std::string> got = lines(variant);
        CHECK(got.size() == table.size());
        int wrong = 0;
        for (size_t i = 0; i < std::min(got.size(), table.size()); ++i) {
            if (got[i] == table[i]) continue;
            if (++wrong <= 20)
                MESSAGE(std::string(variant), " gives ", got[i], "\n  the table: ", table[i]);
        }
        CHECK_MESSAGE(wrong == 0, std::string(variant), ": ", wrong, " of ", table.size(),
                      " lines differ");
    }
}

TEST_CASE("write the table" * doctest::skip()) {
    std::ofstream file(SEPFLOW_HASHES);
    for (const std::string &text : lines(nullptr)) file << text << "\n";
}
