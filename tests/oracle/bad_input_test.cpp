// Every mistake gets its code and a sentence, and nothing is written.
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

namespace {

sepflow_error new_error() {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    return error;
}

sepflow_options good_options() {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = SEPFLOW_F32;
    return options;
}

void require_plan_fails(const char *what, sepflow_status code,
                        const std::function<void(sepflow_options &)> &spoil,
                        const char *text = "gaussian 1") {
    sepflow_options options = good_options();
    spoil(options);
    sepflow_error error = new_error();
    auto *plan = reinterpret_cast<sepflow_plan *>(&error);  // to be set to NULL
    INFO(std::string(what));
    CHECK(sepflow_plan_from_text(text, &options, &plan, &error) == code);
    CHECK(plan == nullptr);
    CHECK(error.code == code);
    CHECK(std::strlen(error.message) > 10);
}

struct Call {
    std::vector<float> in = std::vector<float>(40 * 30, 1), out = std::vector<float>(40 * 30, -7);
    sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F32, 40, 30, 1);
    sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_F32, 40, 30, 1);
    sepflow_rect region = {0, 0, 40, 30};
};

void require_apply_fails(const char *what, sepflow_status code,
                         const std::function<void(Call &)> &spoil) {
    const sepflow_options options = good_options();
    sepflow_plan *plan = nullptr;
    REQUIRE(sepflow_plan_from_text("gaussian 1", &options, &plan, nullptr) == SEPFLOW_OK);
    Call call;
    spoil(call);
    sepflow_error error = new_error();
    INFO(std::string(what));
    CHECK(sepflow_apply(plan, &call.from, &call.to, &call.region, 1, &error) == code);
    CHECK(error.code == code);
    CHECK(std::strlen(error.message) > 10);
    CHECK(call.out == std::vector<float>(40 * 30, -7));
    sepflow_plan_free(plan);
}

}  // namespace

TEST_CASE("invalid options are refused") {
    const double nan = std::nan("");
    require_plan_fails("struct_size 0", SEPFLOW_E_ABI, [](auto &o) { o.struct_size = 0; });
    require_plan_fails("unknown flag", SEPFLOW_E_UNSUPPORTED, [](auto &o) { o.flags = 1u << 30; });
    require_plan_fails("no type", SEPFLOW_E_FORMAT, [](auto &o) { o.in_type = 0; });
    require_plan_fails("unknown type", SEPFLOW_E_FORMAT, [](auto &o) { o.out_type = 0x999; });
    require_plan_fails("channels", SEPFLOW_E_FORMAT, [](auto &o) { o.channels = -2; });
    require_plan_fails("border", SEPFLOW_E_PARAM, [](auto &o) { o.border_y = 17; });
    require_plan_fails("extent", SEPFLOW_E_PARAM, [](auto &o) { o.extent = -1; });
    require_plan_fails("schedule", SEPFLOW_E_PARAM, [](auto &o) { o.schedule = 5; });
    require_plan_fails("border value", SEPFLOW_E_PARAM, [=](auto &o) { o.border_value = nan; });
    require_plan_fails("border value of u8", SEPFLOW_E_PARAM, [](auto &o) {
        o.in_type = SEPFLOW_U8;
        o.border_value = 300;
    });
    require_plan_fails("border value of f32", SEPFLOW_E_PARAM, [](auto &o) {
        o.in_type = SEPFLOW_F32;
        o.border_value = 1e39;
    });
    require_plan_fails("border value of f16", SEPFLOW_E_PARAM, [](auto &o) {
        o.in_type = SEPFLOW_F16;
        o.border_value = -65536;
    });
    for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_F16, SEPFLOW_F32}) {
        require_plan_fails("what missing pixels are filled with", SEPFLOW_E_PARAM, [=](auto &o) {
            o.in_type = type;
            o.missing = SEPFLOW_MISSING_FILL;
            o.missing_value = 3.4028235677973366e38;  // rounds to infinity
        });
    }
    require_plan_fails("tolerance below 0", SEPFLOW_E_PARAM, [](auto &o) { o.tolerance = -0.1; });
    require_plan_fails("tolerance above 1", SEPFLOW_E_PARAM, [](auto &o) { o.tolerance = 2; });
    require_plan_fails("tolerance NaN", SEPFLOW_E_PARAM, [=](auto &o) { o.tolerance = nan; });
    require_plan_fails("rank below 0", SEPFLOW_E_PARAM, [](auto &o) { o.rank = -1; });
    require_plan_fails("rank above full", SEPFLOW_E_PARAM, [](auto &o) { o.rank = 100; });
    require_plan_fails("scale", SEPFLOW_E_PARAM,
                       [](auto &o) { o.scale = std::numeric_limits<double>::infinity(); });
    require_plan_fails("delta", SEPFLOW_E_PARAM, [=](auto &o) { o.delta = nan; });
    require_plan_fails("anchor", SEPFLOW_E_PARAM, [](auto &o) {
        o.flags = SEPFLOW_OPTION_ANCHOR;
        o.anchor_x = 9;
    });
    require_plan_fails("variant", SEPFLOW_E_PARAM, [](auto &o) { o.variant = "mmx"; });
    require_plan_fails(
        "truncated Sobel", SEPFLOW_E_PARAM, [](auto &o) { o.border_x = SEPFLOW_BORDER_TRUNCATE; },
        "sobel x");
    require_plan_fails("too large for f32", SEPFLOW_E_PARAM, [](auto &o) { o.scale = 1e60; });
}

