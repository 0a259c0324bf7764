// Cases with exact values from the documentation and test suites of MATLAB and SciPy.
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

namespace {

using Rows = std::vector<std::vector<double>>;

struct Setting {
    int border_x, border_y;
    bool convolve = false;
    double border_value = 0;
    int64_t anchor_x = -1, anchor_y = -1;
};

std::vector<double> flat(const Rows &rows) {
    std::vector<double> values;
    for (const auto &row : rows) values.insert(values.end(), row.begin(), row.end());
    return values;
}

Rows filtered_by(int32_t method, const Rows &image, const Rows &kernel, const Setting &setting) {
    std::vector<double> in = flat(image), taps = flat(kernel), out(in.size());
    const auto w = static_cast<int64_t>(image[0].size()), h = static_cast<int64_t>(image.size());
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = SEPFLOW_F64;
    options.method = method;
    options.border_x = setting.border_x;
    options.border_y = setting.border_y;
    options.border_value = setting.border_value;
    if (setting.convolve) options.flags |= SEPFLOW_OPTION_CONVOLVE;
    if (setting.anchor_x >= 0) {
        options.flags |= SEPFLOW_OPTION_ANCHOR;
        options.anchor_x = setting.anchor_x;
        options.anchor_y = setting.anchor_y;
    }
    sepflow_plan *plan = nullptr;
    const auto rows = static_cast<int64_t>(kernel.size()),
               columns = static_cast<int64_t>(kernel[0].size());
    REQUIRE(sepflow_plan_create(taps.data(), rows, columns, columns, &options, &plan, nullptr) ==
            SEPFLOW_OK);
    const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F64, w, h, 1);
    const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_F64, w, h, 1);
    REQUIRE(sepflow_apply(plan, &from, &to, nullptr, 1, nullptr) == SEPFLOW_OK);
    sepflow_plan_free(plan);
    Rows result(image.size());
    for (int64_t y = 0; y < h; ++y)
        result[static_cast<size_t>(y)].assign(&out[static_cast<size_t>(y * w)],
                                              &out[static_cast<size_t>(y * w)] + w);
    return result;
}

// Filters by every method, which must agree.
Rows filtered(const Rows &image, const Rows &kernel, const Setting &setting) {
    const Rows result = filtered_by(SEPFLOW_METHOD_SEPARABLE, image, kernel, setting);
    for (const int32_t method : {SEPFLOW_METHOD_DIRECT, SEPFLOW_METHOD_FFT}) {
        const std::vector<double> one = flat(result),
                                  other = flat(filtered_by(method, image, kernel, setting));
        for (size_t i = 0; i < one.size(); ++i) {
            CAPTURE(method);
            CHECK(std::fabs(one[i] - other[i]) < 1e-11);
        }
    }
    return result;
}

void require_rows(const Rows &got, const Rows &wanted) {
    REQUIRE(got.size() == wanted.size());
    for (size_t y = 0; y < got.size(); ++y) {
        for (size_t x = 0; x < got[y].size(); ++x) {
            CAPTURE(x);
            CAPTURE(y);
            CHECK(got[y][x] == doctest::Approx(wanted[y][x]).epsilon(1e-13));
        }
    }
}

Rows column(const std::vector<double> &values) {
    Rows rows;
    for (double value : values) rows.push_back({value});
    return rows;
}

Rows outer(const std::vector<double> &a, const std::vector<double> &b) {
    Rows rows;
    for (double x : a) {
        rows.emplace_back();
        for (double y : b) rows.back().push_back(x * y);
    }
    return rows;
}

constexpr int kReflect = SEPFLOW_BORDER_REFLECT, kMirror = SEPFLOW_BORDER_REFLECT101,
              kNearest = SEPFLOW_BORDER_REPLICATE, kWrap = SEPFLOW_BORDER_WRAP,
              kConstant = SEPFLOW_BORDER_CONSTANT;

}  // namespace

