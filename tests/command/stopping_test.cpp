// Signals end the command, whatever a node or a reader does, and leave neither process nor file.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/command/running.h"

using command_test::Circumstances;
using command_test::comes_true;
using command_test::Folder;
using command_test::lines;
using command_test::Outcome;
using command_test::Running;

namespace {

using Names = std::vector<std::string>;

// A graph of one node that has a fault, and a folder where the node notes what happens to it.
struct Scene : Folder {
    Folder notes;
    Circumstances circumstances;
    const Names before = {"graph.json", "in.csv"};
    const std::vector<std::string> arguments = {"run", "graph.json", "in.csv", "out.csv"};

    explicit Scene(const std::string &fault) {
        write("graph.json", R"({"inputs": ["in"], "nodes": {"node": {"type": "test.)" + fault +
                                R"(", "in": "in"}}, "outputs": {"out": "node"}})");
        write("in.csv", "5,7\n");
        circumstances.plugin_path = std::string(SEPFLOW_FAULTY_DIR) + "/" + fault;
        for (const char *name : {"REACHED", "LOADED", "DESTROYED"})
            circumstances.environment.emplace_back(std::string("SEPFLOW_TEST_") + name,
                                                   notes.path(name));
        circumstances.environment.emplace_back("XDG_CACHE_HOME", notes.path("cache"));
        circumstances.environment.emplace_back("TMPDIR", path());
    }
    bool is_reached() const {
        return comes_true([&] { return notes.has("REACHED"); });
    }
    bool was_destroyed() const { return notes.has("DESTROYED"); }
};

bool has_unnamed_files(const Folder &folder) {
    const int file = open(folder.path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) close(file);
    return file >= 0;
}

// Large enough for many tiles.
void write_tall_image(const Folder &folder) {
    std::string rows;
    for (int y = 0; y < 20000; ++y) rows += "1,2,3\n";
    folder.write("in.csv", rows);
}

std::string read_all(int file) {
    std::string text;
    char block[4096];
    for (ssize_t got; (got = read(file, block, sizeof block)) > 0;)
        text.append(block, static_cast<size_t>(got));
    return text;
}

}  // namespace

TEST_CASE("a node that never returns is stopped by signals to the process or to its group") {
    const struct {
        const char *fault;
        std::vector<int> signals;
        bool is_for_group;
    } cases[] = {
        {"hang_process", {SIGINT}, false},
        {"hang_process", {SIGTERM}, true},
        {"hang_process", {SIGHUP}, false},
        {"hang_process", {SIGINT, SIGINT}, true},
        {"hang_process", {SIGTERM, SIGTERM, SIGTERM}, false},
        {"hang_configure", {SIGINT}, false},
        {"spin_process", {SIGTERM}, false},
        {"spin_process", {SIGHUP, SIGHUP}, true},
        {"deaf_process", {SIGINT}, true},
        {"deaf_process", {SIGTERM}, false},
        {"deaf_process", {SIGINT, SIGINT, SIGINT}, false},
        {"fork_process", {SIGINT}, false},
        {"fork_process", {SIGTERM}, true},
    };
    for (const auto &c : cases) {
        CAPTURE(std::string(c.fault));
        CAPTURE(c.signals.size());
        CAPTURE(c.is_for_group);
        const Scene scene(c.fault);
        Running running(scene, scene.arguments, scene.circumstances);
        REQUIRE(scene.is_reached());
        for (const int number : c.signals)
            kill(c.is_for_group ? -running.pid() : running.pid(), number);
        REQUIRE(running.ends());
        CHECK(running.outcome().exit_code == 128 + c.signals.front());
        CHECK(running.outcome().err == "sepflow: interrupted\n");
        CHECK(running.processes().empty());
        CHECK(scene.names() == scene.before);
    }
}

