// Published cases, through the whole of the command: CSV in, CSV out.
#include <charconv>
#include <cmath>
#include <doctest/doctest.h>
#include <sstream>
#include <string>
#include <vector>

#include "tests/command/command.h"

using command_test::Folder;
using command_test::lines;
using command_test::Outcome;

namespace {

// "1 2;3 4" as CSV.
std::string csv(std::string text) {
    for (char &c : text) c = c == ' ' ? ',' : c == ';' ? '\n' : c;
    return text + "\n";
}

std::vector<double> numbers(std::string text) {
    for (char &c : text) c = c == ',' || c == ';' ? ' ' : c;
    std::istringstream stream(text);
    std::vector<double> values;
    for (double value; stream >> value;) values.push_back(value);
    return values;
}

struct Case {
    const char *source;
    std::string image, kernel;
    std::vector<std::string> options;
    std::string expected;
    bool whole = true;  // whole numbers, which must print as such
};

const std::string kMagic = "17 24 1 8 15;23 5 7 14 16;4 6 13 20 22;10 12 19 21 3;11 18 25 2 9";

const std::vector<Case> kCases = {
    {"MATLAB imfilter documentation",
     kMagic,
     "1x3 -1 0 1",
     {"--border", "constant"},
     "24 -16 -16 14 -8;5 -16 9 9 -14;6 9 14 9 -20;12 9 9 -16 -21;18 14 -16 -16 -2"},
    {"MATLAB imfilter documentation, 'conv'",
     kMagic,
     "1x3 -1 0 1",
     {"--border", "constant", "--convolve"},
     "-24 16 16 -14 8;-5 16 -9 -9 14;-6 -9 -14 -9 20;-12 -9 -9 16 21;-18 -14 16 16 2"},
    {"scipy.ndimage extend tests, nearest", "1 2 3", "1x2 1 0", {"--border", "replicate"}, "1 1 2"},
    {"scipy.ndimage extend tests, wrap", "1 2 3", "1x2 1 0", {"--border", "wrap"}, "3 1 2"},
    {"scipy.ndimage extend tests, reflect", "1 2 3", "1x2 1 0", {"--border", "reflect"}, "1 1 2"},
    {"scipy.ndimage extend tests, mirror", "1 2 3", "1x2 1 0", {}, "2 1 2"},
    {"scipy.ndimage extend tests, constant", "1 2 3", "1x2 1 0", {"--border", "constant"}, "0 1 2"},
    {"scipy.ndimage extend tests, kernel beyond the image",
     "1 2 3",
     "1x8 1 0 0 0 0 0 0 0",
     {"--border", "wrap"},
     "3 1 2"},
    {"scipy.ndimage extend tests, kernel beyond the image",
     "1 2 3",
     "1x8 1 0 0 0 0 0 0 0",
     {"--border", "reflect"},
     "3 3 2"},
    {"scipy.ndimage extend tests, 2-D nearest",
     "1 2 3;4 5 6;7 8 9",
     "2x2 1 0 0 0",
     {"--border", "replicate"},
     "1 1 2;1 1 2;4 4 5"},
    {"scipy.ndimage extend tests, 2-D wrap",
     "1 2 3;4 5 6;7 8 9",
     "2x2 1 0 0 0",
     {"--border", "wrap"},
     "9 7 8;3 1 2;6 4 5"},
    {"scipy.ndimage extend tests, 2-D mirror",
     "1 2 3;4 5 6;7 8 9",
     "2x2 1 0 0 0",
     {"--border", "reflect101"},
     "5 4 5;2 1 2;5 4 5"},
    {"scipy.ndimage correlate, reflect",
     "1 2 3;4 5 6",
     "2x2 1 1 1 1",
     {"--border", "reflect"},
     "4 6 10;10 12 16"},
    {"scipy.ndimage convolve, reflect",
     "1 2 3;4 5 6",
     "2x2 1 1 1 1",
     {"--border", "reflect", "--convolve"},
     "12 16 18;18 22 24"},
    {"scipy.ndimage convolve, identity matrix",
     "1 2 3;4 5 6",
     "2x2 1 0 0 1",
     {"--border", "reflect", "--convolve"},
     "6 8 9;9 11 12"},
    {"scipy.ndimage correlate, identity matrix: rank 2",
     "1 2 3;4 5 6",
     "2x2 1 0 0 1",
     {"--border", "reflect"},
     "2 3 5;5 6 8"},
    {"scipy.ndimage mixed borders, prewitt",
     "1 0 0;1 1 0;0 0 0",
     "3x3 -1 0 1 -1 0 1 -1 0 1",
     {"--border", "wrap,reflect"},
     "1 -3 2;1 -2 1;1 -1 0"},
    {"scipy.ndimage mixed borders, sobel",
     "1 0 0;1 1 0;0 0 0",
     "3x3 -1 0 1 -2 0 2 -1 0 1",
     {"--border", "wrap,reflect"},
     "1 -4 3;2 -3 1;1 -1 0"},
    {"scipy.ndimage mixed borders, box",
     "1 0 0;1 1 0;0 0 0",
     "box 5",
     {"--border", "wrap,reflect"},
     ".32 .40 .48;.20 .28 .32;.28 .32 .40",
     false},
    {"scipy.ndimage correlate1d", "1 2 3", "1x3 1 2 3", {"--border", "reflect"}, "9 14 17"},
    {"scipy.ndimage convolve1d",
     "1 2 3",
     "1x3 1 2 3",
     {"--border", "reflect", "--convolve"},
     "7 10 15"},
    {"scipy.ndimage correlate1d", "1 2 3", "1x3 1 2 -1", {"--border", "reflect"}, "1 2 5"},
    {"scipy.ndimage correlate1d, origin -1",
     "1 2 3",
     "1x2 1 1",
     {"--border", "reflect", "--anchor", "0,0"},
     "3 5 6"},
    {"scipy.ndimage correlate1d, axis 0",
     "1 2 3;2 4 6",
     "3x1 1 2 1",
     {"--border", "replicate"},
     "5 10 15;7 14 21"},
    {"scipy.ndimage correlate1d, axis 0, wrap",
     "1 2 3;2 4 6",
     "3x1 1 2 1",
     {"--border", "wrap"},
     "6 12 18;6 12 18"},
    {"scipy.ndimage correlate1d, axis 0, constant",
     "1 2 3;2 4 6",
     "3x1 1 2 1",
     {"--border", "constant"},
     "4 8 12;5 10 15"},
    {"scipy.ndimage correlate1d, origin -1",
     "1 2 3;2 4 6",
     "3x1 1 2 1",
     {"--border", "replicate", "--anchor", "0,0"},
     "7 14 21;8 16 24"},
    {"scipy.signal sepfir2d",
     "0 3 0 1 2;2 2 3 3 3;0 1 3 0 3;2 3 0 1 3;3 3 2 1 2",
     "row 1 2 2 col 1 2 2",
     {"--border", "reflect", "--convolve"},
     "22 35 41 31 47;27 39 48 47 55;33 42 49 53 59;39 44 41 36 48;67 62 47 34 46"},
    {"a constant border counted once, by hand",
     "1 2 3;4 5 6;7 8 9",
     "3x3 1 2 1 2 4 2 1 2 1",
     {"--border", "constant", "--border-value", "10"},
     "91 76 103;92 80 108;127 124 139"},
    {"valid, by hand", "1 2 3;4 5 6;7 8 9", "2x2 1 1 1 1", {"--extent", "valid"}, "12 16;24 28"},
    {"full, by hand", "1 2", "1x2 1 10", {"--extent", "full", "--border", "constant"}, "10 21 2"},
    {"scale and delta, by hand", "1 2 3", "1x1 2", {"--scale", "3", "--delta", "-1"}, "5 11 17"},
};

}  // namespace

