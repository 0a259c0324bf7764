// The operation's pixels against those of sepflow_apply: formats, borders, kernels, extents.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

#include "tests/hosts/vips/picture.h"
#include "tests/oracle/plan.h"

using namespace vips_test;

namespace {

// More than one of libvips's tiles of 128 x 128.
constexpr int kWidth = 301, kHeight = 203;

void check_equal(VipsImage *in, const Filter &filter, int bands) {
    CAPTURE(name_of(in->BandFmt));
    CAPTURE(name_of(filter.format));
    CAPTURE(bands);
    CAPTURE(filter.kernel);
    CAPTURE(filter.options.border_x);
    CAPTURE(filter.options.border_y);
    CAPTURE(filter.options.extent);
    const Image out = filtered(in, filter);
    REQUIRE_MESSAGE(out != nullptr, error_text());
    CHECK(out->BandFmt == (filter.format == VIPS_FORMAT_NOTSET ? in->BandFmt : filter.format));
    CHECK(out->Bands == bands);
    CHECK((bytes_of(out.get()) == applied(in, filter)));
}

double greatest_difference(VipsImage *a, VipsImage *b) {
    VipsImage *difference = nullptr, *size = nullptr;
    double greatest = 0;
    REQUIRE(vips_subtract(a, b, &difference, nullptr) == 0);
    REQUIRE(vips_abs(difference, &size, nullptr) == 0);
    REQUIRE(vips_max(size, &greatest, nullptr) == 0);
    g_object_unref(difference);
    g_object_unref(size);
    return greatest;
}

}  // namespace

TEST_CASE("every band format has the pixels of sepflow_apply, under every border") {
    for (const VipsBandFormat format : kFormats) {
        for (const int bands : {1, 3}) {
            const Image in = noise(format, kWidth, kHeight, bands);
            for (int border = 0; border < 6; ++border)
                check_equal(in.get(), filter(kUneven, border), bands);
            for (const char *kernel : {"gaussian 2 1", "disc 4.5", "motion 9 30"})
                check_equal(in.get(), filter(kernel), bands);
        }
    }
}

TEST_CASE("borders of their own for each axis, anchors, convolution, delta and tolerance") {
    for (const VipsBandFormat format : {VIPS_FORMAT_UCHAR, VIPS_FORMAT_FLOAT}) {
        const Image in = noise(format, kWidth, kHeight, 2);
        for (int x = 0; x < 6; ++x) {
            for (int y = 0; y < 6; ++y) {
                Filter mixed = filter(kUneven, x);
                mixed.options.border_y = y;
                mixed.options.border_value = 77;
                check_equal(in.get(), mixed, 2);
            }
        }
        Filter other = filter(kUneven);
        other.options.flags = SEPFLOW_OPTION_CONVOLVE | SEPFLOW_OPTION_ANCHOR;
        other.options.anchor_x = 3;
        other.options.anchor_y = 0;
        other.options.delta = 12.5;
        other.options.scale = -0.5;
        check_equal(in.get(), other, 2);
        Filter coarse = filter("disc 8.5");
        coarse.options.tolerance = 0.02;
        check_equal(in.get(), coarse, 2);
    }
}

TEST_CASE("blocks of transforms lie where they lie in sepflow_apply") {
    for (const VipsBandFormat format : {VIPS_FORMAT_UCHAR, VIPS_FORMAT_FLOAT}) {
        const Image in = noise(format, 901, 703);
        for (const int border :
             {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_WRAP, SEPFLOW_BORDER_TRUNCATE}) {
            for (int extent = 0; extent < 3; ++extent) {
                Filter transformed = filter("disc 21.5", border);
                transformed.options.method = SEPFLOW_METHOD_FFT;
                transformed.options.extent = extent;
                check_equal(in.get(), transformed, 1);
            }
        }
    }
}

TEST_CASE("every real format goes to every other, rounded to nearest and saturated") {
    for (const VipsBandFormat from : kFormats) {
        const Image in = noise(from, 67, 45);
        for (const VipsBandFormat to : kFormats) {
            if (vips_band_format_iscomplex(from) != vips_band_format_iscomplex(to)) continue;
            Filter into = filter(kUneven);
            into.format = to;
            check_equal(in.get(), into, 1);
        }
    }
}

