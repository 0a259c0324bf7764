// Kinds of pictures that need a way: types without a file format, channels, orders of rows, and
// advice.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <doctest/doctest.h>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "tests/command/command.h"
#include "tests/command/read_back.h"

using command_test::Folder;
using command_test::number_at;
using command_test::Outcome;
using command_test::succeed;
using command_test::tiff_tag;
using command_test::type_of;

namespace {

// One sample as libvips stores it on this machine.
std::string sample(const std::string &type, double value) {
    const auto bytes = [](auto number) {
        return std::string(reinterpret_cast<const char *>(&number), sizeof number);
    };
    return type == "u8"    ? bytes(static_cast<uint8_t>(value))
           : type == "u16" ? bytes(static_cast<uint16_t>(value))
           : type == "s16" ? bytes(static_cast<int16_t>(value))
           : type == "f32" ? bytes(static_cast<float>(value))
                           : bytes(value);
}

// A file in libvips's own format, which holds any type and number of channels.
std::string vips_file(const std::string &type, int width, int height, int channels,
                      const std::string &samples) {
    const std::vector<std::string> types = {"u8",  "s8",  "u16", "s16", "u32",
                                            "s32", "f32", "",    "f64"};
    const auto format = std::find(types.begin(), types.end(), type) - types.begin();
    const bool is_wide = type == "u16";
    const int space = channels < 3 ? (is_wide ? 26 : 1) : is_wide ? 25 : 22;
    std::string file(64, '\0');
    const auto set = [&](size_t at, int32_t value) { std::memcpy(&file[at], &value, 4); };
    set(0, 0x08f2a6b6);  // little-endian
    set(4, width);
    set(8, height);
    set(12, channels);
    set(20, static_cast<int32_t>(format));
    set(28, space);
    const float density = 1;
    std::memcpy(&file[32], &density, 4);
    std::memcpy(&file[36], &density, 4);
    return file + samples;
}

// The ways out of a refusal, each options or a suffix.
std::vector<std::string> advices(const std::string &error) {
    const std::string text = error.substr(error.rfind("; use ") + 6);
    std::vector<std::string> ways;
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find(", or ", at), text.size() - 1);
        std::string way = text.substr(at, end - at);
        if (way.rfind("a ", 0) == 0) way = way.substr(2, way.find(' ', 2) - 2);
        ways.push_back(way);
        at = end + 5;
    }
    return ways;
}

// A grey ramp, or colours and alpha that are alike, of whatever type, as 8 bits have it.
void check_levels(const Folder &folder, const std::string &name, const std::vector<int> &ramp) {
    if (name == "out.tif" || name == "out.pfm") return;  // as they are: read back by other tests
    succeed(folder, {"filter", name, "levels.tif", "-q", "-k", "identity"});
    const std::string tiff = folder.read("levels.tif");
    const size_t strip = tiff_tag(tiff, 273), channels = tiff_tag(tiff, 277);
    const size_t bytes = type_of(folder, name) == "u16" ? 2 : 1;
    for (size_t i = 0; i < ramp.size(); ++i) {
        const uint32_t level =
            number_at(tiff, strip + i * channels * bytes, static_cast<int>(bytes));
        CHECK(level == static_cast<uint32_t>(ramp[i] * (bytes == 2 ? 257 : 1)));
    }
}

// Two rows of two pixels of 32-bit floats. Channels, sorted by name, hold 0.25, 0.5, 0.75, 1.
std::string exr_file(const std::vector<std::string> &channels) {
    const auto number = [](auto value) {
        return std::string(reinterpret_cast<const char *>(&value), sizeof value);
    };
    const auto attribute = [&](const std::string &name, const std::string &type,
                               const std::string &value) {
        return name + '\0' + type + '\0' + number(static_cast<int32_t>(value.size())) + value;
    };
    std::string list;
    for (const std::string &name : channels)
        list += name + '\0' + number(int32_t{2}) + number(int32_t{0}) + number(int32_t{1}) +
                number(int32_t{1});
    const std::string window =
        number(int32_t{0}) + number(int32_t{0}) + number(int32_t{1}) + number(int32_t{1});
    std::string file = number(int32_t{20000630}) + number(int32_t{2}) +
                       attribute("channels", "chlist", list + '\0') +
                       attribute("compression", "compression", std::string(1, '\0')) +
                       attribute("dataWindow", "box2i", window) +
                       attribute("displayWindow", "box2i", window) +
                       attribute("lineOrder", "lineOrder", std::string(1, '\0')) +
                       attribute("pixelAspectRatio", "float", number(1.0f)) +
                       attribute("screenWindowCenter", "v2f", number(0.0f) + number(0.0f)) +
                       attribute("screenWindowWidth", "float", number(1.0f)) + '\0';
    std::string line;
    for (size_t c = 0; c < channels.size(); ++c)
        line +=
            number(0.25f * static_cast<float>(c + 1)) + number(0.25f * static_cast<float>(c + 1));
    const size_t first = file.size() + 16;
    for (uint64_t y = 0; y < 2; ++y) file += number(uint64_t{first + y * (8 + line.size())});
    for (int32_t y = 0; y < 2; ++y)
        file += number(y) + number(static_cast<int32_t>(line.size())) + line;
    return file;
}

}  // namespace

