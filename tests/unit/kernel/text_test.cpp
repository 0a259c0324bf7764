#include <clocale>
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>
#include <random>
#include <string>

#include "runtime/base/error.h"
#include "runtime/kernel/kernel.h"

using sepflow::Error;
using sepflow::Kernel;
using sepflow::kernel_from_text;

TEST_CASE("separators, case and signs are free") {
    const Kernel kernel = kernel_from_text("gaussian 3 1.5");
    for (const char *text :
         {"gaussian_3_1.5", "  GAUSSIAN\t3 \n 1.5 ", "Gaussian +3 1.5e0", "gauss 3.0 .15E+1"}) {
        CHECK_MESSAGE(kernel_from_text(text).taps == kernel.taps, text);
    }
}

TEST_CASE("matrices and vectors") {
    const Kernel matrix = kernel_from_text("2x3 1 2 3 4 5 6");
    CHECK(matrix.rows == 2);
    CHECK(matrix.columns == 3);
    CHECK(matrix.taps == std::vector<double>{1, 2, 3, 4, 5, 6});
    CHECK(matrix.factors.empty());
    for (const char *text : {"row 1 2 3 col 4 5", "col 4 5 row 1 2 3"}) {
        const Kernel vectors = kernel_from_text(text);
        CHECK(vectors.rows == 2);
        CHECK(vectors.columns == 3);
        CHECK(vectors.taps == std::vector<double>{4, 8, 12, 5, 10, 15});
        REQUIRE(vectors.factors.size() == 1);
        CHECK(vectors.factors[0].row == std::vector<double>{1, 2, 3});
        CHECK(vectors.factors[0].column == std::vector<double>{4, 5});
    }
}

TEST_CASE("commas may separate the numbers behind a size, and ImageMagick's colon turns it round") {
    const Kernel wanted = kernel_from_text("2x3 1 2 3 4 5 6");
    for (const char *text : {"2x3 1,2,3,4,5,6", "2x3 1,2,3 4,5,6", "2x3 1, 2, 3, 4, 5, 6",
                             "2x3_1,2,3_4,5,6", "2x3 1 , 2 , 3 , 4 , 5 , 6", "3x2: 1,2,3 4,5,6",
                             "3x2:1,2,3,4,5,6", "3x2+1+1: 1 2 3 4 5 6", "3X2: 1,2,3\n4,5,6"}) {
        CAPTURE(text);
        const Kernel kernel = kernel_from_text(text);
        CHECK(kernel.rows == 2);
        CHECK(kernel.taps == wanted.taps);
    }
    CHECK(kernel_from_text("2x2: 1,1 1,1 norm").taps == std::vector<double>(4, 0.25));
    const std::pair<const char *, const char *> bad[] = {
        {"1x2 0,5 0,5", "a comma separates two numbers"},  // decimal commas
        {"2x2 1,5 2 3 4", "4 taps, not 5; a comma separates two numbers"},
        {"2x3 1,2 3,4 5,6", "rows of 3 numbers"},
        {"2x3: 1,2,3 4,5,6", "rows of 2 numbers"},
        {"2x2 1,,2 3 4", "column 7: a number is missing"},
        {"2x2 ,1,2,3,4", "column 5: a number is missing"},
        {"2x2 1,2,3,4,", "a number is missing after the last comma"},
        {"3x3+0+0: 1,2,1 2,4,2 1,2,1", "origin is not the middle"},
        {"3x3+1+1 1 2 1 2 4 2 1 2 1", "no kernel is called"},
        {"3x3: ", "9 taps, not 0"},
        {"gaussian 1,5", "column 11: a comma; write a decimal point"},
        {"gaussian 3, 2", "a comma"},
        {"row 1,2,1 col 1,2,1", "a comma"},
        {"box 3,5", "a comma"},
    };
    for (const auto &[text, part] : bad) {
        CAPTURE(text);
        CHECK_THROWS_WITH_AS(kernel_from_text(text), doctest::Contains(part), Error);
    }
}

TEST_CASE("a name is suggested only where it is near, and files where one is meant") {
    const auto said = [](const char *text) -> std::string {
        try {
            kernel_from_text(text);
        } catch (const Error &e) {
            return e.what();
        }
        return "";
    };
    CHECK(said("gausian 3").find("; did you mean 'gaussian'? There are") != std::string::npos);
    CHECK(said("disk 3").find("did you mean 'disc'?") != std::string::npos);
    for (const char *text : {"median 3", "sharpen", "bilateral 3", "x", "z 3", "1 2 1"}) {
        CAPTURE(text);
        CHECK(said(text).find("no kernel is called") != std::string::npos);
        CHECK(said(text).find("did you mean") == std::string::npos);
    }
    for (const char *text : {"k/ok.csv", "aperture.png", "./my kernels/a_b.txt", "Kernel_3.MAT"}) {
        CAPTURE(text);
        CHECK(said(text).find(text) != std::string::npos);
        CHECK(said(text).find("write 'file' before its name") != std::string::npos);
        CHECK(said(text).find("did you mean") == std::string::npos);
    }
    CHECK(said("disk 7.5").find("'file'") == std::string::npos);
}

