// Pixel types and channels from file to file. What a file holds is read back through the command
// itself, into CSV; the headers are read here.
#include <cstdint>
#include <cstring>
#include <doctest/doctest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "tests/command/command.h"
#include "tests/command/read_back.h"

using command_test::Folder;
using command_test::lines;
using command_test::Outcome;
using command_test::pixels_of;
using command_test::succeed;
using command_test::tiff_tag;
using command_test::type_of;

namespace {

// A grey image of 2 x 2 pixels with 16 bits, big-endian as PGM has them.
std::string pgm16(const std::vector<int> &values) {
    std::string bytes = "P5\n2 2\n65535\n";
    for (const int value : values) {
        bytes += static_cast<char>(value >> 8);
        bytes += static_cast<char>(value & 255);
    }
    return bytes;
}

// A TIFF of one row, 8 bits of cyan, magenta, yellow and black for each pixel.
std::string inks_tiff(const std::string &pixels) {
    const auto little = [](uint32_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
        return text;
    };
    const auto size = static_cast<uint32_t>(pixels.size());
    const uint32_t bits_at = 8, pixels_at = 16, directory = pixels_at + size;
    std::string file = "II*" + std::string(1, '\0') + little(directory, 4);
    for (int i = 0; i < 4; ++i) file += little(8, 2);
    file += pixels + little(9, 2);
    const auto tag = [&](uint32_t number, uint32_t type, uint32_t count, uint32_t value) {
        file += little(number, 2) + little(type, 2) + little(count, 4) + little(value, 4);
    };
    tag(256, 3, 1, size / 4);   // width
    tag(257, 3, 1, 1);          // height
    tag(258, 3, 4, bits_at);    // bits of each sample
    tag(259, 3, 1, 1);          // not compressed
    tag(262, 3, 1, 5);          // inks
    tag(273, 4, 1, pixels_at);  // the strip
    tag(277, 3, 1, 4);          // samples
    tag(278, 3, 1, 1);          // rows of a strip
    tag(279, 4, 1, size);       // bytes of it
    return file + little(0, 4);
}

}  // namespace

TEST_CASE("16 bits stay 16 bits through PNG, TIFF and PGM") {
    Folder folder;
    folder.write("in.pgm", pgm16({1, 258, 65535, 4660}));
    for (const std::string name : {"a.png", "a.tif", "a.pgm"}) {
        INFO(name);
        succeed(folder, {"filter", "in.pgm", name, "-q", "-k", "identity"});
        CHECK(type_of(folder, name) == "u16");
        CHECK(pixels_of(folder, name) == "1,258\n65535,4660\n");
    }
    CHECK(folder.read("a.png")[24] == 16);  // IHDR's bit depth
    CHECK(folder.read("a.pgm").find("65535") != std::string::npos);
}

TEST_CASE("8 bits stay 8 bits through the lossless formats") {
    Folder folder;
    folder.write("in.pgm", "P2\n2 2\n255\n0 7\n128 255\n");
    for (const std::string name : {"a.png", "a.tif", "a.pgm"}) {
        INFO(name);
        succeed(folder, {"filter", "in.pgm", name, "-q", "-k", "identity"});
        CHECK(type_of(folder, name) == "u8");
        CHECK(pixels_of(folder, name) == "0,7\n128,255\n");
    }
}

TEST_CASE("floats, doubles and signed integers stay what they are in TIFF, and floats in PFM") {
    Folder folder;
    folder.write("in.csv", "-1.5,0.1\n1e30,-32768\n");
    succeed(folder, {"filter", "in.csv", "d.tif", "-q", "-k", "identity"});
    // libvips 8.14 writes doubles but does not read them, so the file is read here.
    const std::string tiff = folder.read("d.tif");
    CHECK(tiff_tag(tiff, 258) == 64);  // BitsPerSample
    CHECK(tiff_tag(tiff, 339) == 3);   // SampleFormat: IEEE floating point
    const double expected[] = {-1.5, 0.1, 1e30, -32768};
    const size_t strip = tiff_tag(tiff, 273);  // StripOffsets
    REQUIRE(strip + sizeof expected <= tiff.size());
    CHECK(std::memcmp(tiff.data() + strip, expected, sizeof expected) == 0);

    folder.write("in.csv", "-1.5,0.125\n1024,-32768\n");
    for (const std::string name : {"f.tif", "f.pfm"}) {
        succeed(folder, {"filter", "in.csv", name, "-q", "-k", "identity", "--type", "f32"});
        CHECK(type_of(folder, name) == "f32");
        CHECK(pixels_of(folder, name) == "-1.5,0.125\n1024,-32768\n");
    }
    succeed(folder, {"filter", "in.csv", "s.tif", "-q", "-k", "identity", "--type", "s16"});
    CHECK(type_of(folder, "s.tif") == "s16");
    CHECK(pixels_of(folder, "s.tif") == "-2,0\n1024,-32768\n");  // ties to even
}

