// Metadata that the operation passes through to a later save.
#include <doctest/doctest.h>
#include <string>

#include "tests/hosts/vips/picture.h"

using namespace vips_test;

namespace {

void set_blob(VipsImage *image, const char *name, const std::string &bytes) {
    vips_image_set_blob_copy(image, name, bytes.data(), bytes.size());
}

std::string blob(VipsImage *image, const char *name) {
    const void *data = nullptr;
    size_t length = 0;
    if (vips_image_get_typeof(image, name) == 0) return "";
    REQUIRE(vips_image_get_blob(image, name, &data, &length) == 0);
    return {static_cast<const char *>(data), length};
}

bool has(VipsImage *image, const char *name) {
    return vips_image_get_typeof(image, name) != 0;
}

// Exif data with an artist, and with a thumbnail in the second directory.
std::string exif() {
    const std::string face = "\xFF\xD8\xFF SHARPFACE";
    return std::string("Exif\0\0II*\0\x08\0\0\0", 14) +
           std::string("\1\0\x3B\1\2\0\4\0\0\0Ann\0\x1A\0\0\0", 18) +
           std::string("\2\0\1\2\4\0\1\0\0\0\x38\0\0\0\2\2\4\0\1\0\0\0\x0D\0\0\0\0\0\0\0", 30) +
           face;
}

}  // namespace

TEST_CASE("a filtered image carries no picture of the unfiltered one to a later save") {
    start();
    for (const std::string kernel : {"gaussian 2", "identity"}) {
        const Image in = noise(VIPS_FORMAT_UCHAR, 30, 20, 3);
        set_blob(in.get(), VIPS_META_EXIF_NAME, exif());
        set_blob(in.get(), "jpeg-thumbnail-data", "SHARPFACE");
        set_blob(in.get(), VIPS_META_XMP_NAME,
                 "<x:xmpmeta>" + std::string(300, 'A') + "</x:xmpmeta>");
        set_blob(in.get(), VIPS_META_PHOTOSHOP_NAME,
                 std::string("8BIM\4\x0C\0\0\0\0\0\x09SHARPFACE\0", 22));
        const Image out = filtered(in.get(), filter(kernel));
        REQUIRE(out != nullptr);
        CHECK(blob(in.get(), "jpeg-thumbnail-data") == "SHARPFACE");
        CHECK(!has(out.get(), "jpeg-thumbnail-data"));
        CHECK(!has(out.get(), VIPS_META_PHOTOSHOP_NAME));
        CHECK(blob(out.get(), VIPS_META_XMP_NAME) == "<x:xmpmeta></x:xmpmeta>");
        CHECK(blob(out.get(), VIPS_META_EXIF_NAME).find("Ann") != std::string::npos);
        CHECK(blob(out.get(), VIPS_META_EXIF_NAME).find("SHARPFACE") == std::string::npos);
        void *jpeg = nullptr;
        size_t length = 0;
        REQUIRE(vips_jpegsave_buffer(out.get(), &jpeg, &length, nullptr) == 0);
        const std::string file(static_cast<char *>(jpeg), length);
        g_free(jpeg);
        CHECK(file.find("Ann") != std::string::npos);
        CHECK(file.find("SHARPFACE") == std::string::npos);
    }
}

TEST_CASE("one page of several is described as one page, all pages as they were") {
    start();
    const auto filtered_pages = [](int page_height) {
        const Image in = noise(VIPS_FORMAT_UCHAR, 30, 20);
        vips_image_set_int(in.get(), VIPS_META_N_PAGES, 4);
        if (page_height > 0) vips_image_set_int(in.get(), VIPS_META_PAGE_HEIGHT, page_height);
        vips_image_set_string(in.get(), VIPS_META_IMAGEDESCRIPTION,
                              "ImageJ=1\nimages=4\nunit=um\n");
        return filtered(in.get(), filter("box 3"));
    };
    const auto description = [](const Image &image) -> std::string {
        const char *text = "";
        vips_image_get_string(image.get(), VIPS_META_IMAGEDESCRIPTION, &text);
        return text;
    };
    const Image one = filtered_pages(0), all = filtered_pages(5);
    CHECK(!has(one.get(), VIPS_META_N_PAGES));
    CHECK(description(one) == "ImageJ=1\nunit=um\n");
    CHECK(vips_image_get_n_pages(all.get()) == 4);
    CHECK(vips_image_get_page_height(all.get()) == 5);
    CHECK(description(all) == "ImageJ=1\nimages=4\nunit=um\n");
}
