// The command where files fail: killed at any change, a disk that is full at any, a read that fails
// at any. What it writes is there whole or not at all, and what was there before stays whole.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "tests/command/running.h"
#include "tests/faults/every_allocation.h"

using command_test::Circumstances;
using command_test::comes_true;
using command_test::Folder;
using command_test::lines;
using command_test::Outcome;
using command_test::Running;

namespace {

using Names = std::vector<std::string>;

constexpr int kKilled = 128 + 9;

// A folder where one call of failing_calls.c does not happen.
struct FaultyFolder : Folder {
    const std::string mark = path() + ".mark";
    bool has_named_files = false;  // and no others

    FaultyFolder() = default;
    FaultyFolder(const FaultyFolder &) = delete;
    ~FaultyFolder() { std::filesystem::remove(mark); }

    // `fault` as failing_calls.c takes it.
    Outcome run_with(const std::string &fault, const std::vector<std::string> &arguments) {
        std::filesystem::remove(mark);
        Circumstances circumstances;
        circumstances.environment = {{"LD_PRELOAD", SEPFLOW_FAILING_CALLS},
                                     {"SEPFLOW_FAULT", fault},
                                     {"SEPFLOW_FAULT_MARK", mark}};
        if (has_named_files) circumstances.environment.emplace_back("SEPFLOW_NAMED_FILES", "1");
        Running running(*this, arguments, circumstances);
        REQUIRE(running.ends());
        REQUIRE(comes_true([&] { return running.processes().empty(); }));
        return running.outcome();
    }
    bool came_to_it() const { return std::filesystem::exists(mark); }
};

// Makes each of the files in a new folder, and tells what is in them.
struct Task {
    const char *what;
    std::vector<std::string> arguments;
    Names results;
    std::vector<std::string> bytes = {};

    explicit Task(const char *name, std::vector<std::string> given, Names made)
        : what(name), arguments(std::move(given)), results(std::move(made)) {
        Folder folder;
        prepare(folder);
        const Outcome outcome = folder.run(arguments);
        REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
        for (const std::string &result : results) bytes.push_back(folder.read(result));
    }
    bool is_graph() const { return arguments.front() == "run"; }
    void prepare(const Folder &folder) const {
        std::string picture = "P5 60 12 255\n";  // few rows: each is a write of a PGM
        for (int i = 0; i < 60 * 12; ++i) picture += static_cast<char>(i * i % 251);
        folder.write("in.pgm", picture);
        folder.write("graph.json", R"({"inputs": ["a"], "nodes": {
            "b": {"type": "org.sepflow.separable", "params": {"kernel": "box 5"}, "in": "a"},
            "c": {"type": "org.sepflow.subtract", "in": {"a": "a", "b": "b"}}}, "outputs": {"b": "b", "c": "c"}})");
    }
};

std::vector<Task> tasks() {
    const auto filter = [](const char *out) {
        return std::vector<std::string>{"filter", "in.pgm",     out,  "-q",
                                        "-k",     "gaussian 2", "-j", "1"};
    };
    std::vector<std::string> all_files = filter("out.png");
    for (const char *more : {"--compare", "both.tif", "--report", "report.json"})
        all_files.push_back(more);
    return {Task("a PNG with a comparison and a report", all_files, {"out.png", "both.tif"}),
            Task("a PGM", filter("out.pgm"), {"out.pgm"}),
            Task("two results of a graph",
                 {"run", "graph.json", "in.pgm", "-q", "-o", "b=b.png", "-o", "c=c.png"},
                 {"b.png", "c.png"})};
}

// Every result is what it should be or, as before, old or absent.
void check_results(const Folder &folder, const Task &task, bool there_before) {
    for (size_t i = 0; i < task.results.size(); ++i) {
        const std::string &name = task.results[i];
        INFO(name);
        if (!folder.has(name)) {
            CHECK(!there_before);
        } else if (const std::string found = folder.read(name); found != task.bytes[i]) {
            CHECK(there_before);
            CHECK(found == "old " + name);
        }
    }
}

