// Files that a run leaves: results whole or not at all, reports, comparisons.
#include <cerrno>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "tests/command/read_back.h"

using command_test::Circumstances;
using command_test::Folder;
using command_test::lines;
using command_test::Outcome;
using command_test::succeed;

namespace {

using Names = std::vector<std::string>;

// Where the kernel lets it, a disk that is full: no file may grow past `bytes`.
Circumstances disk_of(long bytes) {
    Circumstances circumstances;
    circumstances.largest_file = bytes;
    return circumstances;
}

// The command reads a pipe; the signal comes to its group, as Ctrl-C does, before the pixels do,
// which may find no reader any more.
void signal_before_pixels(int pid, const std::string &folder, int number) {
    const int pipe = open((folder + "/pipe.csv").c_str(), O_WRONLY);
    kill(-pid, number);
    const auto before = signal(SIGPIPE, SIG_IGN);
    const char text[] = "1,2\n3,4\n";
    const bool is_read = write(pipe, text, sizeof text - 1) > 0;
    CHECK((is_read || errno == EPIPE));
    signal(SIGPIPE, before);
    close(pipe);
}

void interrupt(int pid, const std::string &folder) {
    signal_before_pixels(pid, folder, SIGINT);
}

void terminate(int pid, const std::string &folder) {
    signal_before_pixels(pid, folder, SIGTERM);
}

}  // namespace

TEST_CASE(
    "a result that does not fit on the disk leaves nothing, and what was there before stays") {
    Folder folder;
    REQUIRE(folder.run({"chart", "in.png", "--size", "640x480"}).exit_code == 0);
    for (const std::string name : {"out.png", "out.tif", "out.jpg", "out.webp", "out.ppm"}) {
        INFO(name);
        const std::vector<std::string> arguments = {"filter", "in.png", name, "-k", "box 3"};
        const Outcome absent = folder.run(arguments, disk_of(2000));
        CHECK(absent.exit_code == 1);
        CHECK(lines(absent.err).size() == 1);
        CHECK(absent.err.rfind("sepflow: cannot write " + name, 0) == 0);
        CHECK(folder.names() == Names{"in.png"});

        folder.write(name, "precious");
        CHECK(folder.run(arguments, disk_of(2000)).exit_code == 1);
        CHECK(folder.names() == Names{"in.png", name});
        CHECK(folder.read(name) == "precious");
        unlink(folder.path(name).c_str());
    }
}

TEST_CASE("the same for CSV, whose text is longer than the disk") {
    Folder folder;
    std::string text;
    for (int i = 0; i < 2000; ++i) text += i % 50 == 49 ? "1.5\n" : "1.5,";
    folder.write("in.csv", text);
    const Outcome outcome =
        folder.run({"filter", "in.csv", "out.csv", "-k", "identity"}, disk_of(2000));
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err == "sepflow: cannot write out.csv: File too large\n");
    CHECK(folder.names() == Names{"in.csv"});
}

TEST_CASE("an interrupted run says so, exits 128 + signal and leaves no file") {
    for (const auto &[meanwhile, code] : {std::pair(interrupt, 130), std::pair(terminate, 143)}) {
        Folder folder;
        REQUIRE(mkfifo(folder.path("pipe.csv").c_str(), 0600) == 0);
        Circumstances circumstances;
        circumstances.has_own_group = true;
        circumstances.meanwhile = meanwhile;
        const Outcome outcome =
            folder.run({"filter", "pipe.csv", "out.csv", "-k", "box 3"}, circumstances);
        CHECK(outcome.exit_code == code);
        CHECK(outcome.err == "sepflow: interrupted\n");
        CHECK(folder.names() == Names{"pipe.csv"});
    }
}

