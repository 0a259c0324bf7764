// Exports and side effects of the module, set-up of the operation, and its refusals.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>

#include "tests/hosts/vips/picture.h"

using namespace vips_test;

namespace {

std::string output_of(const std::string &command) {
    FILE *pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    char block[4096];
    while (const size_t count = fread(block, 1, sizeof block, pipe)) text.append(block, count);
    REQUIRE(pclose(pipe) == 0);
    return text;
}

void refuses(VipsImage *in, const Filter &filter, const std::string &reason) {
    CHECK(filtered(in, filter) == nullptr);
    const std::string text = error_text();
    CHECK_MESSAGE(text.rfind("sepflow: ", 0) == 0, text);
    CHECK_MESSAGE(text.find(reason) != std::string::npos, text);
}

}  // namespace

TEST_CASE("the module exports what libvips looks for and nothing else") {
    CHECK(output_of("nm -D --defined-only --format=posix " SEPFLOW_VIPS " | cut -d' ' -f1") ==
          "g_module_check_init\n");
    const std::string needed = output_of("readelf -d " SEPFLOW_VIPS);
    for (const char *name : {"blas", "lapack", "gfortran", "Halide", "tbb"})
        CHECK(needed.find(name) == std::string::npos);
}

TEST_CASE("loading starts no thread and leaves the FPU alone, and so does filtering") {
    const Loading &loading = start();
    CHECK((loading.before == loading.after));
    const Surroundings before = surroundings();
    const Image in = noise(VIPS_FORMAT_UCHAR, 60, 40);
    const Image out = filtered(in.get(), filter("disc 4.5"));
    REQUIRE(out != nullptr);
    CHECK((surroundings() == before));
    VipsRegion *region = vips_region_new(out.get());
    const VipsRect all = {0, 0, 60, 40};
    REQUIRE(vips_region_prepare(region, &all) == 0);
    g_object_unref(region);
    CHECK((surroundings() == before));
}

TEST_CASE("an operation is set up when it is built: neither before nor again") {
    start();
    const std::string file = std::string(P_tmpdir) + "/sepflow-vips-kernel.csv";
    std::remove(file.c_str());
    // A scan makes operations and asks for their arguments; no kernel is read.
    VipsOperation *operation = vips_operation_new("sepflow");
    REQUIRE(operation != nullptr);
    g_object_set(operation, "kernel", ("file " + file).c_str(), nullptr);
    const Image in = noise(VIPS_FORMAT_FLOAT, 300, 200);
    g_object_set(operation, "in", in.get(), nullptr);
    CHECK(error_text().empty());

    std::ofstream(file) << "1,2,3\n4,5,7\n";
    REQUIRE_MESSAGE(vips_object_build(VIPS_OBJECT(operation)) == 0, error_text());
    std::remove(file.c_str());
    VipsImage *out = nullptr;
    g_object_get(operation, "out", &out, nullptr);
    CHECK((bytes_of(out) == applied(in.get(), filter("2x3 1 2 3 4 5 7"))));
    g_object_unref(out);
    vips_object_unref_outputs(VIPS_OBJECT(operation));
    g_object_unref(operation);
}

TEST_CASE("a kernel file that has changed is read again, though libvips keeps operations") {
    start();
    vips_cache_set_max(100);
    const std::string file = std::string(P_tmpdir) + "/sepflow-vips-changed.csv";
    const Image in = noise(VIPS_FORMAT_FLOAT, 30, 20);
    for (const std::string &text : {"file " + file, " FILE_" + file}) {
        CAPTURE(text);
        for (const std::string taps : {"1,2,3", "4,5,7"}) {
            std::ofstream(file) << taps << "\n";
            const Image out = filtered(in.get(), filter(text));
            REQUIRE_MESSAGE(out != nullptr, error_text());
            std::string kernel = "1x3 " + taps;
            std::replace(kernel.begin(), kernel.end(), ',', ' ');
            CHECK((bytes_of(out.get()) == applied(in.get(), filter(kernel))));
        }
    }
    const Image once = filtered(in.get(), filter(kUneven)),
                again = filtered(in.get(), filter(kUneven));
    CHECK((once == again));  // as it keeps others
    std::remove(file.c_str());
    vips_cache_set_max(0);
}

TEST_CASE("pictures keep what they carry, and results outlive the operation and its input") {
    Image in = noise(VIPS_FORMAT_UCHAR, 70, 50, 3);
    vips_image_set_string(in.get(), "photographer", "nobody");
    in->Xres = 12;
    const Image out = filtered(in.get(), filter(kUneven));
    const Bytes expected = applied(in.get(), filter(kUneven));
    in.reset();
    const char *text = nullptr;
    REQUIRE(vips_image_get_string(out.get(), "photographer", &text) == 0);
    CHECK(std::string(text) == "nobody");
    CHECK(out->Xres == 12);
    CHECK((bytes_of(out.get()) == expected));
}

