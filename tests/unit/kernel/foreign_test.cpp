// Matrices as spreadsheets and other programs write them: read as they are meant, or refused.
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "tests/unit/kernel/kernel_file.h"

using namespace kernel_test;
using sepflow::Kernel;

namespace {

const std::vector<double> kSquare = {1, 2, 1, 2, 4, 2, 1, 2, 1}, kFlat = {1, 2, 3, 4, 5, 6};

void reads(const std::string &suffix, const std::string &content, size_t rows,
           const std::vector<double> &taps) {
    CAPTURE(suffix);
    CAPTURE(content);
    const std::string why = message(suffix, content);
    REQUIRE_MESSAGE(why.empty(), why);
    const Kernel kernel = read(suffix, content);
    CHECK(kernel.rows == rows);
    CHECK(kernel.taps == taps);
}

void refuses(const std::string &suffix, const std::string &content, const std::string &part) {
    CAPTURE(suffix);
    CAPTURE(content);
    const std::string why = message(suffix, content);
    CHECK_MESSAGE(why.find(part) != std::string::npos, why);
}

}  // namespace

TEST_CASE("a comma is a decimal comma where something else separates the numbers") {
    const std::vector<double> taps = {0.0625, 0.125, -1.5, 0.25, 12, 3};
    for (const std::string text :
         {"0,0625;0,125;-1,5\n0,25;12;3\n", "0,0625; 0,125; -1,5\r\n0,25 ;12,0;3\r\n",
          "0,0625\t0,125\t-1,5\n0,25\t12\t3\n", "0,0625 0,125 -1,5\n0,25 12 3\n",
          "\"0,0625\";\"0,125\";\"-1,5\"\n\"0,25\";\"12\";\"3\"\n",
          "0,0625;0,125;-1,5;\n0,25;12;3;"}) {
        reads(".csv", text, 2, taps);
    }
    for (const std::string text :
         {"1.234,5;2\n", "0,5;0.5\n", "1,000,000;2\n", "1,;2\n", ",5;2\n"}) {
        CAPTURE(text);
        CHECK(!message(".csv", text).empty());
    }
}

TEST_CASE("commas that may be either are refused") {
    refuses(".csv", "0,0625\n0,125\n", "decimal point");  // one column, or two?
    refuses(".csv", "1,05\n2,25\n", "decimal point");
    refuses(".csv", "0,25\n0,5\n0,25\n", "decimal comma");
    refuses(".csv", "-0,5\n", "decimal comma");
    refuses(".csv", "1,2;\n3,4;\n", "decimal commas");
    refuses(".csv", "\"1,000\",\"2,000\"\n", "thousands");
    // With a blank, or where the first column says so, it separates.
    reads(".csv", "0, 25\n0, 5\n", 2, {0, 25, 0, 5});
    reads(".csv", "0,25\n1,5\n", 2, {0, 25, 1, 5});
    reads(".csv", "0,1,0\n0,2,0\n", 2, {0, 1, 0, 0, 2, 0});
}

TEST_CASE("lines end as on any system, and separators and quotes are those of spreadsheets") {
    for (const std::string text :
         {"1,2,3\r4,5,6\r", "1,2,3\r\r4,5,6", "1,2,3,\n4,5,6,\n",
          "\"1\",\"2\",\"3\"\n\"4\",\"5\",\"6\"\n", "1\t2\t3\n4\t5\t6\n", "1\t2\t3\t\n4\t5\t6\t\n",
          "  1  2  3  \n  4  5  6  \n", "1;2;3\r\n4;5;6", "# x,y,z\r1,2,3\r4,5,6 # end"}) {
        reads(".csv", text, 2, kFlat);
    }
    refuses(".csv", "1,2,3,\n4,5,6\n", "some lines end in a separator");
    refuses(".csv", "1,2,3\n4,5,6,\n", "some lines end in a separator");
    refuses(".csv", "1\t\t3\n4\t\t6\n", "line 1, column 4: a number is missing between two tabs");
    refuses(".csv", "1;;3\n", "line 1, column 3: a number is missing");
    refuses(".csv", ",1,2\n", "line 1, column 1: a number is missing");
    refuses(".csv", "1,\"2\n3,4\n", "line 1, column 3: a number is missing");
    refuses(".csv", "1,2\"3\n", "separator is missing");
    refuses(".csv", "x,y,z\n1,2,3\n", "line 1, column 1: this is not a number");
    refuses(".csv", "x,y,z\n1,2,3\n", "begin with '#'");
}