TEST_CASE("imfilter's example: magic(5), [-1 0 1], zero padding") {
    const Rows magic = {{17, 24, 1, 8, 15},
                        {23, 5, 7, 14, 16},
                        {4, 6, 13, 20, 22},
                        {10, 12, 19, 21, 3},
                        {11, 18, 25, 2, 9}};
    const Rows wanted = {{24, -16, -16, 14, -8},
                         {5, -16, 9, 9, -14},
                         {6, 9, 14, 9, -20},
                         {12, 9, 9, -16, -21},
                         {18, 14, -16, -16, -2}};
    require_rows(filtered(magic, {{-1, 0, 1}}, {kConstant, kConstant}), wanted);
    Rows negative = wanted;
    for (auto &row : negative) {
        for (double &value : row) value = -value;
    }
    require_rows(filtered(magic, {{-1, 0, 1}}, {kConstant, kConstant, true}), negative);
}

TEST_CASE("scipy.ndimage: extension of [1 2 3] by every mode, near and far") {
    struct Extension {
        Rows kernel;
        const char *nearest, *wrap, *reflect, *mirror, *constant;
    };
    const auto far = [](size_t zeros, bool first) {
        std::vector<double> taps(zeros + 1);
        taps[first ? 0 : zeros] = 1;
        return Rows{taps};
    };
    const Extension cases[] = {{{{1, 0}}, "112", "312", "112", "212", "012"},
                               {far(7, true), "111", "312", "332", "123", "000"},
                               {{{0, 0, 1}}, "233", "231", "233", "232", "230"},
                               {far(8, false), "333", "231", "211", "123", "000"}};
    for (const Extension &e : cases) {
        const std::pair<int, const char *> modes[] = {{kNearest, e.nearest},
                                                      {kWrap, e.wrap},
                                                      {kReflect, e.reflect},
                                                      {kMirror, e.mirror},
                                                      {kConstant, e.constant}};
        for (const auto &[mode, digits] : modes) {
            const Rows wanted = {
                {digits[0] - '0' + 0.0, digits[1] - '0' + 0.0, digits[2] - '0' + 0.0}};
            INFO(std::string(digits));
            require_rows(filtered({{1, 2, 3}}, e.kernel, {mode, kReflect}), wanted);
        }
    }
}

TEST_CASE("scipy.ndimage: extension in two dimensions") {
    const Rows image = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, kernel = {{1, 0}, {0, 0}};
    require_rows(filtered(image, kernel, {kNearest, kNearest}), {{1, 1, 2}, {1, 1, 2}, {4, 4, 5}});
    require_rows(filtered(image, kernel, {kWrap, kWrap}), {{9, 7, 8}, {3, 1, 2}, {6, 4, 5}});
    require_rows(filtered(image, kernel, {kMirror, kMirror}), {{5, 4, 5}, {2, 1, 2}, {5, 4, 5}});
    require_rows(filtered(image, kernel, {kConstant, kConstant}),
                 {{0, 0, 0}, {0, 1, 2}, {0, 4, 5}});
}

TEST_CASE("scipy.ndimage: correlate and convolve, even kernels, rank one and two") {
    const Rows image = {{1, 2, 3}, {4, 5, 6}}, ones = {{1, 1}, {1, 1}}, diagonal = {{1, 0}, {0, 1}};
    require_rows(filtered(image, ones, {kReflect, kReflect}), {{4, 6, 10}, {10, 12, 16}});
    require_rows(filtered(image, ones, {kReflect, kReflect, true}), {{12, 16, 18}, {18, 22, 24}});
    require_rows(filtered(image, diagonal, {kReflect, kReflect}), {{2, 3, 5}, {5, 6, 8}});
    require_rows(filtered(image, diagonal, {kReflect, kReflect, true}), {{6, 8, 9}, {9, 11, 12}});
}

TEST_CASE("an even kernel's anchor: OpenCV's and SciPy's, kornia's, and turned round") {
    Rows image(5, std::vector<double>(5)), ones = {{1, 1}, {1, 1}};
    image[2][2] = 5;
    const auto fives_from = [](size_t first) {
        Rows rows(5, std::vector<double>(5));
        for (const size_t y : {first, first + 1}) rows[y][first] = rows[y][first + 1] = 5;
        return rows;
    };
    require_rows(filtered(image, ones, {kConstant, kConstant}), fives_from(2));
    require_rows(filtered(image, ones, {kConstant, kConstant, false, 0, 0, 0}), fives_from(1));
    require_rows(filtered(image, ones, {kConstant, kConstant, true}), fives_from(1));
}

