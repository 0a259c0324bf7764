// run among nodes that crash, hang and throw: they are named, and outputs that do without them are
// written.
#include <doctest/doctest.h>

#include "tests/command/command.h"

using command_test::Circumstances;
using command_test::Folder;
using command_test::lines;
using command_test::Outcome;

namespace {

// in -> bad -> worse, in -> its.good -> better, with a fault in `bad`.
Outcome run_with(const Folder &folder, const std::string &fault) {
    folder.write("graph.json", R"({"inputs": ["in"], "nodes": {
        "bad": {"type": "test.)" + fault +
                                   R"(", "in": "in"},
        "its.good": {"type": "org.sepflow.scale_offset", "params": {"scale": 2}, "in": "in"}},
        "outputs": {"worse": "bad", "better": "its.good"}})");
    folder.write("in.csv", "5,7\n");
    Circumstances circumstances;
    circumstances.plugin_path = std::string(SEPFLOW_FAULTY_DIR) + "/" + fault;
    return folder.run(
        {"run", "graph.json", "in.csv", "-o", "worse=worse.csv", "-o", "better=better.csv",
         "--quiet", "--patience", "2", "--set", "its.good.offset=1"},
        circumstances);
}

}  // namespace

TEST_CASE("a faulty node takes its own outputs along, and no others") {
    const struct {
        std::string fault, said;
    } cases[] = {{"crash_process", "node 'bad' crashed (Segmentation fault) in its process"},
                 {"crash_configure", "node 'bad' crashed (Segmentation fault) in its configure"},
                 {"crash_create", "node 'bad' crashed (Segmentation fault) in its create"},
                 {"exit_process", "node 'bad' ended the process in its process"},
                 {"hang_process", "node 'bad' did not return in its process"},
                 {"hang_configure", "node 'bad' did not return in its configure"},
                 {"throw_process", "node 'bad': its process threw: a fault"},
                 {"throw_create", "node 'bad': its create threw: a fault"},
                 {"crash_entry", "no plugin provides 'test.crash_entry'"}};
    for (const auto &c : cases) {
        CAPTURE(c.fault);
        Folder folder;
        const Outcome outcome = run_with(folder, c.fault);
        CHECK(outcome.exit_code == 1);
        CHECK_MESSAGE(outcome.err.find(c.said) != std::string::npos, outcome.err);
        std::string names;
        for (const std::string &name : folder.names()) names += name + " ";
        CHECK(names == "better.csv graph.json in.csv ");
        if (folder.has("better.csv")) CHECK(folder.read("better.csv") == "11,15\n");
    }
}

TEST_CASE("without a fault both outputs are written") {
    Folder folder;
    const Outcome outcome = run_with(folder, "none");
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(outcome.err.empty());
    CHECK(folder.read("worse.csv") == "5,7\n");
    CHECK(folder.read("better.csv") == "11,15\n");
}
