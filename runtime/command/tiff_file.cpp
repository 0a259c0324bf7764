#include "runtime/command/tiff_file.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "runtime/command/tiff_structure.h"

namespace sepflow::command {

namespace {

enum Tag : uint16_t {
    kXResolution = 282,
    kYResolution = 283,
    kResolutionUnit = 296,
    kExtraSamples = 338
};

std::string read_at(const OutputFile &file, uint64_t place, uint64_t count) {
    std::string bytes(count, '\0');
    if (file.seek(static_cast<int64_t>(place), SEEK_SET) < 0) return "";
    uint64_t found = 0;
    while (found < count) {
        const int64_t some = file.read(&bytes[found], static_cast<int64_t>(count - found));
        if (some <= 0) break;
        found += static_cast<uint64_t>(some);
    }
    bytes.resize(found);
    return bytes;
}

void write_at(const OutputFile &file, uint64_t place, const std::string &bytes) {
    file.seek(static_cast<int64_t>(place), SEEK_SET);
    file.write(bytes);
}

bool is_resolution(uint16_t tag) {
    return tag == kXResolution || tag == kYResolution || tag == kResolutionUnit;
}

// Moves the other entries to the front of the directory's table.
void remove_resolution(const OutputFile &file, const TiffStructure &tiff) {
    const uint64_t directory = tiff.first_directory();
    std::string table;
    uint64_t kept = 0;
    const auto entries = tiff.entries(directory);
    for (const TiffEntry &entry : entries) {
        if (is_resolution(entry.tag)) continue;
        table += read_at(file, entry.place, tiff.entry_bytes());
        ++kept;
    }
    const uint64_t old_bytes = entries.size() * tiff.entry_bytes();
    table += read_at(file, directory + tiff.count_bytes() + old_bytes, tiff.place_bytes());
    table.resize(std::max<size_t>(table.size(), old_bytes + tiff.place_bytes()), '\0');
    write_at(file, directory, tiff.encoded(kept, tiff.count_bytes()) + table);
}

// Returns a ratio of two 32-bit numbers.
std::string rational(const TiffStructure &tiff, double value) {
    const double below = value == std::floor(value) || value > 4000 ? 1 : 1000000;
    return tiff.encoded(static_cast<uint64_t>(std::llround(value * below)), 4) +
           tiff.encoded(static_cast<uint64_t>(below), 4);
}

}  // namespace

void correct_tags(const OutputFile &file, const std::vector<int> &extra_samples,
                  const Resolution &resolution) {
    const TiffStructure tiff(
        [&](uint64_t place, uint64_t count) { return read_at(file, place, count); });
    for (const TiffEntry &entry : tiff.entries(tiff.first_directory())) {
        if (entry.tag == kExtraSamples && entry.count == extra_samples.size()) {
            std::string values;
            for (const int sample : extra_samples)
                values += tiff.encoded(static_cast<uint64_t>(sample), 2);
            write_at(file, entry.values, values);
        }
        if (resolution.unit != kRatio) continue;
        constexpr uint64_t kNoUnit = 1;
        if (entry.tag == kXResolution) write_at(file, entry.values, rational(tiff, resolution.x));
        if (entry.tag == kYResolution) write_at(file, entry.values, rational(tiff, resolution.y));
        if (entry.tag == kResolutionUnit) write_at(file, entry.values, tiff.encoded(kNoUnit, 2));
    }
    if (resolution.unit == kUnknown) remove_resolution(file, tiff);
}

}  // namespace sepflow::command