TEST_CASE("scipy.ndimage: mixed borders, reflect down and wrap across") {
    const Rows image = {{1, 0, 0}, {1, 1, 0}, {0, 0, 0}};
    const auto across = [&](const std::vector<double> &smooth) {
        return filtered(image, outer(smooth, {-1, 0, 1}), {kWrap, kReflect});
    };
    require_rows(across({1, 1, 1}), {{1, -3, 2}, {1, -2, 1}, {1, -1, 0}});
    require_rows(across({1, 2, 1}), {{1, -4, 3}, {2, -3, 1}, {1, -1, 0}});
    const std::vector<double> box(5, 0.2);
    require_rows(filtered(image, outer(box, box), {kWrap, kReflect}),
                 {{.32, .40, .48}, {.20, .28, .32}, {.28, .32, .40}});
}

TEST_CASE("scipy.ndimage: a signal of length one, mirrored (gh-11661)") {
    require_rows(filtered({{1}}, {{1, 1, 1, 1, 1}}, {kMirror, kMirror}), {{5}});
}

TEST_CASE("scipy.ndimage: one dimension, reflect, origins") {
    const Rows x = {{1, 2, 3}};
    require_rows(filtered(x, {{1, 2, 3}}, {kReflect, kReflect}), {{9, 14, 17}});
    require_rows(filtered(x, {{1, 2, 3}}, {kReflect, kReflect, true}), {{7, 10, 15}});
    require_rows(filtered(x, {{1, 2, -1}}, {kReflect, kReflect}), {{1, 2, 5}});
    require_rows(filtered(x, {{1, 2, -1}}, {kReflect, kReflect, true}), {{3, 6, 7}});
    // origin -1 moves the anchor one tap back.
    require_rows(filtered(x, {{1, 1}}, {kReflect, kReflect, false, 0, 0, 0}), {{3, 5, 6}});
    require_rows(filtered(x, {{1, 1}}, {kReflect, kReflect, true, 0, 0, 0}), {{2, 3, 5}});
}

TEST_CASE("scipy.ndimage: along axis 0, every mode") {
    const Rows image = {{1, 2, 3}, {2, 4, 6}}, w = column({1, 2, 1});
    for (const int mode : {kReflect, kNearest})
        require_rows(filtered(image, w, {kReflect, mode}), {{5, 10, 15}, {7, 14, 21}});
    for (const int mode : {kWrap, kMirror})
        require_rows(filtered(image, w, {kReflect, mode}), {{6, 12, 18}, {6, 12, 18}});
    require_rows(filtered(image, w, {kConstant, kConstant}), {{4, 8, 12}, {5, 10, 15}});
    require_rows(filtered(image, w, {kNearest, kNearest, false, 0, 0, 0}),
                 {{7, 14, 21}, {8, 16, 24}});
    const Rows quarter = {{.25, .25}, {.25, .25}};
    require_rows(filtered({{4, 8, 12}, {16, 20, 24}}, quarter, {kReflect, kReflect}),
                 {{4, 6, 10}, {10, 12, 16}});
}

TEST_CASE("scipy.signal.sepfir2d: convolution, reflected edges") {
    const Rows image = {
        {0, 3, 0, 1, 2}, {2, 2, 3, 3, 3}, {0, 1, 3, 0, 3}, {2, 3, 0, 1, 3}, {3, 3, 2, 1, 2}};
    const Rows wanted = {{22, 35, 41, 31, 47},
                         {27, 39, 48, 47, 55},
                         {33, 42, 49, 53, 59},
                         {39, 44, 41, 36, 48},
                         {67, 62, 47, 34, 46}};
    require_rows(filtered(image, outer({1, 2, 2}, {1, 2, 2}), {kReflect, kReflect, true}), wanted);
    const Rows simple(4, {1, 2, 3, 3, 2, 1});
    require_rows(filtered(simple, {{.5, 1, .5}}, {kReflect, kReflect}),
                 Rows(4, {2.5, 4, 5.5, 5.5, 4, 2.5}));
}

TEST_CASE("a constant border in two passes, for one term and for several") {
    const Rows image = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    const Setting ten = {kConstant, kConstant, false, 10};
    require_rows(filtered(image, outer({1, 2, 1}, {1, 2, 1}), ten),
                 {{91, 76, 103}, {92, 80, 108}, {127, 124, 139}});
    require_rows(filtered(image, {{1, 0, 0}, {0, 0, 0}, {0, 0, 1}}, ten),
                 {{15, 16, 20}, {18, 10, 12}, {20, 14, 15}});
}