TEST_CASE("advice, followed to the letter, gives the picture that was meant") {
    const Folder folder;
    // The same grey ramp in each type that has a white.
    const std::vector<int> ramp = {0, 1, 51, 128, 254, 255};
    const std::vector<std::pair<std::string, double>> types = {
        {"u8", 255}, {"u16", 65535}, {"f32", 1}, {"f64", 1}, {"s16", 0}};
    const std::vector<std::string> formats = {"png", "jpg", "webp", "tif",
                                              "pgm", "ppm", "pfm",  "csv"};
    for (const auto &[type, white] : types) {
        for (const int channels : {1, 2, 3, 4, 5}) {
            const std::string in = type + "." + std::to_string(channels) + ".v";
            std::string values;
            for (const int level : ramp) {
                for (int c = 0; c < channels; ++c)
                    values += sample(type, white > 0 ? level * white / 255 : level - 100);
            }
            folder.write(in, vips_file(type, 3, 2, channels, values));
            for (const std::string &format : formats) {
                INFO(in, " to ", format);
                const Outcome outcome =
                    folder.run({"filter", in, "out." + format, "-q", "-k", "identity"});
                if (outcome.exit_code == 0) continue;
                REQUIRE_MESSAGE(outcome.err.find("; use ") != std::string::npos, outcome.err);
                for (const std::string &advice : advices(outcome.err)) {
                    INFO(advice);
                    std::vector<std::string> again = {"filter", in,   "out." + format,
                                                      "-q",     "-k", "identity"};
                    if (advice[0] == '-') {
                        std::istringstream words(advice);
                        for (std::string word; words >> word;) again.push_back(word);
                    } else {
                        again[2] = "out" + advice;
                    }
                    const Outcome followed = folder.run(again);
                    CHECK_MESSAGE(followed.exit_code == 0, followed.err);
                    if (again[2] == "out.jpg" || white == 0 || channels == 5) continue;
                    check_levels(folder, again[2], ramp);
                }
            }
        }
    }
}

TEST_CASE("advice scales what the options scaled already") {
    const Folder folder;
    folder.write("in.pgm", "P2\n2 1\n65535\n257 25700\n");
    const Outcome outcome = folder.run(
        {"filter", "in.pgm", "out.jpg", "-k", "identity", "--scale", "1/4", "--delta", "257"});
    CHECK_MESSAGE(outcome.err.find("use --type u8 --scale 1/1028 --delta 1, or a .png file") !=
                      std::string::npos,
                  outcome.err);
    CHECK(folder.run({"filter", "in.pgm", "out.pfm", "-k", "identity"})
              .err.find("use --type f32 --scale 1/65535, or a .tif file") != std::string::npos);
}

TEST_CASE("integers without a type of their own are filtered in the next that holds them all") {
    const Folder folder;
    for (const auto &[name, bytes, value, type] :
         {std::tuple<std::string, int, int64_t, std::string>{"s8", 1, -128, "s16"},
          {"u32", 4, 4294967295, "f64"},
          {"s32", 4, -2147483648, "f64"}}) {
        const int64_t number = value;
        folder.write("in.v", vips_file(name, 2, 1, 1,
                                       std::string(static_cast<size_t>(bytes), '\1') +
                                           std::string(reinterpret_cast<const char *>(&number),
                                                       static_cast<size_t>(bytes))));
        const Outcome told = folder.run({"filter", "in.v", "out.csv", "-q", "-k", "identity"});
        CHECK(told.err == "sepflow: in.v holds " + name + " pixels, filtered as " + type + "\n");
        const std::string first = bytes == 1 ? "1" : "16843009";
        CHECK(folder.read("out.csv") == first + "," + std::to_string(value) + "\n");
    }
}

TEST_CASE("a file that libvips finds no word for is still given a reason") {
    const Folder folder;
    folder.write("scan.dcm", std::string(128, '\0') + "DICM" + std::string(400, '\1'));
    const Outcome outcome = folder.run({"filter", "scan.dcm", "out.tif", "-k", "box 3"});
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("cannot read scan.dcm: DICOM files are not read here") !=
          std::string::npos);
}

