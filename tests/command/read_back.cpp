#include "tests/command/read_back.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace command_test {

void succeed(const Folder &folder, const std::vector<std::string> &arguments) {
    const Outcome outcome = folder.run(arguments);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
}

std::string pixels_of(const Folder &folder, const std::string &image) {
    succeed(folder, {"filter", image, "pixels.csv", "-q", "-k", "identity"});
    return folder.read("pixels.csv");
}

std::string type_of(const Folder &folder, const std::string &image) {
    succeed(folder, {"filter", image, "type.tif", "-q", "-k", "identity", "--report", "type.json"});
    return nlohmann::json::parse(folder.read("type.json"))["input"]["type"];
}

uint32_t number_at(const std::string &file, size_t at, int bytes) {
    uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; --i)
        value = value << 8 | static_cast<unsigned char>(file.at(at + i));
    return value;
}

std::vector<uint32_t> tiff_values(const std::string &file, uint32_t tag) {
    const size_t directory = number_at(file, 4, 4);
    const uint32_t fields = number_at(file, directory, 2);
    std::vector<uint32_t> values;
    for (uint32_t i = 0; i < fields; ++i) {
        const size_t entry = directory + 2 + 12 * i;
        if (number_at(file, entry, 2) != tag) continue;
        const int bytes = number_at(file, entry + 2, 2) == 3 ? 2 : 4;
        const uint32_t count = number_at(file, entry + 4, 4);
        const bool is_within = count * static_cast<uint32_t>(bytes) <= 4;
        const size_t first = is_within ? entry + 8 : number_at(file, entry + 8, 4);
        for (uint32_t j = 0; j < count; ++j)
            values.push_back(number_at(file, first + j * static_cast<uint32_t>(bytes), bytes));
    }
    return values;
}

uint32_t tiff_tag(const std::string &file, uint32_t tag) {
    const std::vector<uint32_t> values = tiff_values(file, tag);
    return values.empty() ? 0 : values.front();
}

}  // namespace command_test
