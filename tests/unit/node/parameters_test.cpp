// The parameters of a node of ours, apart from any node.
#include "plugins/kit/parameters.h"

#include <clocale>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "plugins/kit/descriptors.h"
#include "runtime/base/error.h"

using sepflow::Error;
using sepflow::Parameters;

namespace {

const std::vector<sepflow_param_desc> &descs() {
    static const std::vector<const char *> choices = {"low", "high"};
    static const std::vector<sepflow_param_desc> descs = {
        sepflow::number_param({"gain", "Gain", "", nullptr}, 1, 1e-7, 12.5),
        sepflow::integer_param({"count", "Count", "", nullptr}, 2, -3, 4096),
        sepflow::choice_param({"edge", "Edge", "", nullptr}, "high", choices)};
    return descs;
}

Parameters parameters() {
    return Parameters(descs().data(), static_cast<uint32_t>(descs().size()));
}

// Returns the refusal of a number that is out of range.
std::string refusal(uint32_t index, sepflow_value_type type) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = type;
    value.f = 1e9;
    value.i = 1000000000;
    try {
        parameters().set(index, value);
    } catch (const Error &e) {
        CHECK(e.code() == SEPFLOW_E_PARAM);
        CHECK(e.param_index() == static_cast<int32_t>(index));
        return e.what();
    }
    return "it is taken";
}

template <typename Look>
void check_our_bug(Look look, const std::string &id) {
    try {
        look();
        FAIL("found");
    } catch (const Error &e) {
        CHECK(e.code() == SEPFLOW_E_INTERNAL);
        CHECK(std::string(e.what()).find(id) != std::string::npos);
    }
}

// Makes and sets a locale whose decimal point is a comma. Returns false if the system cannot.
bool set_comma_locale() {
    namespace fs = std::filesystem;
    std::string folder = (fs::temp_directory_path() / "sepflow-locale-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) return false;
    std::ofstream(folder + "/source") << "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \".\"\n"
                                         "grouping 3;3\nEND LC_NUMERIC\n";
    const std::string command = "localedef -c -i " + folder + "/source -f ANSI_X3.4-1968 " +
                                folder + "/comma >/dev/null 2>&1";
    // It warns of the categories that the source lacks, and returns 1 for that.
    (void)!std::system(command.c_str());
    setenv("LOCPATH", folder.c_str(), 1);
    const bool is_set = std::setlocale(LC_NUMERIC, "comma") != nullptr;
    unsetenv("LOCPATH");
    fs::remove_all(folder);
    return is_set && std::to_string(0.5).find(',') != std::string::npos;
}

}  // namespace

TEST_CASE("limits are said in the fewest digits that are exact") {
    CHECK(refusal(0, SEPFLOW_VALUE_FLOAT) == "gain must lie in 1e-07 .. 12.5");
    CHECK(refusal(1, SEPFLOW_VALUE_INT) == "count must lie in -3 .. 4096");
}

TEST_CASE("limits are said alike where numbers have decimal commas") {
    if (!set_comma_locale()) {
        MESSAGE("SKIPPED: localedef, or its character maps (package locales), are not here");
        return;
    }
    CHECK(refusal(0, SEPFLOW_VALUE_FLOAT) == "gain must lie in 1e-07 .. 12.5");
    CHECK(refusal(1, SEPFLOW_VALUE_INT) == "count must lie in -3 .. 4096");
    std::setlocale(LC_NUMERIC, "C");
}

TEST_CASE("a node that looks for a parameter it does not have is our bug, and says so") {
    const Parameters p = parameters();
    CHECK(p.number("gain") == 1);
    CHECK(p.integer("count") == 2);
    CHECK(p.choice("edge") == 1);
    check_our_bug([&] { p.number("gains"); }, "gains");
    check_our_bug([&] { p.choice("border"); }, "border");
    check_our_bug([&] { p.text(""); }, "");
    // A parameter without choices.
    check_our_bug([&] { p.choice("gain"); }, "gain");
}