TEST_CASE("SEPFLOW_NO_FILES forbids kernels from files, whoever asks") {
    const char *text = "file /dev/null";
    const auto read = [](const std::string &) { return kernel_from_text("identity"); };
    for (const char *value : {"1", "yes", "false", " "}) {
        CAPTURE(value);
        setenv("SEPFLOW_NO_FILES", value, 1);
        CHECK_THROWS_WITH_AS(kernel_from_text(text, read), doctest::Contains("SEPFLOW_NO_FILES"),
                             Error);
        CHECK_THROWS_WITH_AS(sepflow::kernel_from_trusted_text("FILE_/etc/passwd"),
                             doctest::Contains("SEPFLOW_NO_FILES"), Error);
        CHECK(kernel_from_text("box 3").rows == 3);
    }
    for (const char *value : {"0", ""}) {
        setenv("SEPFLOW_NO_FILES", value, 1);
        CHECK(kernel_from_text(text, read).rows == 1);
    }
    unsetenv("SEPFLOW_NO_FILES");
    CHECK(kernel_from_text(text, read).rows == 1);
}

TEST_CASE("a number may be a ratio of two, and is refused with the reason where it is none") {
    CHECK(kernel_from_text("1x4 1/4 -1/3 +2/5 1e1/4").taps ==
          std::vector<double>{0.25, -1.0 / 3, 0.4, 2.5});
    CHECK(kernel_from_text("gaussian_3/2").taps == kernel_from_text("gaussian 1.5").taps);
    const struct {
        const char *text, *why;
    } rows[] = {{"1x1 1/0", "column 5: '1/0' divides by zero"},
                {"1x1 1/2/3", "'1/2/3' is not a number: a ratio has one '/'"},
                {"1x1 1/-2", "the sign of a ratio comes first"},
                {"1x1 1/+2", "the sign of a ratio comes first"},
                {"1x1 /2", "'/2' is not a number"},
                {"1x1 1/", "'1/' is not a number"},
                {"1x1 1/x", "'1/x' is not a number"},
                {"1x1 1/inf", "not a finite number"},
                {"1x1 nan/2", "not a finite number"},
                {"1x1 1e300/1e-300", "not a finite number"},
                {"1x1 inf", "'inf' is not a number"}};
    for (const auto &row : rows) {
        CAPTURE(row.text);
        try {
            kernel_from_text(row.text);
            FAIL("it was taken");
        } catch (const Error &error) {
            CHECK_MESSAGE(std::string(error.what()).find(row.why) != std::string::npos,
                          error.what());
        }
    }
}

TEST_CASE("norm scales the sum to one, factors too") {
    const Kernel matrix = kernel_from_text("2x2 1 2 3 4 norm");
    CHECK(matrix.taps == std::vector<double>{0.1, 0.2, 0.3, 0.4});
    const Kernel vectors = kernel_from_text("row 1 3 col 1 1 norm");
    CHECK(vectors.taps == std::vector<double>{0.125, 0.375, 0.125, 0.375});
    CHECK(vectors.factors[0].row == std::vector<double>{0.125, 0.375});
}

TEST_CASE("numbers are read alike in every locale") {
    const Kernel wanted = kernel_from_text("gaussian 1.5");
    const std::string old = std::setlocale(LC_ALL, nullptr);
    bool found = false;
    for (const char *name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"}) {
        if (std::setlocale(LC_ALL, name) == nullptr) continue;
        found = true;
        CHECK(kernel_from_text("gaussian 1.5").taps == wanted.taps);
        CHECK_THROWS_AS(kernel_from_text("gaussian 1,5"), Error);
    }
    std::setlocale(LC_ALL, old.c_str());
    if (!found) MESSAGE("no locale with a decimal comma is installed: that half is skipped");
    CHECK_THROWS_AS(kernel_from_text("gaussian 1,5"), Error);
}

TEST_CASE("products and sums that overflow are no kernel") {
    for (const char *text : {"row 1e200 col 1e200", "row 1e200 col 1e200 norm",
                             "expsum 1e308 1 1e308 2", "row 1 col 1e-310 norm", "log 1e-300"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(kernel_from_text(text), Error);
    }
}

TEST_CASE("random text is a kernel or an error, never a crash") {
    const char *words[] = {"gaussian",    "box",    "row",   "col",
                           "3x3",         "norm",   "1",     "-2.5",
                           "1e400",       "disc",   "file",  "x",
                           "65536x65536", "expsum", "\xff",  "9999999999999999999",
                           "motion",      "0",      "gabor", "4095x2"};
    for (unsigned seed = 0; seed < 3000; ++seed) {
        std::mt19937 random(seed);
        std::string text;
        for (unsigned i = random() % 8; i-- > 0;)
            text +=
                std::string(words[random() % std::size(words)]) + (random() % 5 == 0 ? "_" : " ");
        try {
            const Kernel kernel = kernel_from_text(text);
            CHECK(kernel.taps.size() == kernel.rows * kernel.columns);
            CHECK(!kernel.taps.empty());
        } catch (const Error &e) {
            CHECK(std::string(e.what()).size() > 10);
        }
    }
}
