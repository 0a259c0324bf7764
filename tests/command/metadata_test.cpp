// Metadata that a filtered picture keeps, and the line on those that it loses.
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "runtime/command/files/embedded_pictures.h"
#include "runtime/command/files/exif.h"
#include "tests/command/made_files.h"
#include "tests/command/read_back.h"

using namespace command_test;
using sepflow::command::exif_without_pictures;
using sepflow::command::iptc_text;
using sepflow::command::photoshop_resource;
using sepflow::command::text_without_pictures;

namespace {

constexpr char kNul = '\0';

// The picture of a face that somebody blurs: a JPEG file's start, and words to look for.
std::string sharp_picture() {
    std::string picture = "\xFF\xD8\xFF\xDB";
    for (int i = 0; i < 40; ++i) picture += "SHARPFACE";
    return picture;
}

// "SHARPFACE" in base64, whose three letters make four digits.
constexpr const char *kInBase64 = "U0hBUlBGQUNF";
std::string in_base64(int pieces) {
    std::string digits;
    for (int i = 0; i < pieces; ++i) digits += std::string(kInBase64) + (i % 6 == 5 ? "&#xA;" : "");
    return digits;
}

std::string xmp(const std::string &picture) {
    return "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
           "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
           "rdf:about=\"\" "
           "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"4\"><xmp:Label>a label that is "
           "long enough to look at but has blanks between its words so that it is no picture at "
           "all "
           "however long it may become while somebody writes more and more of it into this element "
           "of the packet</xmp:Label><g:image xmlns:g=\"http://ns.adobe.com/xap/1.0/g/img/\">" +
           picture + "</g:image></rdf:Description></rdf:RDF></x:xmpmeta>";
}

std::string resource(int number, const std::string &data) {
    return "8BIM" + big_endian(static_cast<uint64_t>(number), 2) + std::string(2, kNul) +
           big_endian(data.size(), 4) + data + std::string(data.size() % 2, kNul);
}

std::string iptc_set(int number, const std::string &text) {
    return std::string("\x1C\x02") + static_cast<char>(number) + big_endian(text.size(), 2) + text;
}

std::string exif_of(int orientation) {
    std::string data = directories(
        {{text_field(0x010F, "Camera maker"), short_field(0x0112, {orientation}),
          text_field(0x013B, "Ann Artist"), Field{0x8769, 4, 1, "????"}},
         {short_field(0x0103, {6}), Field{0x0201, 4, 1, "????"}, Field{0x0202, 4, 1, "????"}}});
    const std::string camera = directories({{text_field(0x9003, "2020:01:02 03:04:05"),
                                             bytes_field(0x927C, "maker" + sharp_picture())}});
    // The fields that point on, and what they point to.
    const auto set = [&](size_t tag_from_end, uint64_t value) {
        size_t at = data.npos;
        for (size_t i = 0; i <= tag_from_end; ++i) at = data.find("????", i == 0 ? 0 : at + 4);
        data.replace(at, 4, little_endian(value, 4));
    };
    const size_t camera_at = data.size();
    std::string directory = camera.substr(8);
    // Its values lie behind it.
    for (size_t i = 0; i < 2; ++i) {
        const size_t entry = 2 + 12 * i + 8;
        uint64_t place = 0;
        for (int b = 3; b >= 0; --b)
            place =
                place << 8 | static_cast<unsigned char>(directory[entry + static_cast<size_t>(b)]);
        directory.replace(entry, 4, little_endian(place - 8 + camera_at, 4));
    }
    data += directory;
    set(0, camera_at);
    set(0, data.size());
    set(0, sharp_picture().size());
    return data + sharp_picture();
}

std::string rich_jpeg(const Folder &folder, int orientation) {
    succeed(folder, {"chart", "plain.png", "--size", "80x64"});
    succeed(folder, {"filter", "plain.png", "plain.jpg", "-q", "-k", "identity"});
    const std::string iptc = iptc_set(120, "A caption") + iptc_set(202, sharp_picture());
    return jpeg_with(
        folder.read("plain.jpg"),
        jpeg_segment(0xE1, "Exif" + std::string(2, kNul) + exif_of(orientation)) +
            jpeg_segment(
                0xE1, "http://ns.adobe.com/xap/1.0/" + std::string(1, kNul) + xmp(in_base64(50))) +
            jpeg_segment(0xED, "Photoshop 3.0" + std::string(1, kNul) + resource(1028, iptc) +
                                   resource(1033, sharp_picture()) +
                                   resource(1036, sharp_picture())) +
            jpeg_segment(0xE2, "MPF" + std::string(1, kNul) + sharp_picture()) +
            jpeg_segment(0xFE, "A comment"),
        sharp_picture());
}

// CRC-32, bit by bit.
std::string png_check(const std::string &bytes) {
    uint32_t check = ~0u;
    for (const char byte : bytes) {
        check ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) check = check >> 1 ^ ((check & 1) != 0 ? 0xEDB88320u : 0);
    }
    return big_endian(~check, 4);
}

