// run, list and info.
#include <doctest/doctest.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/command/command.h"

using command_test::Circumstances;
using command_test::Folder;
using command_test::lines;
using command_test::Outcome;

namespace {

const std::string kTwoInputs = R"({
    "inputs": ["left", "right"],
    "nodes": {
        "difference": {"type": "org.sepflow.subtract", "in": {"a": "left", "b": "right"}},
        "sum": {"type": "org.sepflow.add", "in": {"a": "left", "b": "right"}},
        "shift": {"type": "org.sepflow.scale_offset", "params": {"scale": 1, "offset": 0}, "in": "sum"}
    },
    "outputs": {"difference": "difference", "sum": "shift"}
})";

bool has_node(const nlohmann::json &nodes, const std::string &id) {
    for (const auto &node : nodes) {
        if (node["id"] == id) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("a graph with named inputs and outputs runs from files to files") {
    Folder folder;
    folder.write("graph.json", kTwoInputs);
    folder.write("l.csv", "5,7\n");
    folder.write("r.csv", "1,2\n");
    const Outcome outcome =
        folder.run({"run", "graph.json", "-i", "left=l.csv", "-i", "right=r.csv", "-o",
                    "difference=d.csv", "-o", "sum=s.csv", "--set", "shift.offset=100"});
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(folder.read("d.csv") == "4,5\n");
    CHECK(folder.read("s.csv") == "106,109\n");
}

TEST_CASE(
    "in a graph, too, results for which no pixel is left are NaN in floats and 0 in integers") {
    const Folder folder;
    folder.write("graph.json", R"({"inputs": ["in"],
        "outputs": {"floats": "floats", "bytes": "bytes", "given": "given", "after": "after"},
        "nodes": {
        "floats": {"type": "org.sepflow.separable/1", "in": "in",
                   "params": {"kernel": "box 3 1", "missing": "ignore"}},
        "bytes": {"type": "org.sepflow.separable", "out_type": "u8", "in": "in",
                  "params": {"kernel": "box 3 1", "missing": "ignore"}},
        "given": {"type": "org.sepflow.separable", "in": "in",
                  "params": {"kernel": "box 3 1", "missing": "ignore", "missing_value": 5}},
        "after": {"type": "org.sepflow.separable", "in": "floats", "out_type": "input:in",
                  "params": {"kernel": "identity", "missing": "propagate"}}}})");
    folder.write("in.csv", "nan,nan,nan,1,1\n");
    const auto results = [&](const std::vector<std::string> &more) {
        std::vector<std::string> all = {"run", "graph.json", "-i", "in=in.csv", "-q"};
        for (const std::string name : {"floats", "bytes", "given", "after"}) {
            all.emplace_back("-o");
            all.push_back(name + "=" + name + ".csv");
        }
        all.insert(all.end(), more.begin(), more.end());
        const Outcome outcome = folder.run(all);
        REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
        return folder.read("floats.csv") + folder.read("bytes.csv") + folder.read("given.csv") +
               folder.read("after.csv");
    };
    const auto first = [](const std::string &text) {
        std::string all;
        for (const std::string &line : lines(text)) all += line.substr(0, line.find(',')) + " ";
        return all;
    };
    CHECK(first(results({})) == "nan 0 5 nan ");
    CHECK(first(results({"--set", "floats.missing_value=7"})) == "7 0 5 7 ");
    CHECK(first(results({"--set", "after.missing=ignore"})) == "nan 0 5 nan ");
}

TEST_CASE("a graph reads kernel files only from the folder that --files names") {
    Folder folder;
    folder.write("graph.json", R"({"inputs": ["in"], "outputs": {"out": "blur"}, "nodes": {
        "blur": {"type": "org.sepflow.separable", "params": {"kernel": "file twice.csv"}, "in": "in"}}})");
    folder.write("twice.csv", "2\n");
    folder.write("in.csv", "5,7\n");
    const Outcome refused = folder.run({"run", "graph.json", "in.csv", "out.csv"});
    CHECK(refused.exit_code == 1);
    CHECK_MESSAGE(refused.err.find("--files") != std::string::npos, refused.err);
    CHECK(!folder.has("out.csv"));
    const Outcome outcome = folder.run({"run", "graph.json", "in.csv", "out.csv", "--files", "."});
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(folder.read("out.csv") == "10,14\n");
}