TEST_CASE("a signal to any of the command's processes ends them all") {
    for (size_t i = 0; i < 3; ++i) {
        CAPTURE(i);
        const Scene scene("hang_process");
        Running running(scene, scene.arguments, scene.circumstances);
        REQUIRE(scene.is_reached());
        const std::vector<int> processes = running.processes();
        REQUIRE(processes.size() == 3);
        kill(processes[i], SIGTERM);
        REQUIRE(running.ends());
        CHECK(running.outcome().exit_code == 128 + SIGTERM);
        CHECK(running.outcome().err == "sepflow: interrupted\n");
        CHECK(running.processes().empty());
        CHECK(scene.names() == scene.before);
    }
}

TEST_CASE("a process that is killed takes its children along and leaves no file") {
    for (const char *fault : {"hang_process", "spin_process", "deaf_process", "hang_entry"}) {
        CAPTURE(std::string(fault));
        const Scene scene(fault);
        Running running(scene, scene.arguments, scene.circumstances);
        REQUIRE(scene.is_reached());
        kill(running.pid(), SIGKILL);
        REQUIRE(running.ends());
        CHECK(running.outcome().exit_code == 128 + SIGKILL);
        CHECK(comes_true([&] { return running.processes().empty(); }));
        if (has_unnamed_files(scene)) CHECK(scene.names() == scene.before);
    }
}

TEST_CASE("the first signal lets a node that returns cancel and be destroyed") {
    bool was_destroyed = false;
    // A machine that is slow enough needs longer than the command waits.
    for (int trial = 0; trial < 20 && !was_destroyed; ++trial) {
        const Scene scene("slow_process");
        write_tall_image(scene);
        Running running(scene, scene.arguments, scene.circumstances);
        REQUIRE(scene.is_reached());
        kill(running.pid(), SIGTERM);
        REQUIRE(running.ends());
        CHECK(running.outcome().exit_code == 128 + SIGTERM);
        CHECK(running.outcome().err == "sepflow: interrupted\n");
        CHECK(scene.names() == scene.before);
        was_destroyed = scene.was_destroyed();
    }
    CHECK(was_destroyed);
}

TEST_CASE("a signal that the caller ignores stays ignored") {
    Scene scene("hang_process");
    scene.circumstances.ignored_signal = SIGHUP;
    Running running(scene, scene.arguments, scene.circumstances);
    REQUIRE(scene.is_reached());
    kill(-running.pid(), SIGHUP);
    kill(running.pid(), SIGHUP);
    kill(running.pid(), SIGINT);
    REQUIRE(running.ends());
    CHECK(running.outcome().exit_code == 128 + SIGINT);
}

TEST_CASE("a stopped run goes on at SIGCONT, whether one process was stopped or all") {
    for (const bool is_for_group : {false, true}) {
        CAPTURE(is_for_group);
        const Scene scene("slow_process");
        write_tall_image(scene);
        Running running(scene, scene.arguments, scene.circumstances);
        const int target = is_for_group ? -running.pid() : running.pid();
        REQUIRE(scene.is_reached());
        kill(target, SIGTSTP);
        const auto is_stopped = [&] {
            const std::string states = running.states();
            return !states.empty() && states.find_first_not_of('T') == states.npos;
        };
        CHECK(comes_true(is_stopped));
        kill(target, SIGCONT);
        REQUIRE(running.ends());
        CHECK(running.outcome().exit_code == 0);
        CHECK(scene.read("out.csv") == scene.read("in.csv"));
        CHECK(running.processes().empty());
    }
}

TEST_CASE("time while a run is stopped does not count as a node's") {
    const Scene scene("slow_process");
    write_tall_image(scene);
    std::vector<std::string> arguments = scene.arguments;
    arguments.insert(arguments.end(), {"--patience", "10"});
    Running running(scene, arguments, scene.circumstances);
    REQUIRE(scene.is_reached());
    kill(-running.pid(), SIGSTOP);
    std::this_thread::sleep_for(std::chrono::seconds(12));
    kill(-running.pid(), SIGCONT);
    REQUIRE(running.ends());
    CHECK_MESSAGE(running.outcome().exit_code == 0, running.outcome().err);
}

