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

}  // namespace command_test