TEST_CASE("NULL arguments") {
    const sepflow_options options = good_options();
    sepflow_plan *plan = nullptr;
    sepflow_error error = new_error();
    const double taps[] = {1, 2};
    CHECK(sepflow_plan_from_text(nullptr, &options, &plan, &error) == SEPFLOW_E_INVALID);
    CHECK(sepflow_plan_from_text("box 3", nullptr, &plan, &error) == SEPFLOW_E_INVALID);
    CHECK(sepflow_plan_from_text("box 3", &options, nullptr, &error) == SEPFLOW_E_INVALID);
    CHECK(sepflow_plan_create(nullptr, 1, 2, 2, &options, &plan, &error) == SEPFLOW_E_INVALID);
    CHECK(sepflow_plan_from_vectors(taps, 2, nullptr, 2, &options, &plan, &error) ==
          SEPFLOW_E_INVALID);
    CHECK(sepflow_plan_query(nullptr, nullptr) == SEPFLOW_E_INVALID);
    CHECK(sepflow_plan_describe(nullptr, nullptr) == SEPFLOW_E_INVALID);
    CHECK(sepflow_apply(nullptr, nullptr, nullptr, nullptr, 1, &error) == SEPFLOW_E_INVALID);
    CHECK(sepflow_process_plan(nullptr, nullptr, nullptr) == SEPFLOW_E_INVALID);
    sepflow_plan_free(nullptr);
    sepflow_plan_retain(nullptr);
}

TEST_CASE("matrices and vectors that are no kernels") {
    const sepflow_options options = good_options();
    sepflow_plan *plan = nullptr;
    sepflow_error error = new_error();
    const double nan[] = {1, std::nan(""), 2, 3}, infinite[] = {1, INFINITY};
    CHECK(sepflow_plan_create(nan, 2, 2, 2, &options, &plan, &error) == SEPFLOW_E_PARAM);
    CHECK(std::string(error.message).find("row 1, column 2") != std::string::npos);
    CHECK(sepflow_plan_from_vectors(infinite, 2, nan, 1, &options, &plan, &error) ==
          SEPFLOW_E_PARAM);
    for (const int64_t size :
         {int64_t{0}, int64_t{-1}, int64_t{5000}, std::numeric_limits<int64_t>::max()}) {
        CHECK(sepflow_plan_create(nan, size, 2, 2, &options, &plan, &error) < 0);
        CHECK(sepflow_plan_create(nan, 2, size, size, &options, &plan, &error) < 0);
        CHECK(sepflow_plan_from_vectors(nan, size, nan, 1, &options, &plan, &error) < 0);
    }
    CHECK(sepflow_plan_create(nan, 2, 2, 1, &options, &plan, &error) == SEPFLOW_E_INVALID);
}

TEST_CASE("invalid calls are refused") {
    require_apply_fails("in struct_size", SEPFLOW_E_ABI, [](Call &c) { c.from.struct_size = 8; });
    require_apply_fails("out struct_size", SEPFLOW_E_ABI, [](Call &c) { c.to.struct_size = 0; });
    require_apply_fails("in type", SEPFLOW_E_FORMAT, [](Call &c) { c.from.type = SEPFLOW_U8; });
    require_apply_fails("out type", SEPFLOW_E_FORMAT, [](Call &c) { c.to.type = SEPFLOW_F64; });
    require_apply_fails("channels", SEPFLOW_E_FORMAT, [](Call &c) { c.from.channels = 3; });
    require_apply_fails("flags", SEPFLOW_E_UNSUPPORTED, [](Call &c) { c.to.flags = 1; });
    require_apply_fails("in data", SEPFLOW_E_INVALID, [](Call &c) { c.from.data = nullptr; });
    require_apply_fails("out data", SEPFLOW_E_INVALID, [](Call &c) { c.to.data = nullptr; });
    require_apply_fails("misaligned", SEPFLOW_E_INVALID,
                        [](Call &c) { c.from.data = static_cast<char *>(c.from.data) + 1; });
    require_apply_fails("odd stride", SEPFLOW_E_INVALID, [](Call &c) { c.from.stride_y += 1; });
    require_apply_fails("negative size", SEPFLOW_E_INVALID, [](Call &c) { c.from.bounds.w = -1; });
    require_apply_fails("absurd size", SEPFLOW_E_INVALID,
                        [](Call &c) { c.from.bounds.w = std::numeric_limits<int64_t>::max(); });
    require_apply_fails("overflowing strides", SEPFLOW_E_INVALID,
                        [](Call &c) { c.from.stride_y = int64_t{1} << 62; });
    require_apply_fails("region outside", SEPFLOW_E_INVALID, [](Call &c) { c.region.x = 1; });
    require_apply_fails("region negative", SEPFLOW_E_INVALID, [](Call &c) { c.region.h = -5; });
    require_apply_fails("in place", SEPFLOW_E_INVALID, [](Call &c) { c.from.data = c.to.data; });
    require_apply_fails("overlap by a row", SEPFLOW_E_INVALID,
                        [](Call &c) { c.from.data = static_cast<float *>(c.to.data) + 40; });
    require_apply_fails("rows upon each other", SEPFLOW_E_INVALID,
                        [](Call &c) { c.to.stride_y = 4; });
    require_apply_fails("missing pixels", SEPFLOW_E_INVALID, [](Call &c) {
        c.from.domain = c.from.bounds;
        c.from.domain.w = 80;
    });
    require_apply_fails("empty domain", SEPFLOW_E_INVALID, [](Call &c) {
        c.from.bounds = {0, 0, 0, 0};
        c.from.domain = {3, 0, 0, 0};
    });
}

