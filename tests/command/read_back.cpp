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

uint32_t tiff_tag(const std::string &file, uint32_t tag) {
    const size_t directory = number_at(file, 4, 4);
    const uint32_t count = number_at(file, directory, 2);
    for (uint32_t i = 0; i < count; ++i) {
        const size_t entry = directory + 2 + 12 * i;
        const bool is_short = number_at(file, entry + 2, 2) == 3;
        if (number_at(file, entry, 2) == tag) return number_at(file, entry + 8, is_short ? 2 : 4);
    }
    return 0;
}

}  // namespace command_test