bool holds(const std::string &file, const std::string &text) {
    return file.find(text) != file.npos;
}

}  // namespace

TEST_CASE("no file holds a picture of what was filtered away") {
    const Folder folder;
    folder.write("in.jpg", rich_jpeg(folder, 6));
    REQUIRE(holds(folder.read("in.jpg"), "SHARPFACE"));
    for (const std::string name : {"out.jpg", "out.png", "out.webp", "out.tif", "in.jpg"}) {
        INFO(name);
        const Outcome outcome = folder.run({"filter", "in.jpg", name, "-q", "-k", "gaussian 3"});
        CHECK(outcome.exit_code == 0);
        CHECK(lines(outcome.err).size() == 1);
        for (const char *word : {"thumbnail", "maker note", "pictures in XMP", "MPF", "Photoshop"})
            CHECK_MESSAGE(holds(outcome.err, word), outcome.err);
        const std::string file = folder.read(name);
        CHECK(!holds(file, "SHARPFACE"));
        CHECK(!holds(file, kInBase64));
        // Texts stay.
        CHECK(holds(file, "xmp:Rating=\"4\""));
        CHECK(holds(file, "so that it is no picture"));
        if (name != "out.tif") CHECK(holds(file, "Ann Artist"));
        if (name != "out.tif") CHECK(holds(file, "2020:01:02 03:04:05"));
        if (name == "in.jpg" || name == "out.jpg" || name == "out.tif")
            CHECK(holds(file, "A caption"));
        if (name == "in.jpg" || name == "out.jpg" || name == "out.png")
            CHECK(holds(file, "A comment"));
    }
}

TEST_CASE("texts of a PNG file stay, except for the pictures in them") {
    const Folder folder;
    succeed(folder, {"chart", "plain.png", "--size", "80x64"});
    const auto text = [](const std::string &data) {
        return big_endian(data.size(), 4) + "tEXt" + data + png_check("tEXt" + data);
    };
    const std::string hexadecimal(300, '7'), nul(1, kNul), plain = folder.read("plain.png");
    constexpr size_t kBehindHeader = 33;
    folder.write("in.png",
                 plain.substr(0, kBehindHeader) + text("Title" + nul + "A caption") +
                     text("preview" + nul + in_base64(50)) +
                     text("Raw profile type exif" + nul + "\nexif\n  150\n" + hexadecimal) +
                     plain.substr(kBehindHeader));
    const Outcome told = folder.run({"filter", "in.png", "out.png", "-q", "-k", "box 3"});
    CHECK(told.err == "sepflow: out.png leaves out: pictures in texts\n");
    const std::string file = folder.read("out.png");
    CHECK(holds(file, "A caption"));
    CHECK(!holds(file, kInBase64));
    CHECK(!holds(file, "Raw profile"));
    CHECK(!holds(file, hexadecimal));
}

TEST_CASE("of an animated PNG file one frame is read, which is said, and not written over all") {
    const Folder folder;
    succeed(folder, {"chart", "plain.png", "--size", "80x64"});
    const std::string control = "acTL" + big_endian(3, 4) + big_endian(0, 4),
                      plain = folder.read("plain.png");
    constexpr size_t kBehindHeader = 33;
    const std::string three = plain.substr(0, kBehindHeader) + big_endian(8, 4) + control +
                              png_check(control) + plain.substr(kBehindHeader);
    folder.write("in.png", three);
    const Outcome told = folder.run({"filter", "in.png", "out.png", "-q", "-k", "box 3"});
    CHECK(told.err == "sepflow: in.png has 3 pages; only the first is read\n");
    CHECK(!holds(folder.read("out.png"), "acTL"));
    CHECK(folder.run({"filter", "in.png", "in.png", "-k", "box 3"}).exit_code == 1);
    CHECK(folder.read("in.png") == three);
}

