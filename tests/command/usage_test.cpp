#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/command/command.h"

using command_test::Folder;
using command_test::lines;
using command_test::Outcome;

namespace {

struct Mistake {
    std::vector<std::string> arguments;
    int exit_code;
    std::string said;  // part of the line on stderr
};

const std::vector<Mistake> kMistakes = {
    {{}, 2, "a verb is missing"},
    {{"fliter"}, 2, "did you mean 'filter'?"},
    {{"--nonsense"}, 2, "'--nonsense'"},
    {{"filter"}, 2, "in is required"},
    {{"filter", "in.csv"}, 2, "out is required"},
    {{"filter", "in.csv", "out.csv"}, 2, "--kernel is required"},
    {{"filter", "in.csv", "out.csv", "--krnel", "box 3"}, 2, "did you mean '--kernel'?"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "more"}, 2, "'more'"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--border", "mirror"}, 2, "'mirror'"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--border", "wrap,"}, 2, "--border"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--border", "wrap,wrap,wrap"}, 2, "--border"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--border-value", "x"}, 2, "--border-value"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--extent", "half"}, 2, "--extent"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--anchor", "1"}, 2, "--anchor"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--anchor", "-1,0"}, 2, "--anchor"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--anchor", "1,1,1"}, 2, "--anchor"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--type", "u7"}, 2, "--type"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--rank", "0"}, 2, "--rank"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--threads", "-1"}, 2, "--threads"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--scale", "0"}, 2, "--scale"},
    {{"explain"}, 2, "--kernel is required"},
    {{"explain", "-k", "box 3", "--in-type", "f8"}, 2, "--in-type"},
    {{"run"}, 2, "graph is required"},
    {{"run", "graph.json", "--set", "blur.kernel"}, 2, "--set"},
    {{"run", "graph.json", "--input", "photo="}, 2, "--input"},
    {{"info"}, 2, "node is required"},
    {{"chart", "chart.png", "--size", "big"}, 2, "--size"},
    {{"chart", "chart.png", "--size", "10x10"}, 2, "--size"},

    {{"filter", "absent.png", "out.png", "-k", "box 3"}, 1, "absent.png: No such file"},
    {{"filter", ".", "out.png", "-k", "box 3"}, 1, "directory"},
    {{"filter", "empty.png", "out.png", "-k", "box 3"}, 1, "its image format is not supported"},
    {{"filter", "text.png", "out.png", "-k", "box 3"}, 1, "its image format is not supported"},
    {{"filter", "ragged.csv", "out.csv", "-k", "box 3"}, 1, "line 2"},
    {{"filter", "words.csv", "out.csv", "-k", "box 3"},
     1,
     "line 1, column 3: this is not a number"},
    {{"filter", "in.csv", "out.csv", "-k", "bocks 3"}, 1, "bocks"},
    {{"filter", "in.csv", "out.csv", "-k", "box -3"}, 1, "box"},
    {{"filter", "in.csv", "out.csv", "-k", "3x3 1 2 nan 4 5 6 7 8 9"}, 1, "column"},
    {{"filter", "in.csv", "out.csv", "-k", "file absent.csv"}, 1, "absent.csv"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--rank", "7"}, 1, "rank 7"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--tolerance", "2"}, 1, "tolerance"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--anchor", "3,0"}, 1, "anchor"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--variant", "z80"}, 1, "z80"},
    {{"filter", "in.csv", "out.csv", "-k", "box 9", "--extent", "valid"}, 1, "no pixels"},
    {{"filter", "in.csv", "out.png", "-k", "box 3"}, 1, "--type"},
    {{"filter", "in.csv", "out.jpg", "-k", "box 3", "--type", "u16"}, 1, "JPEG"},
    {{"filter", "in.csv", "out.tif", "-k", "box 3", "--type", "f16"}, 1, "f16"},
    {{"filter", "in.csv", "out.exr", "-k", "box 3", "--type", "f32"}, 1, "OpenEXR"},
    {{"filter", "in.csv", "out", "-k", "box 3"}, 1, "suffix"},
    {{"filter", "in.csv", "out.txt", "-k", "box 3"}, 1, ".txt"},
    {{"filter", "in.csv", "absent/out.csv", "-k", "box 3"}, 1, "absent/out.csv: No such file"},
    {{"filter", "in.csv", "in.csv/out.csv", "-k", "box 3"}, 1, "Not a directory"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--report", "absent/r.json"},
     1,
     "absent/r.json"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--compare", "c.gif"}, 1, ".gif"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--compare", "c.ppm"}, 1, "use a .pgm file"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--scale", "1/0"}, 2, "divides by zero"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--delta", "1/2/3"}, 2, "one '/'"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--delta", "1/-2"}, 2, "sign"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--delta", "1 / 2"}, 2, "without spaces"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--delta", "1/"}, 2, "not a number"},
    {{"filter", "in.csv", "out.csv", "-k", "box 3", "--missing-value", "/2"}, 2, "not a number"},
    {{"run", "graph.json", "--patience", "1/x"}, 2, "not a number"},
    {{"info", "org.sepflow.nothing"}, 1, "org.sepflow.nothing"},
    {{"run", "absent.json"}, 1, "absent.json"},
    {{"run", "in.csv", "in.csv", "out.csv"}, 1, "in.csv"},
    {{"explain", "-k", "gaussian 1e9"}, 1, "gaussian"},
};

}  // namespace

TEST_CASE("every mistake ends in its exit code and one line, and leaves no file") {
    Folder folder;
    folder.write("in.csv", "1,2,3\n4,5,6\n7,8,9\n");
    folder.write("empty.png", "");
    folder.write("text.png", "this is no image");
    folder.write("ragged.csv", "1,2\n3\n");
    folder.write("words.csv", "1,two\n");
    const std::vector<std::string> before = folder.names();
    for (const Mistake &mistake : kMistakes) {
        std::string line = "sepflow";
        for (const std::string &argument : mistake.arguments) line += " '" + argument + "'";
        INFO(line);
        const Outcome outcome = folder.run(mistake.arguments);
        INFO(outcome.err);
        CHECK(outcome.exit_code == mistake.exit_code);
        CHECK(outcome.out == "");
        REQUIRE(lines(outcome.err).size() == 1);
        CHECK(outcome.err.rfind("sepflow: ", 0) == 0);
        CHECK(outcome.err.find(mistake.said) != std::string::npos);
        CHECK(folder.names() == before);
    }
}

TEST_CASE("help and version are printed for every verb and succeed") {
    Folder folder;
    const Outcome version = folder.run({"--version"});
    CHECK(version.exit_code == 0);
    CHECK(version.out.rfind("sepflow ", 0) == 0);
    CHECK(folder.run({"--help"}).out.find("Exit codes") != std::string::npos);
    for (const std::string verb :
         {"filter", "explain", "run", "list", "info", "check", "chart", "bench"}) {
        INFO(verb);
        const Outcome help = folder.run({verb, "--help"});
        CHECK(help.exit_code == 0);
        CHECK(help.err == "");
        CHECK(help.out.find("Usage: sepflow " + verb) != std::string::npos);
    }
}

TEST_CASE("a full disk under standard output is a failure") {
    Folder folder;
    command_test::Circumstances circumstances;
    circumstances.largest_file = 100;
    const Outcome outcome = folder.run({"explain", "--json", "-k", "disc 9"}, circumstances);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err == "sepflow: cannot write to standard output\n");
}