bool is_temporary(const std::string &name) {
    return name[0] == '.' && name.find(".sepflow-") != std::string::npos;
}

// Returns files next to the results and removes temporary ones.
int clear_temporary(const Folder &folder) {
    int count = 0;
    for (const std::string &name : folder.names()) {
        if (!is_temporary(name)) continue;
        std::filesystem::remove(folder.path(name));
        ++count;
    }
    return count;
}

void write_old(const Folder &folder, const Task &task) {
    for (const std::string &name : task.results) folder.write(name, "old " + name);
}

void remove_results(const Folder &folder, const Task &task) {
    for (const std::string &name : task.results) std::filesystem::remove(folder.path(name));
}

}  // namespace

// Kills the process that writes at each change to a file, by "kill" or by "killall". Returns how
// many files were left.
static int left_by(const std::string &kill, const Task &task, bool has_named_files) {
    FaultyFolder folder;
    folder.has_named_files = has_named_files;
    task.prepare(folder);
    int killed = 0, left = 0;
    for (int n = 1;; ++n) {
        const bool there_before = n % 2 == 0;
        remove_results(folder, task);
        if (there_before) write_old(folder, task);
        INFO(std::string(task.what), ", change ", n);
        const Outcome outcome = folder.run_with(kill + " " + std::to_string(n), task.arguments);
        check_results(folder, task, there_before);
        if (!folder.came_to_it()) break;
        // A graph runs in a process of its own, whose end the command tells of.
        CHECK((outcome.exit_code == kKilled || (outcome.exit_code == 1 && task.is_graph())));
        ++killed;
        left += clear_temporary(folder);
        for (const std::string &name : folder.names()) {
            const bool is_known =
                name == "in.pgm" || name == "graph.json" || name == "report.json" ||
                std::find(task.results.begin(), task.results.end(), name) != task.results.end();
            CHECK_MESSAGE(is_known, name);
        }
    }
    CHECK(killed > 2);
    CHECK(folder.read(task.results.front()) == task.bytes.front());
    CHECK(clear_temporary(folder) == 0);
    return left;
}

TEST_CASE("killed at any change to a file, results are whole or not there, and nothing is left") {
    for (const Task &task : tasks()) {
        for (const bool has_named_files : {false, true})
            CHECK(left_by("kill", task, has_named_files) == 0);
    }
}

TEST_CASE("where all processes are killed at once, what is left says whose it is") {
    for (const Task &task : tasks()) {
        // A file without a name gets one just before it is closed and renamed; the report is one
        // more.
        const int most = static_cast<int>(2 * (task.results.size() + 1));
        CHECK(left_by("killall", task, false) <= most);
        CHECK((left_by("killall", task, true) > most || task.is_graph()));
    }
}

TEST_CASE("a write to files with temporary names is as whole as one to files without a name") {
    for (const Task &task : tasks()) {
        FaultyFolder folder;
        folder.has_named_files = true;
        task.prepare(folder);
        CHECK(folder.run_with("none 0", task.arguments).exit_code == 0);
        for (size_t i = 0; i < task.results.size(); ++i)
            CHECK(folder.read(task.results[i]) == task.bytes[i]);
        CHECK(clear_temporary(folder) == 0);
    }
}

TEST_CASE("a signal takes a file with a temporary name away, also from a node that never returns") {
    FaultyFolder folder;
    folder.write("graph.json", R"({"inputs": ["in"], "nodes": {"node": {"type": "test.hang_process",
        "in": "in"}}, "outputs": {"out": "node"}})");
    folder.write("in.csv", "1,2\n");
    const Names before = folder.names();
    Circumstances circumstances;
    circumstances.plugin_path = SEPFLOW_FAULTY_DIR "/hang_process";
    circumstances.environment = {{"LD_PRELOAD", SEPFLOW_FAILING_CALLS},
                                 {"SEPFLOW_NAMED_FILES", "1"},
                                 {"SEPFLOW_TEST_REACHED", folder.mark}};
    Running running(folder, {"run", "graph.json", "in.csv", "out.csv"}, circumstances);
    REQUIRE(comes_true([&] { return folder.came_to_it(); }));
    CHECK(folder.names() != before);
    kill(running.pid(), SIGTERM);
    REQUIRE(running.ends());
    CHECK(running.outcome().exit_code == 128 + SIGTERM);
    CHECK(folder.names() == before);
}