TEST_CASE("SIGQUIT ends every process as it does by default") {
    for (const bool is_for_group : {false, true}) {
        CAPTURE(is_for_group);
        const Scene scene("hang_process");
        Running running(scene, scene.arguments, scene.circumstances);
        REQUIRE(scene.is_reached());
        kill(is_for_group ? -running.pid() : running.pid(), SIGQUIT);
        REQUIRE(running.ends());
        CHECK(running.outcome().exit_code == 128 + SIGQUIT);
        CHECK(running.processes().empty());
        CHECK(scene.names() == scene.before);
    }
}

TEST_CASE("a reader that waits for a pipe is stopped") {
    const std::vector<std::string> rows[] = {
        {"filter", "pipe.csv", "out.csv", "-k", "box 3"},
        {"filter", "in.csv", "out.csv", "-k", "file pipe.csv"},
        {"run", "graph.json", "pipe.csv", "out.csv"},
        {"run", "pipe.csv", "in.csv", "out.csv"},
    };
    for (const std::vector<std::string> &arguments : rows) {
        CAPTURE(arguments.front() + " " + arguments[1]);
        const Scene scene("none");
        REQUIRE(mkfifo(scene.path("pipe.csv").c_str(), 0600) == 0);
        Running running(scene, arguments, scene.circumstances);
        // Opening succeeds once the command waits for a writer.
        int writer = -1;
        CHECK(comes_true([&] {
            writer = open(scene.path("pipe.csv").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
            return writer >= 0;
        }));
        kill(running.pid(), SIGINT);
        REQUIRE(running.ends());
        close(writer);
        CHECK(running.outcome().exit_code == 128 + SIGINT);
        CHECK(running.outcome().err == "sepflow: interrupted\n");
        CHECK(running.processes().empty());
        CHECK(scene.names() == Names{"graph.json", "in.csv", "pipe.csv"});
    }
}

TEST_CASE("a scan of a plugin that hangs is stopped by any signal and leaves no process") {
    for (const int number : {SIGINT, SIGTERM, SIGKILL}) {
        for (const char *verb : {"list", "filter"}) {
            CAPTURE(number);
            CAPTURE(std::string(verb));
            const Scene scene("hang_entry");
            std::vector<std::string> arguments = {verb};
            if (arguments.front() == "filter")
                arguments = {verb, "in.csv", "out.csv", "-k", "box 3"};
            Running running(scene, arguments, scene.circumstances);
            REQUIRE(scene.is_reached());
            kill(running.pid(), number);
            REQUIRE(running.ends());
            CHECK(running.outcome().exit_code == 128 + number);
            CHECK(comes_true([&] { return running.processes().empty(); }));
            CHECK(scene.names() == scene.before);
        }
    }
}

TEST_CASE("a check of a plugin that hangs is stopped by any signal and leaves no process") {
    const struct {
        const char *fault;
        int number;
    } cases[] = {{"hang_entry", SIGINT},   {"hang_entry", SIGKILL}, {"hang_create", SIGTERM},
                 {"hang_create", SIGKILL}, {"deaf_create", SIGHUP}, {"deaf_create", SIGKILL},
                 {"fork_create", SIGINT}};
    for (const auto &c : cases) {
        CAPTURE(std::string(c.fault));
        CAPTURE(c.number);
        const Scene scene(c.fault);
        const std::string plugin = scene.circumstances.plugin_path + "/" + c.fault + ".sepflow.so";
        Running running(scene, {"check", plugin}, scene.circumstances);
        REQUIRE(scene.is_reached());
        kill(running.pid(), c.number);
        REQUIRE(running.ends());
        CHECK(running.outcome().exit_code == 128 + c.number);
        CHECK(comes_true([&] { return running.processes().empty(); }));
        CHECK(scene.names() == scene.before);
    }
}

TEST_CASE("a worker that is killed leaves no file, and the command ends by the same signal") {
    const Scene scene("hang_process");
    Running running(scene, scene.arguments, scene.circumstances);
    REQUIRE(scene.is_reached());
    for (const int process : running.processes())
        if (process != running.pid()) kill(process, SIGKILL);
    REQUIRE(running.ends());
    CHECK(running.outcome().exit_code == 128 + SIGKILL);
    CHECK(running.outcome().err == "sepflow: ended by a signal: Killed\n");
    CHECK(running.processes().empty());
    CHECK(scene.names() == scene.before);
}

TEST_CASE("a process that a node leaves running does not hold a run up") {
    const Scene scene("leave_process");
    Running running(scene, scene.arguments, scene.circumstances);
    REQUIRE(running.ends());
    CHECK(running.outcome().exit_code == 0);
    CHECK(scene.read("out.csv") == "5,7\n");
}

TEST_CASE("the files that libvips decodes into go with the run") {
    for (const char *fault : {"hang_process", "none"}) {
        CAPTURE(std::string(fault));
        Scene scene(fault);
        REQUIRE(scene.run({"chart", "in.png", "--size", "64x64"}).exit_code == 0);
        scene.circumstances.environment.emplace_back("VIPS_DISC_THRESHOLD", "1");
        const Names before = scene.names();
        Running running(scene, {"run", "graph.json", "in.png", "in.png"}, scene.circumstances);
        if (fault != std::string("none")) {
            REQUIRE(scene.is_reached());
            const Names meanwhile = scene.names();
            CHECK(std::any_of(meanwhile.begin(), meanwhile.end(), [](const std::string &name) {
                return name.rfind("sepflow-", 0) == 0;
            }));
            kill(running.pid(), SIGINT);
        }
        REQUIRE(running.ends());
        CHECK(scene.names() == before);
    }
}

TEST_CASE("standard error that nobody reads does not hold the end up") {
    Scene scene("hang_process");
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    const std::string block(4096, '.');
    while (write(ends[1], block.data(), block.size()) > 0) {
    }
    REQUIRE(fcntl(ends[1], F_SETFL, 0) == 0);
    scene.circumstances.standard_error = ends[1];
    Running running(scene, scene.arguments, scene.circumstances);
    REQUIRE(scene.is_reached());
    kill(running.pid(), SIGTERM);
    REQUIRE(running.ends());
    CHECK(running.outcome().exit_code == 128 + SIGTERM);
    CHECK(running.processes().empty());
    for (const int end : ends) close(end);
}

TEST_CASE("a progress bar is taken away before the last line") {
    for (const int count : {1, 2}) {
        CAPTURE(count);
        Scene scene("slow_process");
        write_tall_image(scene);
        int ours = -1, theirs = -1;
        REQUIRE(openpty(&ours, &theirs, nullptr, nullptr, nullptr) == 0);
        scene.circumstances.standard_error = theirs;
        std::vector<std::string> arguments = scene.arguments;
        arguments.insert(arguments.end(), {"-j", "1"});
        Running running(scene, arguments, scene.circumstances);
        close(theirs);
        std::string said;
        char block[512];
        CHECK(comes_true([&] {
            const ssize_t got = read(ours, block, sizeof block);
            if (got > 0) said.append(block, static_cast<size_t>(got));
            return said.find(" %") != said.npos;
        }));
        for (int i = 0; i < count; ++i) kill(running.pid(), SIGINT);
        REQUIRE(running.ends());
        said += read_all(ours);
        close(ours);
        const std::string end = "\r\033[Ksepflow: interrupted\r\n";
        CAPTURE(said);
        CHECK(said.size() > end.size());
        CHECK(said.substr(said.size() - std::min(said.size(), end.size())) == end);
    }
}