TEST_CASE("numbers that are separated in two ways are refused") {
    for (const std::string text : {"1 2 1; 2 4 2; 1 2 1\n", "1, 2; 3, 4\n", "1 2;3 4\n"})
        refuses(".txt", text, "enclose the matrix in brackets");
    refuses(".txt", "1, 2 3\n", "only blanks");
    refuses(".txt", "1,2,1 2,4,2 1,2,1\n", "not a number");
    refuses(".txt", "1 2\n3, 4\n", "only blanks");
}

TEST_CASE("matrices in brackets, as NumPy, Python, MATLAB and OpenCV print them") {
    for (const std::string text :
         {"[[1. 2. 3.]\n [4. 5. 6.]]\n", "[[1, 2, 3], [4, 5, 6]]", "[[1 2\n  3]\n [4 5\n  6]]",
          "[[1, 2, 3,], [4, 5, 6,],]", "[1 2 3; 4 5 6]", "[1 2 3;\n 4 5 6];\n",
          "[1, 2, 3;\n 4, 5, 6]", "[1,2,3;4,5,6;]", "\n# a\n[ 1 2 3 ; 4 5 6 ]\r\n",
          "[[1,2,3],[4,5,6]]"}) {
        reads(".txt", text, 2, kFlat);
    }
    reads(".txt", "[1 2 3]", 1, {1, 2, 3});
    reads(".txt", "[1; 2; 3]", 3, {1, 2, 3});
    reads(".txt", "[[0.5]]", 1, {0.5});
    for (const std::string text : {"[1 2 3\n 4 5 6]",
                                   "[1 2; 3 4",
                                   "[[1 2] [3 4]",
                                   "[1 2; 3 4]]",
                                   "[1 2; 3 4]'",
                                   "[]",
                                   "[[]]",
                                   "[3 1; 1 2 3]",
                                   "[[1 2] 3 4]",
                                   "[1 2; [3 4]]",
                                   "[[[1 2] [3 4]]]",
                                   "[1 2; 3]",
                                   "[[1 2; 3 4]]",
                                   "[1 2] [3 4]",
                                   "[1 2 ... 3]",
                                   "[1 -2 - 3]",
                                   "[0,5 0,25]",
                                   "[1 2;; 3 4]",
                                   "[[1,2],,[3,4]]",
                                   "[,1] [,2]",
                                   "1 2]",
                                   "1 [2"}) {
        CAPTURE(text);
        CHECK(!message(".txt", text).empty());
    }
}

TEST_CASE("libvips's matrices have a header, with scale and offset") {
    for (const std::string suffix : {".mat", ".con"}) {
        reads(suffix, "3 2\n1 2 3\n4 5 6\n", 2, kFlat);
        reads(suffix, "3 2 2 0\n2 4 6\n8 10 12\n", 2, kFlat);
        reads(suffix, "3,2,0.5\n0.5,1,1.5\n2,2.5,3\n", 2, kFlat);
        reads(suffix, "2 1\n1 2\n", 1, {1, 2});
        refuses(suffix, "1 2 3\n4 5 6\n", "width height");
        refuses(suffix, "3 3\n1 2 3\n4 5 6\n", "width height");
        refuses(suffix, "4 2\n1 2 3\n4 5 6\n", "width height");
        refuses(suffix, "3 2 0 0\n1 2 3\n4 5 6\n", "scale is 0");
        refuses(suffix, "3 2 1 128\n1 2 3\n4 5 6\n", "offset is not 0");
    }
    // Elsewhere it is one where it cannot be a row.
    reads(".txt", "3 2\n1 2 3\n4 5 6\n", 2, kFlat);
    reads(".txt", "3 3 16 0\n1 2 1\n2 4 2\n1 2 1\n", 3,
          {1 / 16., 2 / 16., 1 / 16., 2 / 16., 4 / 16., 2 / 16., 1 / 16., 2 / 16., 1 / 16.});
    refuses(".txt", "3 2 1\n1 2 3\n4 5 6\n", "may be a row or libvips's");
    refuses(".txt", "2 1\n1 2\n", "may be a row or libvips's");
    reads(".txt", "3,2,1\n1,2,3\n4,5,6\n", 3, {3, 2, 1, 1, 2, 3, 4, 5, 6});
    reads(".txt", "[3 2 1; 1 2 3; 4 5 6]", 3, {3, 2, 1, 1, 2, 3, 4, 5, 6});
    reads(".txt", "3 1 1\n1 2 3\n4 5 6\n", 3, {3, 1, 1, 1, 2, 3, 4, 5, 6});
    refuses(".txt", "4 4\n1 2 3\n4 5 6\n", "line 2");
}

