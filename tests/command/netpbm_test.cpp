// Netpbm's formats, those that the command reads itself.
#include <doctest/doctest.h>

#include "tests/command/read_back.h"

using command_test::Folder;
using command_test::Outcome;
using command_test::pixels_of;
using command_test::succeed;
using command_test::type_of;

TEST_CASE("PFM begins with the bottom row, in either byte order, and its colours are floats") {
    Folder folder;
    // 1, 2 above 3, 4; big-endian, as the positive scale says. 1.0f is 3f80 0000, 2 4000 0000 ...
    folder.write("big.pfm",
                 std::string("Pf\n2 2\n1.0\n\x40\x40\0\0\x40\x80\0\0\x3f\x80\0\0\x40\0\0\0", 27));
    CHECK(pixels_of(folder, "big.pfm") == "1,2\n3,4\n");
    succeed(folder, {"filter", "big.pfm", "little.pfm", "-q", "-k", "identity"});
    CHECK(folder.read("little.pfm") ==
          std::string("Pf\n2 2\n-1.0\n\0\0\x40\x40\0\0\x80\x40\0\0\x80\x3f\0\0\0\x40", 28));
    CHECK(type_of(folder, "big.pfm") == "f32");

    succeed(folder, {"chart", "c.png", "--size", "80x64"});
    succeed(folder, {"filter", "c.png", "c.pfm", "-q", "-k", "identity", "--type", "f32"});
    succeed(folder, {"filter", "c.png", "c.ppm", "-q", "-k", "identity"});
    succeed(folder, {"filter", "c.pfm", "back.ppm", "-q", "-k", "identity", "--type", "u8"});
    CHECK(folder.read("back.ppm") == folder.read("c.ppm"));

    for (const std::string name : {"a.pgm", "a.pnm", "a.img"}) {
        folder.write(name, folder.read("big.pfm"));
        CHECK(pixels_of(folder, name) == "1,2\n3,4\n");
    }
    folder.write("short.pfm", "Pf\n2 2\n-1.0\nabcd");
    CHECK(folder.run({"filter", "short.pfm", "o.tif", "-k", "identity"}).exit_code == 1);
    folder.write("huge.pfm", "Pf\n9999999 9999999\n-1.0\nabcd");
    CHECK(folder.run({"filter", "huge.pfm", "o.tif", "-k", "identity"}).exit_code == 1);
    CHECK(!folder.has("o.tif"));
}

TEST_CASE("samples in ASCII stand between white space and comments") {
    Folder folder;
    folder.write("in.pgm", "P2#grey\n#3 x 2\n3 2 # and its maximum\n255\n0\t15 7#seven\n1\r\n 2 3");
    CHECK(pixels_of(folder, "in.pgm") == "0,15,7\n1,2,3\n");
    CHECK(type_of(folder, "in.pgm") == "u8");
    folder.write("wide.pgm", "P2 2 1 65535 256 0\n");
    CHECK(pixels_of(folder, "wide.pgm") == "256,0\n");
    CHECK(type_of(folder, "wide.pgm") == "u16");
    folder.write("in.ppm", "P3 2 1 255 1 2 3 4 5 6");
    succeed(folder, {"filter", "in.ppm", "out.ppm", "-q", "-k", "identity"});
    CHECK(folder.read("out.ppm") == "P6\n2 1\n255\n\1\2\3\4\5\6");
    succeed(folder, {"filter", "in.ppm", "out.png", "-q", "-k", "identity"});
    CHECK(folder.read("out.png")[25] == 2);  // IHDR's colour type: RGB
}