TEST_CASE("SEPFLOW_NO_FILES forbids kernels from files in every verb, allowed folders too") {
    const Folder folder;
    folder.write("graph.json", R"({"inputs": ["in"], "outputs": {"out": "blur"}, "nodes": {
        "blur": {"type": "org.sepflow.separable", "params": {"kernel": "file twice.csv"}, "in": "in"}}})");
    folder.write("twice.csv", "2\n");
    folder.write("in.csv", "5,7\n");
    command_test::Circumstances forbidden;
    forbidden.environment = {{"SEPFLOW_NO_FILES", "1"}};
    for (const std::vector<std::string> &arguments :
         {std::vector<std::string>{"filter", "in.csv", "out.csv", "-k", "file twice.csv"},
          {"explain", "-k", "file twice.csv"},
          {"run", "graph.json", "in.csv", "out.csv", "--files", "."}}) {
        INFO(arguments.front());
        const Outcome refused = folder.run(arguments, forbidden);
        CHECK(refused.exit_code == 1);
        CHECK_MESSAGE(refused.err.find("SEPFLOW_NO_FILES is set") != std::string::npos,
                      refused.err);
        CHECK(!folder.has("out.csv"));
    }
    CHECK(folder.run({"filter", "in.csv", "out.csv", "-k", "box 1"}, forbidden).exit_code == 0);
}

TEST_CASE("a graph's mistakes are reported in one line and leave no file") {
    Folder folder;
    folder.write("graph.json", kTwoInputs);
    folder.write("broken.json", "{\"inputs\": [");
    folder.write("l.csv", "5,7\n");
    folder.write("wide.csv", "1,2,3\n");
    const auto before = folder.names();
    const struct {
        std::vector<std::string> arguments;
        std::string said;
    } mistakes[] = {
        {{"run", "broken.json", "l.csv", "out.csv"}, "broken.json"},
        {{"run", "graph.json", "l.csv", "out.csv"}, "2 inputs"},
        {{"run", "graph.json", "-i", "left=l.csv", "-o", "sum=s.csv"}, "'right'"},
        {{"run", "graph.json", "-i", "left=l.csv", "-i", "right=l.csv"}, "--output"},
        {{"run", "graph.json", "-i", "up=l.csv", "-o", "sum=s.csv"}, "'up'"},
        {{"run", "graph.json", "-i", "left=l.csv", "-i", "right=l.csv", "-o", "product=s.csv"},
         "'product'"},
        {{"run", "graph.json", "-i", "left=l.csv", "-i", "right=l.csv", "-o", "sum=s.csv", "--set",
          "shift.size=3"},
         "size"},
        {{"run", "graph.json", "-i", "left=l.csv", "-i", "right=l.csv", "-o", "sum=s.csv", "-o",
          "difference=absent/d.csv"},
         "absent/d.csv"},
        {{"run", "graph.json", "-i", "left=l.csv", "-i", "right=l.csv", "-o", "sum=s.csv", "-o",
          "difference=./s.csv"},
         "s.csv"},
        {{"run", "graph.json", "-i", "left=l.csv", "-i", "right=l.csv", "-o", "sum=s.csv", "-o",
          "sum=t.csv"},
         "'sum' is given two files"},
        {{"run", "graph.json", "-i", "left=l.csv", "-i", "left=wide.csv", "-i", "right=l.csv", "-o",
          "sum=s.csv"},
         "'left' is given two files"},
    };
    for (const auto &mistake : mistakes) {
        const Outcome outcome = folder.run(mistake.arguments);
        INFO(outcome.err);
        CHECK(outcome.exit_code == 1);
        CHECK(lines(outcome.err).size() == 1);
        CHECK(outcome.err.find(mistake.said) != std::string::npos);
        CHECK(folder.names() == before);
    }
}

TEST_CASE("the graphs that ship run on a photograph's types") {
    Folder folder;
    REQUIRE(folder.run({"chart", "photo.png", "--size", "200x160"}).exit_code == 0);
    const std::string graphs = SEPFLOW_GRAPHS;
    for (const std::string name : {"unsharp", "sobel"}) {
        INFO(name);
        const Outcome outcome =
            folder.run({"run", graphs + "/" + name + ".json", "photo.png", name + ".tif"});
        CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
        CHECK(folder.has(name + ".tif"));
    }
}