TEST_CASE("what cannot be done is refused in words") {
    const Image in = noise(VIPS_FORMAT_UCHAR, 60, 40), complex = noise(VIPS_FORMAT_COMPLEX, 60, 40);
    refuses(in.get(), filter("gausian 3"), "gaussian");
    refuses(in.get(), filter("file /nonexistent/kernel.csv"), "/nonexistent/kernel.csv");
    Filter bad = filter("gaussian 3");
    bad.format = VIPS_FORMAT_DPCOMPLEX;
    refuses(in.get(), bad, "uchar");
    refuses(in.get(), bad, "dpcomplex");
    bad.format = VIPS_FORMAT_INT;
    refuses(complex.get(), bad, "complex");
    bad = filter("gaussian 3");
    bad.options.delta = 1;
    refuses(complex.get(), bad, "complex");
    bad = filter("3x3 -1 -1 -1 -1 8 -1 -1 -1 -1", SEPFLOW_BORDER_TRUNCATE);
    refuses(in.get(), bad, "sum");
}

TEST_CASE("the kernel comes as text or as a matrix, not both and not as another picture") {
    const Image in = noise(VIPS_FORMAT_UCHAR, 60, 40);
    const double taps[] = {1, 2, 1, 0, NAN, 3};
    const Image mask(vips_image_new_matrix_from_array(3, 1, taps, 3)),
        bad_mask(vips_image_new_matrix_from_array(3, 2, taps, 6));
    const Image coloured = noise(VIPS_FORMAT_UCHAR, 3, 3, 3);
    VipsImage *out = nullptr;
    CHECK(vips_call("sepflow", in.get(), &out, nullptr) != 0);
    CHECK(error_text().find("set kernel") != std::string::npos);
    CHECK(vips_call("sepflow", in.get(), &out, "kernel", "box 3", "mask", mask.get(), nullptr) !=
          0);
    CHECK(error_text().find("set kernel") != std::string::npos);
    CHECK(vips_call("sepflow", in.get(), &out, "mask", bad_mask.get(), nullptr) != 0);
    CHECK(error_text().find("finite") != std::string::npos);
    CHECK(vips_call("sepflow", in.get(), &out, "mask", coloured.get(), nullptr) != 0);
    CHECK(error_text().find("band") != std::string::npos);
}

TEST_CASE("kernels from files can be forbidden, and then none is said to be there or not") {
    start();
    const std::string file = std::string(P_tmpdir) + "/sepflow-vips-forbidden.csv";
    std::ofstream(file) << "1,2,3\n";
    const Image in = noise(VIPS_FORMAT_UCHAR, 60, 40);
    const auto said = [&](const std::string &kernel, bool no_files) -> std::string {
        VipsImage *out = nullptr;
        const int failed = vips_call("sepflow", in.get(), &out, "kernel", kernel.c_str(),
                                     "no_files", no_files, nullptr);
        if (failed != 0) return error_text();
        g_object_unref(out);
        return "";
    };
    CHECK(said("file " + file, false).empty());
    CHECK(said("box 3", true).empty());
    CHECK(said("file " + file, true) ==
          "sepflow: files are not allowed here; 'file " + file + "' is not read\n");
    CHECK(said("file " + file + "x", true) ==
          "sepflow: files are not allowed here; 'file " + file + "x' is not read\n");
    setenv("SEPFLOW_NO_FILES", "1", 1);
    for (const char *end : {"", "x"})
        CHECK(said("file " + file + end, false) ==
              "sepflow: kernels from files are not allowed here: SEPFLOW_NO_FILES is set\n");
    unsetenv("SEPFLOW_NO_FILES");
    std::ofstream(file) << "hunter2:x:0:0\n";
    const std::string why = said("file " + file, false);
    CHECK_MESSAGE(why.find("line 1, column 1") != std::string::npos, why);
    CHECK_MESSAGE(why.find("hunter2") == std::string::npos, why);
    std::remove(file.c_str());
}

// GLib would warn of a number beyond a property's limits and keep the old one.
TEST_CASE("a number beyond its limits is refused in words") {
    const Image in = noise(VIPS_FORMAT_UCHAR, 60, 40);
    VipsImage *out = nullptr;
    CHECK(vips_call("sepflow", in.get(), &out, "kernel", "box 3", "tolerance", 7.0, nullptr) != 0);
    CHECK(error_text() == "sepflow: tolerance must lie in 0 .. 1\n");
    CHECK(vips_call("sepflow", in.get(), &out, "kernel", "box 3", "rank", 70000, nullptr) != 0);
    CHECK(error_text().find("rank must lie in 0 .. 4095") != std::string::npos);
}
