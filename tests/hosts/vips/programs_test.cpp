// The vips command and Python find the operation in a folder of modules, by name, and filter files.
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/hosts/vips/picture.h"

using namespace vips_test;

namespace {

// A sanitized module cannot be loaded into programs of others.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

class Folder {
  public:
    Folder() : path_((std::filesystem::temp_directory_path() / "sepflow-vips-XXXXXX").string()) {
        REQUIRE(mkdtemp(path_.data()) != nullptr);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder &) = delete;
    std::string operator()(const std::string &name) const { return path_ + "/" + name; }
    std::string read(const std::string &name) const {
        std::ifstream file((*this)(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    struct Outcome {
        int status;
        long peak_mib;  // of memory in use
        std::string said;
    };
    // A command in this folder, for a shell, with our module as the only one.
    Outcome run(const std::string &command) const {
        const std::string line = "cd '" + path_ +
                                 "' && export VIPSHOME='" SEPFLOW_VIPS_HOME "' && exec " + command +
                                 " >said 2>&1";
        const pid_t pid = fork();
        if (pid == 0) {
            execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
            _exit(127);
        }
        int status = 0;
        rusage usage = {};
        REQUIRE(wait4(pid, &status, 0, &usage) == pid);
        return {status, usage.ru_maxrss / 1024, read("said")};
    }
    void succeeds(const std::string &command) const {
        CAPTURE(command);
        const Outcome outcome = run(command);
        CHECK_MESSAGE(outcome.status == 0, outcome.said);
    }

  private:
    std::string path_;
};

void save(VipsImage *image, const std::string &file) {
    REQUIRE_MESSAGE(vips_image_write_to_file(image, file.c_str(), nullptr) == 0, error_text());
}

}  // namespace

TEST_CASE("the vips command lists the operation with its arguments" * doctest::skip(kIsSanitized)) {
    const Folder folder;
    folder.succeeds("vips -l operation");
    CHECK(folder.read("said").find("(sepflow)") != std::string::npos);
    // Without arguments it explains them, and fails.
    const std::string usage = folder.run("vips sepflow").said;
    for (const char *part :
         {"kernel ", "mask ", "border ", "tolerance ", "extent ", "same, valid, full",
          "reflect101, reflect, replicate, wrap, constant, truncate"})
        CHECK_MESSAGE(usage.find(part) != std::string::npos, part);
    const Folder::Outcome typo = folder.run("vips sepflow a.tif b.tif --border mirror");
    CHECK(typo.status != 0);
    CHECK_MESSAGE(typo.said.find("reflect101, reflect") != std::string::npos, typo.said);
    CHECK_MESSAGE(usage.find("(0 .. 1)") != std::string::npos, usage);
}

TEST_CASE("the vips command stops where a kernel is refused" * doctest::skip(kIsSanitized)) {
    const Folder folder;
    save(noise(VIPS_FORMAT_UCHAR, 30, 20).get(), folder("in.tif"));
    std::ofstream(folder("secret.csv")) << "hunter2:x:0:0\n";
    for (const std::string arguments :
         {"--kernel 'gausian 3'", "--kernel 'gaussian 3' --tolerance 7",
          "--kernel 'file secret.csv'", "--kernel 'file secret.csv' --no-files",
          "--kernel '3x3 -1 -1 -1 -1 8 -1 -1 -1 -1' --border truncate"}) {
        CAPTURE(arguments);
        const Folder::Outcome outcome = folder.run("vips sepflow in.tif out.tif " + arguments);
        CHECK(WEXITSTATUS(outcome.status) == 1);
        CHECK_MESSAGE(outcome.said.find("sepflow: ") == 0, outcome.said);
        CHECK_MESSAGE(outcome.said.find("hunter2") == std::string::npos, outcome.said);
        CHECK(!std::filesystem::exists(folder("out.tif")));
    }
}

TEST_CASE("the vips command filters files" * doctest::skip(kIsSanitized)) {
    const Folder folder;
    const Image in = noise(VIPS_FORMAT_UCHAR, 301, 203, 3);
    save(in.get(), folder("in.tif"));  // in strips, which the command reads from top to bottom
    folder.succeeds("vips sepflow in.tif out.tif --kernel 'gaussian 3' --vips-leak");
    CHECK_MESSAGE(folder.read("said").find("objects alive") == std::string::npos,
                  folder.read("said"));
    CHECK((bytes_of(loaded(folder("out.tif")).get()) == applied(in.get(), filter("gaussian 3"))));

    // The first row needs the last, too far away for a reader that goes from top to bottom.
    const Image tall = noise(VIPS_FORMAT_UCHAR, 31, 60003);
    save(tall.get(), folder("tall.png"));
    folder.succeeds("vips sepflow tall.png out.tif --kernel 'disc 4.5' --border wrap");
    CHECK((bytes_of(loaded(folder("out.tif")).get()) ==
           applied(tall.get(), filter("disc 4.5", SEPFLOW_BORDER_WRAP))));

    std::ofstream(folder("kernel.mat")) << "4 3 20 0\n1 2 3 4\n5 -6 7 8\n9 10 11 13\n";
    folder.succeeds(
        "vips sepflow in.tif out.v --mask kernel.mat --extent valid --border-x constant "
        "--tolerance 0.0001 --format float");
    Filter text = filter("3x4 0.05 0.1 0.15 0.2 0.25 -0.3 0.35 0.4 0.45 0.5 0.55 0.65");
    text.options.extent = SEPFLOW_EXTENT_VALID;
    text.options.tolerance = 0.0001;
    text.format = VIPS_FORMAT_FLOAT;
    const Image ours = loaded(folder("out.v"));
    const Bytes result = bytes_of(ours.get()), expected = applied(in.get(), text);
    REQUIRE(result.size() == expected.size());
    for (size_t i = 0; i < result.size(); i += sizeof(float)) {
        float a, b;
        std::memcpy(&a, &result[i], sizeof a);
        std::memcpy(&b, &expected[i], sizeof b);
        REQUIRE(a == doctest::Approx(b).epsilon(1e-5));  // taps over 20 were rounded otherwise
    }
}

TEST_CASE("one thread and eight write the same file" * doctest::skip(kIsSanitized)) {
    const Folder folder;
    save(noise(VIPS_FORMAT_FLOAT, 1201, 803, 2).get(), folder("in.v"));
    for (const char *threads : {"1", "8"})
        folder.succeeds("env VIPS_CONCURRENCY=" + std::string(threads) + " vips sepflow in.v out" +
                        threads + ".raw --kernel 'disc 9'");
    CHECK(!folder.read("out1.raw").empty());
    CHECK((folder.read("out1.raw") == folder.read("out8.raw")));
}

#ifdef SEPFLOW_SYSTEM_PYTHON
TEST_CASE("Python finds the operation by name" * doctest::skip(kIsSanitized)) {
    const Folder folder;
    const Image in = noise(VIPS_FORMAT_USHORT, 301, 203, 3);
    save(in.get(), folder("in.tif"));
    int bindings = 0;
    for (const char *binding : {"gi", "pyvips"}) {
        const Folder::Outcome outcome =
            folder.run(SEPFLOW_SYSTEM_PYTHON " " SEPFLOW_PYTHON_FILTER " " + std::string(binding) +
                       " in.tif out.tif 'gaussian 3' replicate");
        if (WEXITSTATUS(outcome.status) == 77) continue;  // not installed
        ++bindings;
        REQUIRE_MESSAGE(outcome.status == 0, binding, ": ", outcome.said);
        CHECK((bytes_of(loaded(folder("out.tif")).get()) ==
               applied(in.get(), filter("gaussian 3", SEPFLOW_BORDER_REPLICATE))));
        std::filesystem::remove(folder("out.tif"));
    }
    if (bindings == 0)
        MESSAGE("SKIPPED: neither python3-gi with gir1.2-vips-8.0 nor python3-pyvips");
}
#endif

// SEPFLOW_TEST_LARGE=1: 40000 x 40000 pixels, 3.2 GB of disk; else 12000 x 12000.
TEST_CASE("a picture larger than the memory in use is filtered" * doctest::skip(kIsSanitized)) {
    const bool is_large = std::getenv("SEPFLOW_TEST_LARGE") != nullptr;
    const int repeats = is_large ? 100 : 30;
    const long limit_mib = is_large ? 600 : 130;  // the smaller picture alone takes 137
    const Folder folder;
    const Image tile = noise(VIPS_FORMAT_UCHAR, 400, 400);
    save(tile.get(), folder("tile.tif"));
    const std::string times = std::to_string(repeats);
    folder.succeeds("vips replicate tile.tif in.tif " + times + " " + times);
    const Folder::Outcome outcome = folder.run("vips sepflow in.tif out.tif --kernel 'gaussian 3'");
    REQUIRE_MESSAGE(outcome.status == 0, outcome.said);
    const Image out = loaded(folder("out.tif"));
    REQUIRE(out->Xsize == 400 * repeats);
    REQUIRE(out->Ysize == 400 * repeats);
    MESSAGE("peak of ", outcome.peak_mib, " MiB for ", out->Xsize, " x ", out->Ysize, " pixels");
    CHECK(outcome.peak_mib < limit_mib);

    VipsImage *piece = nullptr;
    REQUIRE(vips_extract_area(out.get(), &piece, 400 * (repeats / 2), 400 * (repeats - 3), 400, 400,
                              nullptr) == 0);
    const Image owner(piece);
    CHECK((bytes_of(piece) == applied(tile.get(), filter("gaussian 3", SEPFLOW_BORDER_WRAP))));
}