TEST_CASE("a file gains no metadata: no Exif data, no resolution; and JPEG has its header") {
    const Folder folder;
    succeed(folder, {"chart", "in.png", "--size", "80x64"});
    for (const std::string name : {"out.jpg", "out.png", "out.webp", "out.tif"}) {
        INFO(name);
        CHECK(folder.run({"filter", "in.png", name, "-q", "-k", "box 3"}).err == "");
        const std::string file = folder.read(name);
        CHECK(!holds(file, "Exif"));
        CHECK(!holds(file, "EXIF"));
        CHECK(!holds(file, "eXIf"));
        CHECK(!holds(file, "pHYs"));
    }
    // The header's version, a unit that is none and a density of 1.
    CHECK(folder.read("out.jpg").substr(2, 18) ==
          std::string("\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", 18));
    const std::string tiff = folder.read("out.tif");
    REQUIRE(tiff_tag(tiff, 256) == 80);
    for (const uint32_t tag : {282, 283, 296}) CHECK(tiff_tag(tiff, tag) == 0);
}

TEST_CASE("Exif data state a width of more than 16 bits, in each directory that has one") {
    const uint64_t first_directory = 8;
    const std::string data = directories(
        {{short_field(0x0100, {1}), Field{0x8825, 4, 1, little_endian(first_directory, 4)}}});
    const std::string kept = exif_without_pictures(data, {70000, 3, 1}).data;
    CHECK(tiff_tag(kept, 0x0100) == 70000);
    const size_t place_directory = tiff_tag(kept, 0x8825);
    REQUIRE(place_directory > first_directory);
    CHECK(number_at(kept, place_directory + 2, 2) == 0x0100);
    CHECK(number_at(kept, place_directory + 10, 4) == 70000);
}

TEST_CASE("a colour profile of a wrong length is left out of PNG files, which is said") {
    const Folder folder;
    succeed(folder, {"chart", "bare.jpg", "--size", "96x64"});
    const auto filtered = [&](char stated_length, const std::string &out) {
        std::string profile(200, kNul);
        profile[3] = stated_length;
        profile.replace(8, 1, "\2").replace(12, 12, "mntrRGB XYZ ").replace(36, 4, "acsp");
        std::string jpeg = folder.read("bare.jpg");
        jpeg.insert(2, "\xFF\xE2" + std::string("\0\xD8ICC_PROFILE\0\1\1", 16) + profile);
        folder.write("in.jpg", jpeg);
        const Outcome told = folder.run({"filter", "in.jpg", out, "-q", "-k", "identity"});
        CHECK(told.exit_code == 0);
        return told.err;
    };
    CHECK(filtered('\xC8', "out.png") == "");
    CHECK(holds(folder.read("out.png"), "iCCP"));
    CHECK(filtered('\x64', "out.png") == "sepflow: out.png leaves out: colour profile\n");
    CHECK(!holds(folder.read("out.png"), "iCCP"));
    CHECK(filtered('\x64', "out.tif") == "");
    CHECK(holds(folder.read("out.tif"), "mntrRGB"));
}

TEST_CASE("orientation stays with the pixels, or is said to be left out") {
    const Folder folder;
    folder.write("in.jpg", rich_jpeg(folder, 6));
    folder.write("in.tif", tiff_file(1, 1, "\1\2\3\4\5\6", {short_field(274, {6})}));
    for (const std::string in : {"in.jpg", "in.tif"}) {
        for (const std::string out : {"out.jpg", "out.png", "out.webp", "out.tif"}) {
            INFO(in, " to ", out);
            succeed(folder, {"filter", in, out, "-q", "-k", "identity"});
            const std::string exif = "II*" + std::string(1, kNul), file = folder.read(out);
            const size_t at = out == "out.tif" ? 0 : file.find(exif);
            REQUIRE(at != file.npos);
            CHECK(tiff_tag(file.substr(at), 274) == 6);
        }
    }
    const Outcome told = folder.run({"filter", "in.tif", "out.pgm", "-q", "-k", "identity"});
    CHECK(told.err == "sepflow: out.pgm leaves out: orientation\n");
}