TEST_CASE("an empty region succeeds, and halves of one canvas may be in and out") {
    const sepflow_options options = good_options();
    sepflow_plan *plan = nullptr;
    REQUIRE(sepflow_plan_from_text("box 3", &options, &plan, nullptr) == SEPFLOW_OK);
    Call call;
    call.region = {5, 5, 0, 3};
    CHECK(sepflow_apply(plan, &call.from, &call.to, &call.region, 0, nullptr) == SEPFLOW_OK);
    std::vector<float> canvas(40 * 20, 1);
    sepflow_image left = sepflow_image_dense(canvas.data(), SEPFLOW_F32, 20, 20, 1), right = left;
    left.stride_y = right.stride_y = 40 * sizeof(float);
    right.data = canvas.data() + 20;
    CHECK(sepflow_apply(plan, &left, &right, nullptr, 1, nullptr) == SEPFLOW_OK);
    right.data = canvas.data() + 19;
    CHECK(sepflow_apply(plan, &left, &right, nullptr, 1, nullptr) == SEPFLOW_E_INVALID);
    sepflow_plan_free(plan);
}

TEST_CASE("the stride of an axis with one sample may be anything") {
    const sepflow_options options = good_options();
    sepflow_plan *plan = nullptr;
    REQUIRE(sepflow_plan_from_text("box 3 1", &options, &plan, nullptr) == SEPFLOW_OK);
    float row[] = {1, 2, 6, 10, 2}, wanted[5] = {}, out[5] = {};
    sepflow_image from = sepflow_image_dense(row, SEPFLOW_F32, 5, 1, 1);
    sepflow_image to = sepflow_image_dense(wanted, SEPFLOW_F32, 5, 1, 1);
    REQUIRE(sepflow_apply(plan, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
    CHECK(wanted[2] == doctest::Approx(6));
    constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
    from.stride_y = from.stride_c = to.stride_y = to.stride_c = kLeast;
    to.data = out;
    CHECK(sepflow_apply(plan, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
    CHECK(std::memcmp(out, wanted, sizeof out) == 0);
    sepflow_plan_free(plan);
}

TEST_CASE("malformed kernel text names the column") {
    const sepflow_options options = good_options();
    struct Bad {
        const char *text, *part;
    };
    const Bad bad[] = {{"", "column 1"},
                       {"gausian 3", "did you mean 'gaussian'"},
                       {"gaussian", "usage: gaussian"},
                       {"gaussian x", "column 10"},
                       {"gaussian 0", "above 0"},
                       {"gaussian 1 2 3", "column 14"},
                       {"gaussian 1e9", "4095"},
                       {"gaussian nan", "not a number"},
                       {"gaussian 0x10", "not a number"},
                       {"box 2.5", "whole number"},
                       {"3x3 1 2", "9 taps, not 2"},
                       {"0x3", "1 .. 4095"},
                       {"sobel z", "sobel x or sobel y"},
                       {"row 1 2", "both filters"},
                       {"row 1 row 2 col 1", "twice"},
                       {"sobel x norm", "sum to zero"},
                       {"expsum 1 2 3", "pairs"},
                       {"file", "usage: file"},
                       {"file k.gif", "cannot read kernel file 'k.gif'"}};
    for (const Bad &b : bad) {
        sepflow_plan *plan = nullptr;
        sepflow_error error = new_error();
        INFO(std::string(b.text));
        CHECK(sepflow_plan_from_text(b.text, &options, &plan, &error) < 0);
        CHECK(plan == nullptr);
        CHECK_MESSAGE(std::string(error.message).find(b.part) != std::string::npos, error.message);
    }
    sepflow_plan *plan = nullptr;
    CHECK(sepflow_plan_from_text("file /no/such.csv", &options, &plan, nullptr) == SEPFLOW_E_IO);
    sepflow_options untrusted = options;
    untrusted.flags = SEPFLOW_OPTION_NO_FILES;
    CHECK(sepflow_plan_from_text("file /no/such.csv", &untrusted, &plan, nullptr) ==
          SEPFLOW_E_UNSUPPORTED);
    CHECK(sepflow_plan_from_text("gaussian 1", &untrusted, &plan, nullptr) == SEPFLOW_OK);
    sepflow_plan_free(plan);
}
