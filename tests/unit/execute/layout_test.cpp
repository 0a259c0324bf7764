#include "runtime/execute/layout.h"

#include <doctest/doctest.h>

#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

constexpr int64_t kWidth = 40, kHeight = 30;

// Strides in samples.
sepflow_image image(sepflow_type type, int32_t channels, int64_t x, int64_t y, int64_t c) {
    const int64_t bytes = (type & 0xff) / 8;
    sepflow_image made = {};
    made.struct_size = sizeof made;
    made.type = type;
    made.channels = channels;
    made.stride_x = x * bytes;
    made.stride_y = y * bytes;
    made.stride_c = c * bytes;
    made.bounds = made.domain = {0, 0, kWidth, kHeight};
    return made;
}

sepflow_image interleaved(sepflow_type type, int32_t channels) {
    return image(type, channels, channels, channels * kWidth, 1);
}

sepflow_image planar(sepflow_type type, int32_t channels) {
    return image(type, channels, 1, kWidth, kWidth * kHeight);
}

Walk walk(const sepflow_image &in, const sepflow_image &out) {
    sepflow_options options = plans::given(in.type, out.type);
    options.channels = in.channels;
    const Options checked = check_options(&options);
    return choose_walk(kernel_from_text("box 5 3"), float_arithmetic(checked, checked.precision),
                       true, in, out);
}

}  // namespace

TEST_CASE("interleaved channels are one plane whose neighbours lie apart, planes go one by one") {
    const Walk one = walk(interleaved(SEPFLOW_F32, 3), interleaved(SEPFLOW_F32, 3));
    CHECK(one.step == 3);
    CHECK(one.planes == 1);
    CHECK(one.reads_image);
    CHECK(one.writes_image);
    const Walk three = walk(planar(SEPFLOW_F32, 3), planar(SEPFLOW_F32, 3));
    CHECK(three.step == 1);
    CHECK(three.planes == 3);
    CHECK(three.reads_image);
    CHECK(three.writes_image);
}

TEST_CASE("the output's layout decides, and the other image is copied") {
    const Walk to_planes = walk(interleaved(SEPFLOW_F32, 3), planar(SEPFLOW_F32, 3));
    CHECK(to_planes.planes == 3);
    CHECK_FALSE(to_planes.reads_image);
    CHECK(to_planes.writes_image);
    const Walk from_planes = walk(planar(SEPFLOW_F32, 3), interleaved(SEPFLOW_F32, 3));
    CHECK(from_planes.step == 3);
    CHECK_FALSE(from_planes.reads_image);
    CHECK(from_planes.writes_image);
    const Walk to_gaps = walk(interleaved(SEPFLOW_F32, 3), image(SEPFLOW_F32, 3, 5, 5 * kWidth, 1));
    CHECK(to_gaps.step == 3);
    CHECK(to_gaps.reads_image);
    CHECK_FALSE(to_gaps.writes_image);
}

TEST_CASE("pixels that no last pass writes go through the sink") {
    CHECK_FALSE(walk(planar(SEPFLOW_F32, 1), planar(SEPFLOW_F16, 1)).writes_image);
    CHECK_FALSE(walk(planar(SEPFLOW_F64, 1), planar(SEPFLOW_F32, 1)).writes_image);
    CHECK(walk(planar(SEPFLOW_U8, 1), planar(SEPFLOW_F32, 1)).writes_image);
}

TEST_CASE("rows too far apart for 31 bits suit no pass") {
    const sepflow_image far = image(SEPFLOW_F32, 1, 1, int64_t{1} << 26, 1);
    CHECK(suits_a_pass(far, false, 15));
    CHECK_FALSE(suits_a_pass(far, false, 16));
    const sepflow_image up = image(SEPFLOW_F32, 1, 1, -(int64_t{1} << 26), 1);
    CHECK_FALSE(suits_a_pass(up, false, 16));
}