TEST_CASE("extents shrink and grow the picture and say where its corner went") {
    for (const VipsBandFormat format : kFormats) {
        const Image in = noise(format, kWidth, kHeight);
        for (const int border : {SEPFLOW_BORDER_REFLECT, SEPFLOW_BORDER_WRAP}) {
            for (const int extent : {SEPFLOW_EXTENT_VALID, SEPFLOW_EXTENT_FULL}) {
                Filter sized = filter(kUneven, border);
                sized.options.extent = extent;
                check_equal(in.get(), sized, 1);
                const Image out = filtered(in.get(), sized);
                const int grown = extent == SEPFLOW_EXTENT_FULL ? 1 : -1;
                CHECK(out->Xsize == kWidth + grown * 3);
                CHECK(out->Ysize == kHeight + grown * 4);
                // The anchor of four by five taps: two to the left, two above, one to the right.
                CHECK(out->Xoffset == (grown > 0 ? 1 : -2));
                CHECK(out->Yoffset == (grown > 0 ? 2 : -2));
            }
        }
    }
}

TEST_CASE("kernels larger than the picture reflect and wrap again and again") {
    const Image in = noise(VIPS_FORMAT_USHORT, 13, 5, 3);
    for (int border = 0; border < 6; ++border) {
        check_equal(in.get(), filter("gaussian 9", border), 3);
        check_equal(in.get(), filter("box 41 3", border), 3);
    }
    Filter none = filter("box 15 3");
    none.options.extent = SEPFLOW_EXTENT_VALID;
    CHECK(filtered(in.get(), none) == nullptr);
    CHECK(error_text().find("sepflow: the kernel is larger than the image") != std::string::npos);
}

TEST_CASE(
    "a matrix image is the kernel, with its scale and offset, as libvips's own conv takes it") {
    start();
    const std::vector<double> taps = {1, 2, 3, 4, 5, -6, 7, 8, 9, 10, 11, 13};  // 4 columns, 3 rows
    const Image mask(vips_image_new_matrix_from_array(4, 3, taps.data(), 12));
    vips_image_set_double(mask.get(), "scale", 20);
    vips_image_set_double(mask.get(), "offset", 3);
    const Image in = noise(VIPS_FORMAT_UCHAR, kWidth, kHeight, 3);

    VipsImage *ours = nullptr, *theirs = nullptr;
    REQUIRE(vips_call("sepflow", in.get(), &ours, "mask", mask.get(), "format", VIPS_FORMAT_FLOAT,
                      "border", SEPFLOW_BORDER_REPLICATE, nullptr) == 0);
    const Image owner(ours);
    REQUIRE(vips_conv(in.get(), &theirs, mask.get(), "precision", VIPS_PRECISION_FLOAT, nullptr) ==
            0);
    const Image their_owner(theirs);
    CHECK(greatest_difference(ours, theirs) < 1e-3);

    sepflow_options options = oracle::options_of(SEPFLOW_U8, SEPFLOW_F32, 3);
    options.border_x = options.border_y = SEPFLOW_BORDER_REPLICATE;
    options.delta = 3;
    std::vector<double> scaled = taps;
    for (double &tap : scaled) tap /= 20;
    sepflow_plan *plan = nullptr;
    REQUIRE(sepflow_plan_create(scaled.data(), 3, 4, 4, &options, &plan, nullptr) == SEPFLOW_OK);
    Bytes pixels = bytes_of(in.get()), result(pixels.size() * sizeof(float));
    oracle::apply(oracle::PlanPointer(plan),
                  sepflow_image_dense(pixels.data(), SEPFLOW_U8, kWidth, kHeight, 3),
                  sepflow_image_dense(result.data(), SEPFLOW_F32, kWidth, kHeight, 3));
    CHECK((bytes_of(ours) == result));
}

TEST_CASE("results of integers are libvips's own within its rounding") {
    const Image in = noise(VIPS_FORMAT_USHORT, kWidth, kHeight);
    const double taps[] = {1, 4, 6, 4, 1};
    const Image line(vips_image_new_matrix_from_array(5, 1, taps, 5));
    vips_image_set_double(line.get(), "scale", 16);
    VipsImage *theirs = nullptr;
    REQUIRE(vips_convsep(in.get(), &theirs, line.get(), "precision", VIPS_PRECISION_FLOAT,
                         nullptr) == 0);
    const Image owner(theirs);
    const Image ours = filtered(in.get(), filter("binomial 5", SEPFLOW_BORDER_REPLICATE));
    REQUIRE(ours != nullptr);
    CHECK(greatest_difference(ours.get(), theirs) <= 0.5);
}

TEST_CASE("coded pictures are decoded") {
    const Image in = noise(VIPS_FORMAT_FLOAT, 40, 30, 3);
    VipsImage *coded = nullptr, *decoded = nullptr;
    REQUIRE(vips_float2rad(in.get(), &coded, nullptr) == 0);
    const Image coded_owner(coded);
    REQUIRE(vips_rad2float(coded, &decoded, nullptr) == 0);
    const Image decoded_owner(decoded);
    const Image out = filtered(coded, filter(kUneven));
    REQUIRE_MESSAGE(out != nullptr, error_text());
    CHECK((bytes_of(out.get()) == applied(decoded, filter(kUneven))));
}