TEST_CASE("published cases come out of the command as published") {
    Folder folder;
    for (const Case &c : kCases) {
        INFO(c.source << ", kernel " << c.kernel);
        folder.write("in.csv", csv(c.image));
        std::vector<std::string> arguments = {"filter", "in.csv", "out.csv", "-q", "-k", c.kernel};
        arguments.insert(arguments.end(), c.options.begin(), c.options.end());
        const Outcome outcome = folder.run(arguments);
        REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
        if (c.whole) {
            CHECK(folder.read("out.csv") == csv(c.expected));
            continue;
        }
        const std::vector<double> got = numbers(folder.read("out.csv")), want = numbers(c.expected);
        REQUIRE(got.size() == want.size());
        for (size_t i = 0; i < got.size(); ++i) CHECK(std::abs(got[i] - want[i]) < 1e-14);
    }
}

TEST_CASE("a double that passes through the command comes back bit for bit") {
    Folder folder;
    const std::string text = "0.1,-2.5e-300,1e+22\n123456789.12345679,0.3333333333333333,-4\n";
    folder.write("in.csv", text);
    REQUIRE(folder.run({"filter", "in.csv", "out.csv", "-q", "-k", "identity"}).exit_code == 0);
    CHECK(folder.read("out.csv") == text);
}