TEST_CASE("one page of a stack has no description of a stack") {
    const Folder folder;
    const std::string ome =
        "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/\"><Image><Pixels "
        "SizeZ=\"3\" Type=\"uint8\"/></Image></OME>";
    const std::string image_j = "ImageJ=1.53\nimages=3\nslices=3\nhyperstack=true\nunit=micron\n";
    folder.write("ome.tif", tiff_file(3, 1, "\1\2\3\4\5\6", {text_field(270, ome)}));
    folder.write("j.tif", tiff_file(3, 1, "\1\2\3\4\5\6", {text_field(270, image_j)}));
    folder.write("shape.tif",
                 tiff_file(3, 1, "\1\2\3\4\5\6", {text_field(270, "{\"shape\": [3, 2, 3]}")}));
    folder.write("alone.tif", tiff_file(1, 1, "\1\2\3\4\5\6", {text_field(270, ome)}));
    const auto filtered = [&](const std::string &name, const std::string &type) {
        const Outcome outcome =
            folder.run({"filter", name, "out.tif", "-q", "-k", "identity", "--type", type});
        CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
        return std::pair(folder.read("out.tif"), outcome.err);
    };
    const auto [of_ome, ome_line] = filtered("ome.tif", "u8");
    CHECK(!holds(of_ome, "OME"));
    CHECK(ome_line ==
          "sepflow: ome.tif has 3 pages; only the first is read; out.tif leaves out: OME-XML\n");
    const std::string of_image_j = filtered("j.tif", "u8").first;
    CHECK(holds(of_image_j, "ImageJ=1.53\nunit=micron\n"));
    CHECK(!holds(of_image_j, "images="));
    CHECK(!holds(filtered("shape.tif", "u8").first, "shape"));
    // Alone, it is true as long as the type is.
    CHECK(holds(filtered("alone.tif", "u8").first, "OME"));
    CHECK(!holds(filtered("alone.tif", "f32").first, "OME"));
}

TEST_CASE("channels behind the colours are alpha only where the file said so") {
    const Folder folder;
    const auto extra_of = [&](const std::string &name) {
        const std::string tiff = folder.read(name);
        std::vector<uint32_t> values = tiff_values(tiff, 338);
        values.insert(values.begin(), tiff_tag(tiff, 262));
        return values;  // behind the colours' kind: 1 grey, 2 red, green and blue
    };
    const auto filtered = [&](int channels, int kind, const std::vector<int> &extra) {
        std::string samples;
        for (int i = 0; i < 6 * channels; ++i) samples += static_cast<char>(i);
        folder.write("in.tif", tiff_file(1, channels, samples,
                                         {short_field(262, {kind}), short_field(338, extra)}));
        succeed(folder, {"filter", "in.tif", "out.tif", "-q", "-k", "identity"});
        CHECK(holds(folder.read("out.tif"), samples));
        return extra_of("out.tif");
    };
    CHECK(filtered(5, 1, {0, 0, 0, 0}) == std::vector<uint32_t>{1, 0, 0, 0, 0});
    CHECK(filtered(5, 2, {0, 0}) == std::vector<uint32_t>{2, 0, 0});
    CHECK(filtered(5, 2, {2, 0}) == std::vector<uint32_t>{2, 2, 0});
    CHECK(filtered(2, 1, {0}) == std::vector<uint32_t>{1, 0});
    CHECK(filtered(4, 2, {2}) == std::vector<uint32_t>{2, 2});
    CHECK(filtered(4, 2, {0}) == std::vector<uint32_t>{2, 0});
    const Outcome told = folder.run({"filter", "in.tif", "out.png", "-q", "-k", "identity"});
    CHECK(told.err ==
          "sepflow: out.png has channel 4, whose meaning the input does not state, as alpha\n");
}