TEST_CASE("integer results saturate and round to even") {
    Folder folder;
    folder.write("in.csv", "-5,0.5,1.5,254.5,300\n");
    succeed(folder, {"filter", "in.csv", "out.csv", "-q", "-k", "identity", "--type", "u8"});
    CHECK(folder.read("out.csv") == "0,0,2,254,255\n");
}

TEST_CASE("colour channels are filtered alike and kept apart") {
    Folder folder;
    // Red rises to the right, green downwards, blue is 9.
    folder.write("in.ppm", "P3\n3 2\n255\n10 0 9  20 0 9  30 0 9\n10 50 9  20 50 9  30 50 9\n");
    succeed(folder, {"filter", "in.ppm", "out.ppm", "-q", "-k", "1x2 1 0", "--border", "constant",
                     "--border-value", "1"});
    const std::string bytes = folder.read("out.ppm");
    const unsigned char expected[] = {1, 1, 1, 10, 0, 9, 20, 0, 9, 1, 1, 1, 10, 50, 9, 20, 50, 9};
    REQUIRE(bytes.size() > sizeof expected);
    CHECK(std::memcmp(bytes.data() + bytes.size() - sizeof expected, expected, sizeof expected) ==
          0);
}

TEST_CASE("JPEG and WebP are written and read") {
    Folder folder;
    succeed(folder, {"chart", "chart.png", "--size", "160x120"});
    for (const std::string name : {"a.jpg", "a.webp"}) {
        INFO(name);
        succeed(folder, {"filter", "chart.png", name, "-q", "-k", "gaussian 2"});
        CHECK(type_of(folder, name) == "u8");
    }
    // WebP is lossless here, so what it holds is what PNG would hold.
    succeed(folder, {"filter", "a.webp", "webp.ppm", "-q", "-k", "identity"});
    succeed(folder, {"filter", "chart.png", "png.ppm", "-q", "-k", "gaussian 2"});
    CHECK(folder.read("webp.ppm") == folder.read("png.ppm"));
}

TEST_CASE("inks stay inks in TIFF, and become colours in PNG") {
    Folder folder;
    const std::string paper(4, '\0'), black("\0\0\0\xff", 4), cyan("\xff\0\0\0", 4);
    folder.write("in.tif", inks_tiff(paper + black + cyan));
    succeed(folder, {"filter", "in.tif", "out.tif", "-q", "-k", "identity"});
    CHECK(folder.read("out.tif").find(paper + black + cyan) != std::string::npos);
    succeed(folder, {"filter", "in.tif", "out.png", "-q", "-k", "identity"});
    CHECK(folder.read("out.png")[24] == 8);  // IHDR's bit depth
    succeed(folder, {"filter", "out.png", "out.ppm", "-q", "-k", "identity"});
    const std::string ppm = folder.read("out.ppm");
    succeed(folder, {"filter", "in.tif", "wide.tif", "-q", "-k", "identity", "--type", "u16"});
    CHECK(tiff_tag(folder.read("wide.tif"), 262) == 5);
    const auto sample = [&](size_t i) {
        return static_cast<int>(static_cast<unsigned char>(ppm.at(ppm.size() - 9 + i)));
    };
    CHECK(sample(0) > 240);
    CHECK(sample(3) < 80);
    CHECK(sample(6) < sample(8) - 100);  // less red than blue
}

