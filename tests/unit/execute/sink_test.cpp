#include "runtime/execute/sink.h"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

#include "tests/unit/plan/plans.h"

using namespace sepflow;

namespace {

constexpr int64_t kWidth = 5, kHeight = 3;

template <typename T>
struct Picture {
    std::vector<T> pixels = std::vector<T>(kWidth * kHeight);
    sepflow_image image = {};

    explicit Picture(sepflow_type type) {
        image.struct_size = sizeof image;
        image.type = type;
        image.channels = 1;
        image.data = pixels.data();
        image.stride_x = image.stride_c = sizeof(T);
        image.stride_y = kWidth * sizeof(T);
        image.bounds = image.domain = {0, 0, kWidth, kHeight};
    }
};

const sepflow_rect kAll = {0, 0, kWidth, kHeight};

template <typename T>
Call call_to(Picture<T> &picture, sepflow_type in) {
    Call call;
    call.in = picture.image;
    call.in.type = in;
    call.out = picture.image;
    call.region = kAll;
    return call;
}

std::vector<double> ramp() {
    std::vector<double> values;
    for (int64_t i = 0; i < kWidth * kHeight; ++i) values.push_back(static_cast<double>(i) - 3.5);
    return values;
}

}  // namespace

TEST_CASE("sums in f64 become pixels, to nearest, ties to even, saturated, and NaN the least") {
    const sepflow_options options = plans::given(SEPFLOW_F64, SEPFLOW_U8);
    const Plan plan = plans::plan_of("box 3", options);
    Picture<uint8_t> picture(SEPFLOW_U8);
    const Call call = call_to(picture, SEPFLOW_F64);
    const Walk walk;
    const Sink sink(plan, arithmetic_of(plan.way), call, walk, kAll, false, nullptr);
    CHECK(sink.type() == SEPFLOW_F64);
    CHECK_FALSE(sink.takes_pixels());
    std::vector<double> sums = ramp();
    sums[1] = 300;
    sums[2] = std::numeric_limits<double>::quiet_NaN();
    sink.take({sums.data(), kWidth, SEPFLOW_F64}, nullptr, kAll, 0);
    CHECK(picture.pixels[0] == 0);    // -3.5
    CHECK(picture.pixels[1] == 255);  // 300
    CHECK(picture.pixels[2] == 0);
    CHECK(picture.pixels[4] == 0);  // 0.5
    CHECK(picture.pixels[5] == 2);  // 1.5
    CHECK(picture.pixels[6] == 2);  // 2.5
}

TEST_CASE("results that a pass wrote into the image are left alone") {
    const sepflow_options options = plans::given(SEPFLOW_F32, SEPFLOW_F32);
    const Plan plan = plans::plan_of("box 3", options);
    Picture<float> picture(SEPFLOW_F32);
    const Call call = call_to(picture, SEPFLOW_F32);
    Walk walk;
    walk.writes_image = true;
    const Sink sink(plan, arithmetic_of(plan.way), call, walk, kAll, false, nullptr);
    CHECK(sink.takes_pixels());
    const Results results = sink.image_rows(2, 1, 0);
    CHECK(results.samples == &picture.pixels[kWidth + 2]);
    CHECK(results.pitch == kWidth);
    static_cast<float *>(results.samples)[0] = 7;
    sink.take(results, nullptr, {2, 1, 3, 2}, 0);
    CHECK(picture.pixels[kWidth + 2] == 7);
}

TEST_CASE("where taps are truncated sums are rescaled, and delta comes after") {
    sepflow_options options = plans::given(SEPFLOW_F64, SEPFLOW_F64);
    options.border_x = SEPFLOW_BORDER_TRUNCATE;
    options.method = SEPFLOW_METHOD_DIRECT;
    options.delta = 100;
    const Plan plan = plans::plan_of("row 1 2 5 col 1", options);
    Picture<double> picture(SEPFLOW_F64);
    const Call call = call_to(picture, SEPFLOW_F64);
    Walk walk;
    walk.writes_image = true;
    const Sink cut(plan, arithmetic_of(plan.way), call, walk, kAll, false, nullptr);
    CHECK(cut.delta() == 0);
    CHECK_FALSE(cut.takes_pixels());
    std::vector<double> sums(kWidth * kHeight, 7.0);
    cut.take({sums.data(), kWidth, SEPFLOW_F64}, nullptr, kAll, 0);
    CHECK(picture.pixels[0] == doctest::Approx(100 + 7 * 8.0 / 7));  // 2 and 5 are inside
    CHECK(picture.pixels[2] == doctest::Approx(107));
    CHECK(picture.pixels[4] == doctest::Approx(100 + 7 * 8.0 / 3));
    const Sink inside(plan, arithmetic_of(plan.way), call, walk, kAll, true, nullptr);
    CHECK(inside.delta() == 100);
    CHECK(inside.takes_pixels());
}

TEST_CASE("sums of weighted pixels are divided by the sums of weights") {
    sepflow_options options = plans::given(SEPFLOW_F64, SEPFLOW_F64);
    options.missing = SEPFLOW_MISSING_IGNORE;
    options.missing_value = -1;
    options.method = SEPFLOW_METHOD_DIRECT;
    options.delta = 0.25;
    const Plan plan = plans::plan_of("row 1 1 2 col 1", options);
    Picture<double> picture(SEPFLOW_F64);
    const Call call = call_to(picture, SEPFLOW_F64);
    const Walk walk;
    const Sink sink(plan, arithmetic_of(plan.way), call, walk, kAll, false, nullptr);
    CHECK(sink.delta() == 0);
    std::vector<double> sums(kWidth * kHeight, 3.0), weights(kWidth * kHeight, 2.0);
    weights[1] = 0;
    sink.take({sums.data(), kWidth, SEPFLOW_F64}, weights.data(), kAll, 0);
    CHECK(picture.pixels[0] == 0.25 + 4 * 3.0 / 2);
    CHECK(picture.pixels[1] == -1);  // no pixel is left
}