TEST_CASE("the output may be the input") {
    Folder folder;
    folder.write("a.csv", "1,2,3\n");
    const std::vector<std::string> csv = {"filter", "a.csv", "a.csv", "-q", "-k", "1x1 2"};
    REQUIRE(folder.run(csv).exit_code == 0);
    CHECK(folder.read("a.csv") == "2,4,6\n");

    REQUIRE(folder.run({"chart", "a.png", "--size", "300x200"}).exit_code == 0);
    REQUIRE(folder.run({"filter", "a.png", "b.ppm", "-q", "-k", "gaussian 2"}).exit_code == 0);
    REQUIRE(folder.run({"filter", "a.png", "a.png", "-q", "-k", "gaussian 2"}).exit_code == 0);
    REQUIRE(folder.run({"filter", "a.png", "a.ppm", "-q", "-k", "identity"}).exit_code == 0);
    CHECK(folder.read("a.ppm") == folder.read("b.ppm"));
}

TEST_CASE("a symbolic link stays a link and its file keeps its mode") {
    Folder folder;
    folder.write("in.csv", "1,2\n");
    folder.write("real.csv", "old");
    REQUIRE(chmod(folder.path("real.csv").c_str(), 0640) == 0);
    REQUIRE(symlink("real.csv", folder.path("link.csv").c_str()) == 0);
    REQUIRE(folder.run({"filter", "in.csv", "link.csv", "-q", "-k", "identity"}).exit_code == 0);
    CHECK(folder.read("real.csv") == "1,2\n");
    struct stat status = {};
    REQUIRE(lstat(folder.path("link.csv").c_str(), &status) == 0);
    CHECK(S_ISLNK(status.st_mode));
    REQUIRE(stat(folder.path("real.csv").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
    REQUIRE(symlink("new.csv", folder.path("ahead.csv").c_str()) == 0);
    REQUIRE(folder.run({"filter", "in.csv", "ahead.csv", "-q", "-k", "identity"}).exit_code == 0);
    CHECK(folder.read("new.csv") == "1,2\n");
}

TEST_CASE("what is written for one purpose is not written over for another") {
    Folder folder;
    folder.write("in.csv", "1,2\n");
    folder.write("mask.csv", "1,1\n");
    folder.write("k.csv", "1,2,1\n");
    REQUIRE(symlink("in.csv", folder.path("link.csv").c_str()) == 0);
    const auto before = folder.names();
    const std::vector<std::vector<std::string>> rows = {
        {"--report", "out.csv"},  {"--compare", "./out.csv"}, {"--report", "in.csv"},
        {"--report", "link.csv"}, {"--compare", "mask.csv"},  {"--report", "a", "--compare", "a"},
        {"--report", "k.csv"}};
    for (const std::vector<std::string> &row : rows) {
        std::vector<std::string> arguments = {"filter",     "in.csv", "out.csv",  "-k",
                                              "file k.csv", "--mask", "mask.csv", "-q"};
        arguments.insert(arguments.end(), row.begin(), row.end());
        const Outcome outcome = folder.run(arguments);
        CHECK(outcome.exit_code == 1);
        CHECK_MESSAGE(outcome.err.find("cannot write ") != std::string::npos, outcome.err);
        CHECK(folder.names() == before);
        CHECK(folder.read("in.csv") == "1,2\n");
    }
    CHECK(folder.run({"filter", "in.csv", "mask.csv", "-k", "box 3", "--mask", "mask.csv"})
              .exit_code == 1);
    REQUIRE(symlink("loop.csv", folder.path("loop.csv").c_str()) == 0);  // to itself
    succeed(folder, {"filter", "in.csv", "loop.csv", "-q", "-k", "identity"});
}

TEST_CASE("names that are not UTF-8 are replaced in JSON and in pictures") {
    Folder folder;
    folder.write("\xff.csv", "1,2\n");
    succeed(folder,
            {"filter", "\xff.csv", "out.csv", "-q", "-k", "file \xff.csv", "--report", "r"});
    const auto json = nlohmann::json::parse(folder.read("r"));
    CHECK(json["input"]["file"] == "\uFFFD.csv");
    succeed(folder, {"explain", "-k", "file \xff.csv", "--json", "--picture", "k.png"});
}

TEST_CASE("filter reports the factoring in one line, and in JSON") {
    Folder folder;
    folder.write("in.csv", "1,2,3\n4,5,6\n");
    const Outcome outcome =
        folder.run({"filter", "in.csv", "out.csv", "-k", "2x2 1 0 0 1", "--report", "r.json",
                    "--threads", "1", "--method", "separable"});
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out == "");
    REQUIRE(lines(outcome.err).size() == 1);
    CHECK(outcome.err.rfind("2x2 1 0 0 1: 2 x 2 taps as rank 2, error at most ", 0) == 0);
    const auto json = nlohmann::json::parse(folder.read("r.json"));
    CHECK(json["rank"] == 2);
    CHECK(json["error_bound"] == json["plan"]["error_bound"]);
    CHECK(json["input"]["width"] == 3);
    CHECK(json["output"]["type"] == "f64");
    CHECK(json["plan"]["singular_values"].size() == 2);
    CHECK(folder.run({"filter", "in.csv", "out.csv", "-q", "-k", "box 3"}).err == "");
    succeed(folder, {"chart", "c.png", "--size", "80x64"});
    for (const std::string type : {"u8", "f32"}) {
        for (const std::string missing : {"propagate", "ignore", "fill"}) {
            CAPTURE(type);
            CAPTURE(missing);
            const Outcome both =
                folder.run({"filter", "c.png", "o.tif", "-k", "gaussian 1", "--missing", missing,
                            "--missing-value", "1000", "--type", type, "--explain"});
            const auto error_in = [](const std::string &text) {
                const std::string mark = "at most ";
                return std::stod(text.substr(text.find(mark, text.find("error ")) + mark.size()));
            };
            CHECK(error_in(both.err) == doctest::Approx(error_in(both.out)).epsilon(0.1));
        }
    }
    for (const auto &[method, how] : {std::pair<std::string, std::string>{"direct", "directly"},
                                      {"fft", "by Fourier transforms"}}) {
        const Outcome forced =
            folder.run({"filter", "in.csv", "out.csv", "-k", "box 3", "--method", method});
        CHECK_MESSAGE(forced.err.find("taps " + how + ", error") != std::string::npos, forced.err);
    }
}

TEST_CASE("a comparison holds the input, a gap and the result") {
    Folder folder;
    folder.write("in.csv", "1,2\n3,4\n");
    REQUIRE(
        folder.run({"filter", "in.csv", "out.csv", "-q", "-k", "1x1 10", "--compare", "both.csv"})
            .exit_code == 0);
    CHECK(folder.read("both.csv") == "1,2,0,0,0,0,0,0,0,0,10,20\n3,4,0,0,0,0,0,0,0,0,30,40\n");
}

TEST_CASE("a comparison can be looked at whatever the types are") {
    const Folder folder;
    folder.write("in.csv", "-100,0\n300,100\n");
    for (const std::string type : {"f64", "f32", "s16"}) {
        succeed(folder, {"filter", "in.csv", "in.tif", "-q", "-k", "identity", "--type", "f32"});
        const Outcome told = folder.run({"filter", "in.tif", "out.tif", "-q", "-k", "identity",
                                         "--type", type, "--compare", "both.png"});
        CHECK(told.exit_code == 0);
        CHECK(told.err == "sepflow: both.png shows -100 as black and 300 as white\n");
        CHECK(folder.has("out.tif"));
        succeed(folder, {"filter", "both.png", "both.csv", "-q", "-k", "identity"});
        const std::string pixels = folder.read("both.csv");
        CHECK(pixels.rfind("0,64,", 0) == 0);
        CHECK(pixels.find("\n255,128,") != pixels.npos);
        CHECK(pixels.find(",255,128\n") != pixels.npos);
    }
    // Within 0 .. 1, floats have their own black and white; and 16 bits have theirs.
    folder.write("in.csv", "0.5,0.25\n");
    CHECK(folder.run({"filter", "in.csv", "o.csv", "-q", "-k", "identity", "--compare", "c.png"})
              .err == "");
    succeed(folder, {"filter", "c.png", "c.csv", "-q", "-k", "identity"});
    CHECK(folder.read("c.csv").rfind("128,64,", 0) == 0);
    folder.write("in.pgm", "P2\n2 1\n65535\n0 25700\n");
    CHECK(folder.run({"filter", "in.pgm", "o.pgm", "-q", "-k", "identity", "--compare", "c.webp"})
              .err == "");
    succeed(folder, {"filter", "c.webp", "c.ppm", "-q", "-k", "identity", "--compare", "d.ppm"});
    CHECK(folder.read("c.ppm").rfind(std::string("P6\n12 1\n255\n\0\0\0\x64\x64\x64", 19), 0) == 0);
}

TEST_CASE("the report's error bound is that of explain") {
    const Folder folder;
    succeed(folder, {"chart", "rgb.png", "--size", "80x64"});
    succeed(folder, {"filter", "rgb.png", "rgb.ppm", "-q", "-k", "identity"});
    const std::string pixels =
        folder.read("rgb.ppm").substr(std::string("P6\n80 64\n255\n").size());
    folder.write("u8.pgm", "P5\n80 64\n255\n" + pixels.substr(0, 80 * 64));
    folder.write("u16.pgm", "P5\n80 64\n65535\n" + pixels.substr(0, 2 * 80 * 64));
    for (const std::string type : {"s16", "f32"})
        succeed(folder,
                {"filter", "rgb.png", type + ".tif", "-q", "-k", "identity", "--type", type});

    const auto bound_in = [](const std::string &text) {
        const std::string mark = "at most ";
        const size_t from = text.find("error "), at = text.find(mark, from);
        REQUIRE_MESSAGE(from != text.npos, text);
        if (text.find("none", from) < at) return std::string("0");
        REQUIRE_MESSAGE(at != text.npos, text);
        const size_t begin = at + mark.size();
        return text.substr(begin, text.find_first_of(" ,\n", begin) - begin);
    };
    const auto compare = [&](const std::string &in, const std::string &in_type,
                             const std::string &kernel, const std::string &type,
                             const std::string &tolerance) {
        const std::vector<std::string> options = {"-k", kernel,        "--type",
                                                  type, "--tolerance", tolerance};
        std::vector<std::string> filter = {"filter", in, "out.tif"},
                                 explain = {"explain", "--in-type", in_type};
        filter.insert(filter.end(), options.begin(), options.end());
        explain.insert(explain.end(), options.begin(), options.end());
        const Outcome filtered = folder.run(filter), explained = folder.run(explain);
        CAPTURE(in + " " + kernel + " " + type + " " + tolerance);
        CHECK(bound_in(filtered.err) == bound_in(explained.out));
    };
    const std::vector<std::string> types = {"u8", "u16", "s16", "f32"};
    for (const std::string kernel : {"disc 10", "gaussian 3", "sobel x", "log 2"})
        for (const std::string &type : types)
            for (const std::string tolerance : {"0.05", "1/510"})
                compare("rgb.png", "u8", kernel, type, tolerance);
    for (const auto &[in, in_type] : {std::pair<std::string, std::string>{"u8.pgm", "u8"},
                                      {"u16.pgm", "u16"},
                                      {"s16.tif", "s16"},
                                      {"f32.tif", "f32"}})
        for (const std::string &type : types) compare(in, in_type, "disc 10", type, "0.05");
}

TEST_CASE("the bytes of a result do not depend on the number of threads") {
    Folder folder;
    REQUIRE(folder.run({"chart", "in.png", "--size", "700x500"}).exit_code == 0);
    const auto filtered = [&](const std::vector<std::string> &more) {
        std::vector<std::string> arguments = {"filter", "in.png", "out.ppm", "-q", "-k", "disc 6"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        REQUIRE(folder.run(arguments).exit_code == 0);
        return folder.read("out.ppm");
    };
    const std::string serial = filtered({"--threads", "1"});
    CHECK(serial == filtered({"--threads", "3"}));
    CHECK(serial != filtered({"--rank", "1"}));
}