TEST_CASE("an image taller than a band equals the same image in one piece") {
    Folder folder;
    // 600 rows of 16384 colour pixels exceed the band of 32 MiB, whose last rows see the next
    // band's.
    succeed(folder, {"chart", "tall.ppm", "--size", "16384x1400"});
    succeed(folder, {"filter", "tall.ppm", "down.ppm", "-q", "-k", "col 1 0 0 0 0 row 1"});
    const std::string in = folder.read("tall.ppm"), out = folder.read("down.ppm");
    const size_t row = 16384 * 3, header = in.size() - 1400 * row;
    REQUIRE(out.size() == in.size());
    // Each row is the one two above it.
    CHECK(std::memcmp(out.data() + header + 2 * row, in.data() + header, 1398 * row) == 0);
}

TEST_CASE("a grey image is a kernel, its pixels weights that sum to one") {
    Folder folder;
    folder.write("in.csv", "0,0,0\n0,1,0\n0,0,0\n");
    folder.write("k.pgm", "P2\n3 1\n255\n1 2 5\n");
    succeed(folder, {"filter", "k.pgm", "k.png", "-q", "-k", "identity"});
    for (const std::string name : {"k.pgm", "k.png"}) {
        INFO(name);
        succeed(folder,
                {"filter", "in.csv", "out.csv", "-q", "-k", "file " + name, "-b", "constant"});
        CHECK(folder.read("out.csv") == "0,0,0\n0.625,0.25,0.125\n0,0,0\n");
    }
    folder.write("colour.ppm", "P3\n1 1\n255\n1 2 5\n");
    const Outcome outcome = folder.run({"explain", "-k", "file colour.ppm"});
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("grey") != std::string::npos);
}

TEST_CASE("a matrix in text is a kernel under any name, and libvips's is divided by its scale") {
    const Folder folder;
    folder.write("in.csv", "0,0,0\n0,1,0\n0,0,0\n");
    const std::pair<std::string, std::string> files[] = {{"k.kernel", "0.125 0.25 0.625\n"},
                                                         {"k.mat", "3 1 8 0\n1 2 5\n"},
                                                         {"k.png", "[0.125, 0.25, 0.625]"},
                                                         {"k", "3x1: 0.125,0.25,0.625"},
                                                         {"k.csv", "0,125;0,25;0,625\n"}};
    for (const auto &[name, content] : files) {
        INFO(name);
        folder.write(name, content);
        succeed(folder,
                {"filter", "in.csv", "out.csv", "-q", "-k", "file " + name, "-b", "constant"});
        CHECK(folder.read("out.csv") == "0,0,0\n0.625,0.25,0.125\n0,0,0\n");
    }
    const Outcome bare = folder.run({"explain", "-k", "./k.kernel"});
    CHECK(bare.exit_code == 1);
    CHECK_MESSAGE(bare.err.find("write 'file' before its name") != std::string::npos, bare.err);
    CHECK_MESSAGE(bare.err.find("did you mean") == std::string::npos, bare.err);
}

TEST_CASE("a file that ends too early is refused") {
    Folder folder;
    succeed(folder, {"chart", "whole.png", "--size", "200x200"});
    succeed(folder, {"filter", "whole.png", "whole.jpg", "-q", "-k", "identity"});
    for (const std::string name : {"whole.png", "whole.jpg"}) {
        INFO(name);
        const std::string bytes = folder.read(name);
        folder.write("half" + name.substr(5), bytes.substr(0, bytes.size() / 2));
        const Outcome outcome =
            folder.run({"filter", "half" + name.substr(5), "out.png", "-k", "box 3"});
        CHECK(outcome.exit_code == 1);
        CHECK(outcome.err.find("half") != std::string::npos);
        CHECK(!folder.has("out.png"));
    }
}

TEST_CASE("of several pages one is read, which is reported, and not written over all of them") {
    const Folder folder;
    const std::string header("GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff", 19),
        frame("\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0", 15), two = header + frame + frame + ";";
    folder.write("two.tif", two);
    const Outcome told = folder.run({"filter", "two.tif", "one.png", "-q", "-k", "identity"});
    CHECK(told.exit_code == 0);
    CHECK(told.err == "sepflow: two.tif has 2 pages; only the first is read\n");
    CHECK(folder.run({"filter", "two.tif", "./two.tif", "-k", "identity"}).exit_code == 1);
    CHECK(folder.read("two.tif") == two);
    folder.write("one.tif", header + frame + ";");
    CHECK(folder.run({"filter", "one.tif", "one.tif", "-q", "-k", "identity"}).err == "");
}