TEST_CASE("blanks, semicolons, tabs, blank lines and DOS line ends are understood in CSV") {
    Folder folder;
    for (const std::string text :
         {"1 2\n3 4\n", "1;2\r\n3;4\r\n", "1\t2\n\n3\t4", " 1 , 2 \n+3,4.0e0\n",
          "\xEF\xBB\xBF"
          "1,2\n3,4\n"}) {
        INFO(text);
        folder.write("in.csv", text);
        const Outcome outcome = folder.run({"filter", "in.csv", "out.csv", "-q", "-k", "identity"});
        REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
        CHECK(folder.read("out.csv") == "1,2\n3,4\n");
    }
}

TEST_CASE("a CSV image follows the rules of kernel files: right or refused, and never quoted") {
    const Folder folder;
    for (const std::string text :
         {"0,5;1,25\n2;3\n", "0,5\t1,25\n2\t3\n", "0.5,1.25\r2,3\r", "0.5,1.25,\n2,3,\n",
          "\"0.5\",\"1.25\"\n\"2\",\"3\"\n", "[[0.5 1.25]\n [2. 3.]]", "# a,b\n0.5 1.25\n2 3\n"}) {
        INFO(text);
        folder.write("in.csv", text);
        const Outcome outcome = folder.run({"filter", "in.csv", "out.csv", "-q", "-k", "identity"});
        REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
        CHECK(folder.read("out.csv") == "0.5,1.25\n2,3\n");
    }
    folder.write("out.csv", "");
    for (const std::string text :
         {"hunter2,b\n1,2\n", "1,2\n3,hunter2\n", "0,0625;0.125\n", "1 2; 3 4\n", "1,,2\n",
          "\xFF\xFE"
          "1"}) {
        INFO(text);
        folder.write("in.csv", text);
        const Outcome outcome = folder.run({"filter", "in.csv", "out.csv", "-q", "-k", "identity"});
        CHECK(outcome.exit_code == 1);
        CHECK(outcome.err.rfind("sepflow: cannot read in.csv: ", 0) == 0);
        CHECK_MESSAGE(outcome.err.find("hunter2") == std::string::npos, outcome.err);
        CHECK(folder.read("out.csv") == "");
    }
    // An image may have missing pixels, a first row of any numbers, and two columns with zeros.
    folder.write("in.csv", "2 1\n1 nan\n");
    CHECK(folder.run({"filter", "in.csv", "out.csv", "-q", "-k", "identity"}).exit_code == 0);
    CHECK(folder.read("out.csv") == "2,1\n1,nan\n");
    folder.write("in.csv", "0,1\n0,2\n");
    CHECK(folder.run({"filter", "in.csv", "out.csv", "-q", "-k", "identity"}).exit_code == 0);
    CHECK(folder.read("out.csv") == "0,1\n0,2\n");
}