TEST_CASE("ImageMagick's matrices begin with their size") {
    for (const std::string text : {"3x3: 1,2,1 2,4,2 1,2,1\n", "3x3:\n  1,2,1\n  2,4,2\n  1,2,1\n",
                                   "3x3+1+1: 1,2,1,2,4,2,1,2,1", "3x3 1 2 1 2 4 2 1 2 1",
                                   "# a\n3x3: 1, 2, 1\n2, 4, 2\n1, 2, 1\n"}) {
        reads(".txt", text, 3, kSquare);
    }
    reads(".txt", "3x2: 1,2,3 4,5,6", 2, kFlat);
    reads(".txt", "2x3 1 2 3 4 5 6", 2, kFlat);
    refuses(".txt", "3x3: 1,2,1 secret 2,4,2 1,2,1", "begins with a size");
    CHECK(message(".txt", "3x3: 1,2,1 secret 2,4,2 1,2,1").find("secret") == std::string::npos);
    refuses(".txt", "3x3+0+0: 1,2,1 2,4,2 1,2,1", "begins with a size");
}

TEST_CASE("a file of more numbers than a kernel has is refused before all are kept") {
    std::string text = "1";
    for (size_t i = 0; i < sepflow::kMaxKernelTaps + 4; ++i) text += "\n1";
    refuses(".csv", text, "it holds more than 4194308 numbers");
    for (char &c : text) c = c == '\n' ? ' ' : c;
    refuses(".csv", "[" + text + "]", "it holds more than 4194308 numbers");
    for (char &c : text) c = c == ' ' ? ',' : c;
    refuses(".csv", "1x1: " + text, "begins with a size");
}

TEST_CASE("what a file holds decides how it is read, not its suffix") {
    for (const std::string suffix : {".kernel", ".k", ".png", ".csv.bak", ".json", ".dat", ""}) {
        reads(suffix, "1 2 3\n4 5 6\n", 2, kFlat);
        reads(suffix, "[1 2 3; 4 5 6]", 2, kFlat);
    }
    reads(".kernel", "P2 2 1 255 1 3", 1, {0.25, 0.75});
    for (const std::string content : {"\x89PNG\r\n", "#?RADIANCE\n1 2 3\n", "word 1 2\n", "<svg/>"})
        refuses(".kernel", content, "the library reads");
    // A picture may hold anything behind its first bytes.
    refuses(".kernel", std::string("1 2\0 3", 6), "the library reads");
}

TEST_CASE("text that is not UTF-8 is refused by name") {
    for (const std::string suffix : {".csv", ".kernel"}) {
        for (const std::string &content : {std::string("\xFF\xFE"
                                                       "1\0,\0"
                                                       "2\0",
                                                       8),
                                           std::string("\xFE\xFF\0"
                                                       "1\0,\0"
                                                       "2",
                                                       8)})
            refuses(suffix, content, "is UTF-16; save it as UTF-8");
    }
    refuses(".csv",
            std::string("1\0,\0"
                        "2\0",
                        6),
            "holds zero bytes, as UTF-16 does");
}

TEST_CASE("no error quotes what a file holds") {
    for (const std::string suffix : {".csv", ".txt", ".mat", "", ".kernel", ".pgm", ".pfm"}) {
        for (const std::string content :
             {"hunter2:x:0:0\n", "1,2\nhunter2,3\n", "1 hunter2\n", "[hunter2]",
              "[[1 2] [hunter2 3]]", "3x3: hunter2", "3x3 1 2 hunter2 4 5 6 7 8 9", "P2 hunter2",
              "P2 2 2 255 hunter2", "Pf hunter2 1", "\"hunter2\",1\n", "# hunter2\nhunter2",
              "0xhunter2"}) {
            CAPTURE(suffix);
            CAPTURE(content);
            const std::string why = message(suffix, content);
            CHECK(!why.empty());
            CHECK_MESSAGE(why.find("unter") == std::string::npos, why);
        }
    }
}