TEST_CASE("list finds the plugins of the build without an option that says where they are") {
    Folder folder;
    const auto json = nlohmann::json::parse(folder.run({"list", "--json"}).out);
    CHECK(has_node(json["nodes"], "org.sepflow.separable/1"));
    CHECK(has_node(json["nodes"], "org.sepflow.add/1"));
    CHECK(json["skipped"].empty());
    const std::string text = folder.run({"list"}).out;
    CHECK(text.find("org.sepflow.separable/1") != std::string::npos);
    CHECK(text.find("separable.sepflow.so") != std::string::npos);
}

TEST_CASE("a bad plugin is reported in one line and skipped") {
    Folder folder;
    folder.write("broken.sepflow.so", "not a library");
    folder.write("in.csv", "1\n");
    Circumstances circumstances;
    circumstances.plugin_path = folder.path();
    const auto json = nlohmann::json::parse(folder.run({"list", "--json"}, circumstances).out);
    CHECK(has_node(json["nodes"], "org.sepflow.separable/1"));
    REQUIRE(json["skipped"].size() == 1);
    CHECK(json["skipped"][0]["file"] == folder.path("broken.sepflow.so"));
    CHECK(!json["skipped"][0]["reason"].get<std::string>().empty());

    const Outcome outcome =
        folder.run({"filter", "in.csv", "out.csv", "-q", "-k", "identity"}, circumstances);
    CHECK(outcome.exit_code == 0);
    REQUIRE(lines(outcome.err).size() == 1);
    CHECK(outcome.err.rfind("skipped plugin ", 0) == 0);
    CHECK(folder.read("out.csv") == "1\n");
}

TEST_CASE("info tells the ports and the parameters of a node, with their limits and defaults") {
    Folder folder;
    const auto json =
        nlohmann::json::parse(folder.run({"info", "org.sepflow.separable", "--json"}).out);
    CHECK(json["id"] == "org.sepflow.separable/1");
    REQUIRE(json["ports"].size() == 3);
    CHECK(json["ports"][0]["optional"] == false);
    CHECK(json["ports"][1]["name"] == "mask");
    CHECK(json["ports"][1]["optional"] == true);
    CHECK(json["ports"][0]["direction"] == "input");
    CHECK(json["ports"][0]["types"].size() == 6);
    bool found = false;
    for (const auto &parameter : json["parameters"]) {
        CHECK(!parameter["doc"].get<std::string>().empty());
        if (parameter["id"] != "border_x") continue;
        found = true;
        CHECK(parameter["type"] == "choice");
        CHECK(parameter["default"] == "reflect101");
        CHECK(parameter["choices"].size() == 6);
    }
    CHECK(found);
    const std::string text = folder.run({"info", "org.sepflow.separable"}).out;
    CHECK(text.find("kernel") != std::string::npos);
    CHECK(text.find("must be set") != std::string::npos);
}

TEST_CASE(
    "info says which parameters are advanced, and which are cheap to change while a host looks "
    "on") {
    Folder folder;
    const auto flags_of = [&](const char *node, const char *id) {
        const auto json = nlohmann::json::parse(folder.run({"info", node, "--json"}).out);
        for (const auto &parameter : json["parameters"]) {
            if (parameter["id"] == id)
                return std::make_pair(parameter["live"] == true, parameter["advanced"] == true);
        }
        FAIL("no parameter ", id);
        return std::make_pair(false, false);
    };
    CHECK(flags_of("org.sepflow.separable", "method") == std::make_pair(false, true));
    CHECK(flags_of("org.sepflow.separable", "border_x") == std::make_pair(false, false));
    CHECK(flags_of("org.sepflow.scale_offset", "scale") == std::make_pair(true, false));
    CHECK(folder.run({"info", "org.sepflow.separable"}).out.find("default auto, advanced)") !=
          std::string::npos);
    CHECK(folder.run({"info", "org.sepflow.scale_offset"}).out.find("default 1, live)") !=
          std::string::npos);
}