TEST_CASE("WebP keeps the colours of transparent pixels, and grey with alpha") {
    const Folder folder;
    std::string colours, greys;
    for (int i = 0; i < 40 * 30; ++i) {
        const char alpha = i % 3 == 0 ? '\xFF' : i % 3 == 1 ? '\x80' : '\0';
        colours +=
            {static_cast<char>(i * 7), static_cast<char>(i * 13), static_cast<char>(i), alpha};
        greys += {static_cast<char>(i * 7), alpha};
    }
    folder.write("colours.v", vips_file("u8", 40, 30, 4, colours));
    folder.write("greys.v", vips_file("u8", 40, 30, 2, greys));
    for (const std::string name : {"colours", "greys"}) {
        succeed(folder, {"filter", name + ".v", name + ".webp", "-q", "-k", "identity"});
        succeed(folder, {"filter", name + ".webp", name + ".tif", "-q", "-k", "identity"});
    }
    CHECK(folder.read("colours.tif").find(colours) != std::string::npos);
    std::string expanded;
    for (size_t i = 0; i < greys.size(); i += 2)
        expanded += std::string(3, greys[i]) + greys[i + 1];
    CHECK(folder.read("greys.tif").find(expanded) != std::string::npos);
}

TEST_CASE("OpenEXR files have the channels that they hold, alpha from 0 to 1") {
    const Folder folder;
    const struct {
        std::vector<std::string> channels;  // in the file's order
        const char *pixels;
        size_t bands;
    } rows[] = {{{"B", "G", "R"}, "0.75,0.5,0.25", 3},
                {{"A", "B", "G", "R"}, "1,0.75,0.5,0.25", 4},
                {{"Y"}, "0.25", 1},
                {{"B", "G", "R", "Z"}, "1,0.75,0.5,0.25", 3}};
    for (const auto &row : rows) {
        folder.write("in.exr", exr_file(row.channels));
        const Outcome outcome =
            folder.run({"filter", "in.exr", "out.tif", "-q", "-k", "identity", "--report", "r"});
        CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
        const std::string report = folder.read("r");
        CHECK(report.find("\"channels\": " + std::to_string(row.bands)) != std::string::npos);
        const std::string tiff = folder.read("out.tif");
        const bool is_named = row.channels.back() == "Z";
        CHECK((outcome.err.find("channel Z") != std::string::npos) == is_named);
        float pixel[4] = {};
        std::memcpy(pixel, &tiff[tiff_tag(tiff, 273)], row.bands * sizeof(float));
        // Channels of an OpenEXR file are sorted by name and rise by a quarter.
        for (size_t c = 0; c < row.bands; ++c) {
            const std::string name = row.bands == 1 ? "Y" : std::string(1, "RGBA"[c]);
            const auto place = std::find(row.channels.begin(), row.channels.end(), name);
            CHECK(pixel[c] == 0.25f * static_cast<float>(1 + place - row.channels.begin()));
        }
        CHECK(tiff_tag(tiff, 338) == (row.bands == 4 ? 1 : 0));  // multiplied by alpha
    }
}

TEST_CASE("rows come from the top, whichever way a file has them") {
    const Folder folder;
    for (const bool from_top : {false, true}) {
        std::string file(18, '\0');
        file[2] = 2;  // colours
        file[12] = 1;
        file[14] = 2;
        file[16] = 24;
        file[17] = from_top ? '\x20' : '\0';
        const std::string top = "\1\2\3", bottom = "\4\5\6";
        folder.write("in.tga", file + (from_top ? top + bottom : bottom + top));
        succeed(folder, {"filter", "in.tga", "out.ppm", "-q", "-k", "identity"});
        CHECK(folder.read("out.ppm") == "P6\n1 2\n255\n\3\2\1\6\5\4");
    }
}

TEST_CASE("results for which no pixel is left are NaN in floats and 0 in integers") {
    const Folder folder;
    folder.write("in.csv", "1,2,3,4,5\n");
    folder.write("mask.csv", "0,0,0,1,1\n");
    const auto filtered = [&](std::vector<std::string> more) {
        std::vector<std::string> all = {"filter", "in.csv",  "out.csv", "-q",
                                        "-k",     "box 3 1", "--mask",  "mask.csv"};
        all.insert(all.end(), more.begin(), more.end());
        succeed(folder, all);
        return folder.read("out.csv");
    };
    CHECK(filtered({}).rfind("nan,nan,", 0) == 0);
    CHECK(filtered({"--type", "f32"}).rfind("nan,nan,", 0) == 0);
    CHECK(filtered({"--type", "u8"}).rfind("0,0,", 0) == 0);
    CHECK(filtered({"--missing-value", "-7"}).rfind("-7,-7,", 0) == 0);
    CHECK(filtered({"--missing", "fill"}).rfind("0,0,", 0) == 0);
}
