#include "tests/command/made_files.h"

#include <algorithm>

namespace command_test {

std::string little_endian(uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
    return text;
}

std::string big_endian(uint64_t value, int bytes) {
    std::string text = little_endian(value, bytes);
    std::reverse(text.begin(), text.end());
    return text;
}

Field short_field(uint16_t tag, const std::vector<int> &values) {
    std::string bytes;
    for (const int value : values) bytes += little_endian(static_cast<uint64_t>(value), 2);
    return {tag, 3, static_cast<uint32_t>(values.size()), bytes};
}

Field text_field(uint16_t tag, const std::string &text) {
    return {tag, 2, static_cast<uint32_t>(text.size() + 1), text + '\0'};
}

Field bytes_field(uint16_t tag, const std::string &bytes) {
    return {tag, 7, static_cast<uint32_t>(bytes.size()), bytes};
}

std::string directories(const std::vector<std::vector<Field>> &all) {
    std::string file = "II*" + std::string(1, '\0') + little_endian(8, 4);
    for (size_t i = 0; i < all.size(); ++i) {
        std::vector<Field> fields = all[i];
        std::sort(fields.begin(), fields.end(),
                  [](const Field &a, const Field &b) { return a.tag < b.tag; });
        const size_t values_at = file.size() + 2 + 12 * fields.size() + 4;
        std::string table = little_endian(fields.size(), 2), values;
        for (const Field &field : fields) {
            table += little_endian(field.tag, 2) + little_endian(field.type, 2) +
                     little_endian(field.count, 4);
            if (field.value.size() <= 4) {
                table += field.value + std::string(4 - field.value.size(), '\0');
            } else {
                table += little_endian(values_at + values.size(), 4);
                values += field.value + std::string(field.value.size() % 2, '\0');
            }
        }
        const size_t next = i + 1 < all.size() ? values_at + values.size() : 0;
        file += table + little_endian(next, 4) + values;
    }
    return file;
}

std::string tiff_file(int pages, int channels, const std::string &samples,
                      const std::vector<Field> &fields) {
    constexpr uint16_t kLong = 4;
    const auto size = static_cast<uint32_t>(samples.size());
    const auto page_of = [&](uint32_t place, const std::vector<Field> &more) {
        std::vector<Field> page = {
            short_field(256, {3}),
            short_field(257, {2}),
            short_field(258, std::vector<int>(static_cast<size_t>(channels), 8)),
            short_field(259, {1}),
            Field{273, kLong, 1, little_endian(place, 4)},
            short_field(277, {channels}),
            short_field(278, {2}),
            Field{279, kLong, 1, little_endian(size, 4)}};
        page.insert(page.end(), more.begin(), more.end());
        const bool is_named = std::any_of(more.begin(), more.end(),
                                          [](const Field &field) { return field.tag == 262; });
        if (!is_named) page.push_back(short_field(262, {channels < 3 ? 1 : 2}));
        return page;
    };
    const auto file_with = [&](uint32_t place) {
        std::vector<std::vector<Field>> all = {page_of(place, fields)};
        while (static_cast<int>(all.size()) < pages) all.push_back(page_of(place, {}));
        return directories(all);
    };
    return file_with(static_cast<uint32_t>(file_with(0).size())) + samples;
}

std::string jpeg_segment(unsigned char marker, const std::string &data) {
    return std::string("\xFF") + static_cast<char>(marker) + big_endian(data.size() + 2, 2) + data;
}

std::string jpeg_with(const std::string &jpeg, const std::string &segments,
                      const std::string &behind) {
    return jpeg.substr(0, 2) + segments + jpeg.substr(2) + behind;
}

}  // namespace command_test