TEST_CASE("tags that are not kept are named in one line, and a value for missing samples too") {
    const Folder folder;
    const std::string three(24, kNul);
    folder.write("geo.tif", tiff_file(1, 1, "\1\2\3\4\5\6",
                                      {Field{33550, 12, 3, three}, short_field(34735, {1, 1, 0, 0}),
                                       text_field(42113, "-9999"), text_field(315, "Ann"),
                                       short_field(65000, {1})}));
    const Outcome told = folder.run({"filter", "geo.tif", "out.tif", "-q", "-k", "identity"});
    CHECK(told.err ==
          "sepflow: geo.tif marks missing samples with -9999, which is filtered as any other "
          "number: leave them out with --mask FILE; out.tif leaves out: texts, GeoTIFF tags, "
          "NoData value, tag 65000\n");
    folder.write("mask.csv", "1,1,1\n1,1,0\n");
    const Outcome masked =
        folder.run({"filter", "geo.tif", "out.tif", "-q", "-k", "identity", "--mask", "mask.csv"});
    CHECK(masked.err ==
          "sepflow: out.tif leaves out: texts, GeoTIFF tags, NoData value, tag 65000\n");
}

TEST_CASE("Exif data are written anew without pictures, whatever they hold") {
    const auto rewritten = [](const std::string &data) {
        return exif_without_pictures(data, {30, 20, 1});
    };
    const std::string good = exif_of(3);
    const auto exif = rewritten("Exif" + std::string(2, kNul) + good);
    CHECK(exif.had_picture);
    CHECK(exif.had_maker_note);
    CHECK(!holds(exif.data, "SHARP"));
    CHECK(holds(exif.data, "Ann Artist"));
    CHECK(rewritten(exif.data).data == exif.data);
    CHECK(!rewritten(exif.data).had_picture);
    CHECK(rewritten("").data == "");
    CHECK(exif_without_pictures("", {30, 20, 8}).data.size() == 26);
    // Cut short anywhere, or with any byte changed, it is still rewritten without the picture.
    for (size_t i = 0; i < good.size(); ++i) {
        CHECK(!holds(rewritten(good.substr(0, i)).data, "SHARPFACE"));
        std::string changed = good;
        changed[i] = '\xFF';
        (void)rewritten(changed);
    }
    // Size and orientation are the result's.
    const auto sized =
        rewritten(directories({{short_field(0x0112, {5}), short_field(0xA002, {9})}}));
    CHECK(holds(sized.data, std::string("\x12\1\3\0\1\0\0\0\1\0\0\0", 12)));
    CHECK(holds(sized.data, std::string("\2\xA0\4\0\1\0\0\0\x1E\0\0\0", 12)));
}

TEST_CASE("XMP loses what is a picture in base64 and nothing else") {
    const std::string label = xmp("");
    CHECK(text_without_pictures(label) == label);
    CHECK(text_without_pictures(xmp(in_base64(50))) == label);
    CHECK(text_without_pictures(xmp(std::string(600, 'A') + "==")) == label);
    CHECK(text_without_pictures("<a b='" + std::string(300, 'Q') + "'/>") == "<a b=''/>");
    const std::string hash = "<d>" + std::string(128, 'a') + "</d>";
    CHECK(text_without_pictures(hash) == hash);
    CHECK(text_without_pictures(std::string("\xFF\xFE<\0x\0", 6)) == "");
}

TEST_CASE("IPTC keeps its texts, alone and within Photoshop's resources") {
    const std::string texts = iptc_set(5, "Title") + iptc_set(120, "Caption"),
                      all = iptc_set(5, "Title") + iptc_set(202, sharp_picture()) +
                            iptc_set(120, "Caption");
    CHECK(iptc_text(all) == texts);
    CHECK(iptc_text(resource(1033, sharp_picture()) + resource(1028, all)) == texts);
    CHECK(iptc_text(std::string(sepflow::command::kPhotoshop) + resource(1028, all)) == texts);
    CHECK(iptc_text(photoshop_resource(texts)) == texts);
    const std::string resources = resource(1033, "123") + resource(1028, all);
    for (size_t i = 0; i < resources.size(); ++i) {
        CHECK(!holds(iptc_text(resources.substr(0, i)), "SHARP"));
        std::string changed = resources;
        changed[i] = '\xFF';
        (void)iptc_text(changed);
    }
}