TEST_CASE("a directory is no image, and a pipe only where it is read once") {
    const Folder folder;
    REQUIRE(mkfifo(folder.path("pipe.pgm").c_str(), 0600) == 0);
    REQUIRE(mkdir(folder.path("folder.pgm").c_str(), 0700) == 0);
    REQUIRE(mkdir(folder.path("folder.csv").c_str(), 0700) == 0);
    for (const std::string name : {"pipe.pgm", "folder.pgm", "folder.csv", "/dev/null"}) {
        INFO(name);
        const Outcome outcome = folder.run({"filter", name, "out.png", "-k", "box 3"});
        CHECK(outcome.exit_code == 1);
        CHECK(outcome.err.find("cannot read " + name + ": it is") != std::string::npos);
    }
}

TEST_CASE("a read that fails tells of which file, and why") {
    const Folder folder;
    for (const std::string name : {"a.csv", "a.pfm"}) {  // reading at address 0 is an error
        REQUIRE(symlink("/proc/self/mem", folder.path(name).c_str()) == 0);
        const Outcome outcome = folder.run({"filter", name, "out.csv", "-k", "box 3"});
        CHECK(outcome.err == "sepflow: cannot read " + name + ": Input/output error\n");
    }
    folder.write("late.pgm", "P5\n4 1\n255abcd");
    const Outcome late = folder.run({"filter", "late.pgm", "out.csv", "-k", "box 3"});
    CHECK(late.exit_code == 1);
    CHECK(late.err.find("cannot read late.pgm: ") != std::string::npos);
}

TEST_CASE("an image without a pixel is refused in one line") {
    const Folder folder;
    for (const std::string header : {"P5 0 2 255\n", "P5 2 0 255\n", "P6 -1 3 65535\n"}) {
        folder.write("in.pgm", header + "pixels beyond");
        const Outcome outcome = folder.run({"filter", "in.pgm", "out.pgm", "-k", "box 3"});
        CHECK(outcome.exit_code == 1);
        CHECK(outcome.err.find("cannot read in.pgm") != std::string::npos);
        CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
        CHECK(!folder.has("out.pgm"));
    }
}

TEST_CASE("a mask says which pixels are missing, and --missing what becomes of them") {
    Folder folder;
    folder.write("in.csv", "1,9,3\n");
    folder.write("mask.csv", "1,0,1\n");
    folder.write("nan.csv", "1,nan,3\n");
    const std::vector<std::string> kernel = {"-q", "-k", "row 1 1 1 col 1 norm", "-b", "constant"};
    const auto filtered = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "filter");
        arguments.insert(arguments.end(), kernel.begin(), kernel.end());
        const Outcome outcome = folder.run(arguments);
        CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
        return folder.read("out.csv");
    };
    CHECK(filtered({"in.csv", "out.csv", "--mask", "mask.csv"}) == "0.5,2,1.5\n");
    CHECK(filtered({"nan.csv", "out.csv", "--missing", "ignore"}) == "0.5,2,1.5\n");
    CHECK(filtered({"in.csv", "out.csv", "--mask", "mask.csv", "--keep-missing", "--missing-value",
                    "-7"}) == "0.5,-7,1.5\n");
    CHECK(filtered({"in.csv", "out.csv", "--mask", "mask.csv", "--missing", "fill",
                    "--missing-value", "2"}) == "1,2,1.6666666666666665\n");
    CHECK(filtered({"nan.csv", "out.csv"}) == "nan,nan,nan\n");
    folder.write("short.csv", "1,0\n");
    const Outcome outcome =
        folder.run({"filter", "in.csv", "new.csv", "-k", "box 3", "--mask", "short.csv"});
    CHECK(outcome.exit_code == 1);
    CHECK(lines(outcome.err).size() == 1);
}
