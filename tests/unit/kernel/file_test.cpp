#include <doctest/doctest.h>
#include <string>

#include "runtime/base/error.h"
#include "tests/unit/kernel/kernel_file.h"

using namespace kernel_test;
using sepflow::Error;
using sepflow::Kernel;
using sepflow::kernel_from_text;
using sepflow::kernel_from_trusted_text;

TEST_CASE("CSV and text matrices, whatever separates them") {
    const std::vector<double> wanted = {1, -2.5, 3, 4e-3, 5, 6};
    for (const char *content :
         {"1,-2.5,3\n4e-3,5,6\n", "1;-2.5;3\r\n4e-3;5;6",
          "1 -2.5 +3\n\n# note\n 4e-3\t5  6 # end\n", "1, -2.5, 3\n4e-3 ,5 ,6\n",
          "\xEF\xBB\xBF"
          "1,-2.5,3\r\n4e-3,5,6\r\n"}) {
        CAPTURE(content);
        const Kernel kernel = read(".csv", content);
        CHECK(kernel.rows == 2);
        CHECK(kernel.columns == 3);
        CHECK(kernel.taps == wanted);
    }
}

TEST_CASE("a grey image's pixels are weights that sum to one") {
    CHECK(read(".pgm", "P2\n# c\n2 2\n255\n0 100\n100 200\n").taps ==
          std::vector<double>{0, 0.25, 0.25, 0.5});
    // As they are, not as parts of white.
    CHECK(read(".pnm", "P2 3 1 100 1 2 1").taps == std::vector<double>{0.25, 0.5, 0.25});
    CHECK(read(".pgm", "P2 1#wide\r2#tall\n9 1#\n#\n3#").taps == std::vector<double>{0.25, 0.75});
    for (const char *header : {"P5 2 1 255\n", "P5#\n2#\n1#\n255#\n", "P5 2 1 255# 2 1\n"}) {
        CAPTURE(header);
        CHECK(read(".pgm", std::string(header) + "\x40\xc0").taps ==
              std::vector<double>{0.25, 0.75});
    }
    CHECK(read(".pgm", std::string("P5 1 2 65535\n\x01\x00\x03\x00", 17)).taps ==
          std::vector<double>{0.25, 0.75});
}

TEST_CASE("a PFM image's floats are taps as they are, rows from the bottom up") {
    const std::string floats("\0\0\x80\x3f\0\0\0\x40\0\0\x40\xc0\0\0\x80\x40", 16);  // 1, 2, -3, 4
    CHECK(read(".pfm", "Pf\n2 2\n-1.0\n" + floats).taps == std::vector<double>{-3, 4, 1, 2});
}

TEST_CASE("damaged files are errors that name the place") {
    CHECK(message(".csv", "1,2\n3\n").find("line 2") != std::string::npos);
    CHECK(message(".csv", "1,2\n3,x\n").find("line 2, column 3") != std::string::npos);
    CHECK(message(".csv", "1,,2\n").find("line 1") != std::string::npos);
    CHECK(message(".csv", "1,nan\n").find("finite") != std::string::npos);
    CHECK(message(".csv", "# nothing\n").find("no numbers") != std::string::npos);
    CHECK(message(".pgm", "P5 2 2 255\n\x01").find("cut short") != std::string::npos);
    CHECK(message(".pgm", "P6 2 2 255\n").find("not a grey") != std::string::npos);
    CHECK(message(".pgm", "P2 0 2 255\n").find("header") != std::string::npos);
    CHECK(message(".pfm", "Pf 2 2 -1\nxx").find("cut short") != std::string::npos);
    CHECK(message(".png", "x").find("the library reads") != std::string::npos);
}

TEST_CASE("text of 16 bits is refused by its name") {
    for (const std::string mark : {"\xFF\xFE", "\xFE\xFF"})
        CHECK(message(".csv", mark + "1").find("is UTF-16; save it as UTF-8") != std::string::npos);
}

TEST_CASE("other images go to the caller's reader") {
    const Scratch file(".png", "\x89PNG");
    const std::string wanted = file.text().substr(5);
    const Kernel kernel = sepflow::kernel_from_file(wanted, [&](const std::string &path) {
        CHECK(path == wanted);
        return sepflow::kernel_from_vectors({1, 2}, {3});
    });
    CHECK(kernel.taps == std::vector<double>{3, 6});
}

TEST_CASE("text that is not trusted reads no file") {
    const Scratch file(".csv", "1,2\n");
    CHECK(kernel_from_trusted_text(file.text()).columns == 2);
    CHECK_THROWS_WITH_AS(kernel_from_text(file.text()), doctest::Contains("not allowed"), Error);
}

TEST_CASE("damaged pictures are refused, and named") {
    const auto starts = [](const std::string &text) {
        return text.find("kernel file '/tmp/") == 0;
    };
    const std::string nan("\xff\xff\xff\xff", 4);
    for (const std::string &content :
         {std::string("P2\n3 2 255"), std::string("P5 3 2 25"), std::string("P2 2 1 9 -1 5"),
          std::string("P2 2 1 9 1 10"), std::string("P2 1.5 1 9 1"),
          std::string("P2 4000 4000 9 1"), std::string("P2 2 1 9 nan 1")}) {
        CAPTURE(content);
        CHECK(starts(message(".pgm", content)));
    }
    CHECK(starts(message(".pfm", "Pf\n1 1\n-1")));
    CHECK(starts(message(".pfm", "Pf\n1 1\n-1\n" + nan)));
}