TEST_CASE("the maximum is white, 255 or 65535, in ASCII and in binary") {
    Folder folder;
    const struct {
        std::string file;
        const char *pixels, *type;
    } rows[] = {{"P2 3 1 15 0 15 7", "0,255,119\n", "u8"},
                {std::string("P5 3 1 100\n\0\x64\x32", 14), "0,255,128\n", "u8"},
                {"P2 3 1 1023 0 1023 512", "0,65535,32800\n", "u16"},
                {std::string("P5 3 1 1023\n\0\0\3\xff\2\0", 18), "0,65535,32800\n", "u16"},
                {"P5 2 1 65535\n\1\2\xff\xff", "258,65535\n", "u16"},
                {"P5 2 1 255# 2 1\n\x40\xc0", "64,192\n", "u8"}};
    for (const auto &row : rows) {
        folder.write("in.pgm", row.file);
        CHECK(pixels_of(folder, "in.pgm") == row.pixels);
        CHECK(type_of(folder, "in.pgm") == row.type);
    }
    folder.write("in.ppm", std::string("P6 1 1 1\n\1\0\1", 12));
    succeed(folder, {"filter", "in.ppm", "out.ppm", "-q", "-k", "identity"});
    CHECK(folder.read("out.ppm") == std::string("P6\n1 1\n255\n\xff\0\xff", 14));
}

TEST_CASE("bits are black where they are set, packed or in ASCII, apart or not") {
    Folder folder;
    folder.write("cr.pgm", "P2\r#grey\r3 1\r255\r1 2 3\r");
    CHECK(pixels_of(folder, "cr.pgm") == "1,2,3\n");
    const std::string packed("P4 10 2\n\xaa\x80\x01\x40", 12),
        commented("P4 10#\n2#tall\n\xaa\x80\x01\x40", 19);
    const std::string pixels =
        "0,255,0,255,0,255,0,255,0,255\n"
        "255,255,255,255,255,255,255,0,255,0\n";
    for (const std::string &file : {packed, commented, std::string("P1 10 2 10101010100000000101"),
                                    std::string("P1 10 2 1 0 1 0 1 0 1 0 1 0\n00000 00101\n")}) {
        folder.write("in.pbm", file);
        CHECK(pixels_of(folder, "in.pbm") == pixels);
        CHECK(type_of(folder, "in.pbm") == "u8");
    }
}

TEST_CASE("a Netpbm file that ends too early, or holds what it must not, is refused at once") {
    Folder folder;
    const struct {
        const char *file, *why;
    } rows[] = {
        {"P1 4 2 0101 101", "ends too early"},
        {"P2 4000000 4000000 255 1 2 3", "ends too early"},
        {"P3 1 2 255 1 2 3 4 5 #6", "ends too early"},
        {"P4 9 2 abc", "ends too early"},
        {"P4 4000000 4000000 abc", "ends too early"},
        {"P5 40 2 255 abcdefg", "ends too early"},
        {"P6 6553255 1535 100 abcd", "ends too early"},
        {"P1 2 1 02", "sample 2 is no number up to the maximum"},
        {"P2 2 1 255 1 256", "sample 2 is no number up to the maximum"},
        {"P2 2 1 255 1 99999999999999999999", "sample 2 is no number up to the maximum"},
        {"P2 2 1 255 1 -1", "sample 2 is no number up to the maximum"},
        {"P2 2 1 255 1 2x", "sample 2 is no number up to the maximum"},
        {"P5 3 1 100 edc", "sample 1 is no number up to the maximum"},
        {"P5 3 1 100 a", "ends too early"},
        {"P6 2 1 300 abcdefg", "sample 1"},
        {"P2 2 1 65536 1 2", "header"},
        {"P2 2 1 0 0 0", "header"},
        {"P2 0 1 255", "header"},
        {"P2 2 999999999 255 1 2", "header"},
        {"P2 two 1 255 1 2", "header"},
        {"P1", "header"},
    };
    for (const auto &row : rows) {
        INFO(row.file);
        folder.write("in.pgm", row.file);
        const Outcome outcome = folder.run({"filter", "in.pgm", "out.pgm", "-k", "box 3"});
        CHECK(outcome.exit_code == 1);
        CHECK(outcome.err.find("cannot read in.pgm: ") != std::string::npos);
        CHECK(outcome.err.find(row.why) != std::string::npos);
        CHECK(!folder.has("out.pgm"));
    }
}