TEST_CASE("a disk that is full at any change is an error in one line; nothing is left") {
    for (const Task &task : tasks()) {
        FaultyFolder folder;
        task.prepare(folder);
        int failed = 0;
        for (int n = 1;; ++n) {
            const bool there_before = n % 2 == 0;
            remove_results(folder, task);
            if (there_before) write_old(folder, task);
            INFO(std::string(task.what), ", change ", n);
            const Outcome outcome = folder.run_with("change " + std::to_string(n), task.arguments);
            check_results(folder, task, there_before);
            CHECK(clear_temporary(folder) == 0);
            if (!folder.came_to_it()) break;
            CHECK(outcome.exit_code == 1);
            CHECK(lines(outcome.err).size() == 1);
            CHECK_MESSAGE(outcome.err.rfind("sepflow: cannot write ", 0) == 0, outcome.err);
            ++failed;
        }
        CHECK(failed > 2);
    }
}

TEST_CASE("a disk of any size holds a result whole or not at all") {
    for (const Task &task : tasks()) {
        Folder folder;
        task.prepare(folder);
        const auto whole = static_cast<long>(task.bytes.front().size());
        for (long bytes = 0; bytes <= whole; bytes += whole / 7) {
            remove_results(folder, task);
            INFO(std::string(task.what), " on a disk of ", bytes);
            Circumstances circumstances;
            circumstances.largest_file = bytes;
            const Outcome outcome = folder.run(task.arguments, circumstances);
            CHECK((outcome.exit_code == 0 || outcome.exit_code == 1));
            check_results(folder, task, false);
            CHECK(clear_temporary(folder) == 0);
        }
    }
}

TEST_CASE("results go to files, not to devices that would swallow them") {
    Folder folder;
    folder.write("in.csv", "1,2\n");
    const Outcome outcome = folder.run({"filter", "in.csv", "/dev/full", "-k", "box 3"});
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.rfind("sepflow: cannot write /dev/full: ", 0) == 0);
}

TEST_CASE(
    "a read that fails, or a file that ends early, is an error in one line, or nothing was "
    "missed") {
    const char *const suffixes[] = {"png", "ppm", "tif", "csv"};
    for (const char *suffix : suffixes) {
        FaultyFolder folder;
        const std::string in = std::string("in.") + suffix;
        REQUIRE(folder.run({"chart", "in.png", "--size", "150x110"}).exit_code == 0);
        std::vector<std::string> convert = {"filter", "in.png", in, "-q", "-k", "identity"};
        if (std::string(suffix) == "csv") {
            folder.write(in, "1,2,3\n4,5,6\n7,8,9\n");
        } else {
            REQUIRE(folder.run(convert).exit_code == 0);
        }
        const std::vector<std::string> arguments = {"filter", in,      "out.pfm", "-q",
                                                    "-k",     "box 3", "--type",  "f32"};
        REQUIRE(folder.run(arguments).exit_code == 0);
        // Only pixels count: other data of a TIFF may be lost.
        const std::string wanted = folder.read("out.pfm");
        for (const char *fault : {"read ", "end "}) {
            for (int n = 1;; n += 1 + n / 2) {
                std::filesystem::remove(folder.path("out.pfm"));
                INFO(in, ", ", std::string(fault), n);
                const Outcome outcome = folder.run_with(fault + std::to_string(n), arguments);
                CHECK(clear_temporary(folder) == 0);
                if (outcome.exit_code == 0) {
                    CHECK(folder.read("out.pfm") == wanted);
                } else {
                    CHECK(outcome.exit_code == 1);
                    CHECK_MESSAGE(lines(outcome.err).size() == 1, outcome.err);
                    CHECK(!folder.has("out.pfm"));
                }
                if (!folder.came_to_it()) break;
            }
        }
    }
}
