// Named kernels against their formulas, written down anew.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <numeric>

#include "runtime/base/error.h"
#include "runtime/kernel/kernel.h"

using sepflow::Kernel;
using sepflow::kernel_from_text;

namespace {

double sum(const Kernel &kernel) {
    return std::accumulate(kernel.taps.begin(), kernel.taps.end(), 0.0);
}

void require_taps(const char *text, size_t rows, size_t columns, const std::vector<double> &taps) {
    const Kernel kernel = kernel_from_text(text);
    CAPTURE(text);
    CHECK(kernel.rows == rows);
    CHECK(kernel.columns == columns);
    CHECK(kernel.taps == taps);
}

}  // namespace

TEST_CASE("smoothing kernels sum to one") {
    for (const char *text : {"gaussian 3", "gauss 0.4", "gaussian 3 1.5", "disc 7.5", "box 9",
                             "box 9 5", "binomial 5", "motion 9 30"}) {
        CAPTURE(text);
        CHECK(sum(kernel_from_text(text)) == doctest::Approx(1).epsilon(1e-14));
    }
}

namespace {

using Formula = std::function<double(double x, double y)>;

double gauss(double x, double y, double sx, double sy) {
    return std::exp(-x * x / (2 * sx * sx) - y * y / (2 * sy * sy));
}

Formula gaussian(double sx, double sy) {
    return [=](double x, double y) { return gauss(x, y, sx, sy); };
}

// Calls use(x, y) for the places of a kernel, measured from its middle.
template <typename Use>
void each_place(int columns, int rows, Use use) {
    for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < columns; ++x) use(x - (columns - 1) / 2.0, y - (rows - 1) / 2.0);
    }
}

double sum_of(const Formula &f, int columns, int rows) {
    double total = 0;
    each_place(columns, rows, [&](double x, double y) { total += f(x, y); });
    return total;
}

// The formula divided by its sum over the kernel.
Formula to_sum_one(const Formula &f, int columns, int rows) {
    const double total = sum_of(f, columns, rows);
    return [=](double x, double y) { return f(x, y) / total; };
}

Formula laplacian_of_gaussian(double s, int size) {
    const Formula bell = gaussian(s, s);
    const Formula moment = [&](double x, double y) { return (x * x + y * y) * bell(x, y); };
    const double c = sum_of(moment, size, size) / sum_of(bell, size, size);
    REQUIRE(std::fabs(c - 2 * s * s) < 0.01 * s * s);
    return [=](double x, double y) {
        return (x * x + y * y - c) * gauss(x, y, s, s) / (2 * M_PI * std::pow(s, 6));
    };
}

Formula motion(double length, double degrees) {
    const double a = degrees * M_PI / 180;
    return [=](double x, double y) {  // y points down
        const double along = std::fabs(x * std::cos(a) - y * std::sin(a)),
                     across = std::fabs(x * std::sin(a) + y * std::cos(a));
        return std::min(std::max(length / 2 + 0.5 - along, 0.0), 1.0) * std::max(1 - across, 0.0);
    };
}

double choose(int n, int k) {
    return k == 0 ? 1 : choose(n - 1, k - 1) * n / k;
}

}  // namespace

TEST_CASE("every named kernel has the size and the taps of the README's formula") {
    const auto dog = [](double s1, double s2, int size) {
        const Formula a = to_sum_one(gaussian(s1, s1), size, size),
                      b = to_sum_one(gaussian(s2, s2), size, size);
        return [=](double x, double y) { return a(x, y) - b(x, y); };
    };
    const Formula one = [](double, double) { return 1; },
                  ramp = [](double x, double y) { return x * gauss(x, y, 1.6, 1.6); },
                  response = [&](double x, double y) { return x * ramp(x, y); };
    const double ramp_response = sum_of(response, 15, 15);
    const Formula binomial = [](double x, double y) {
        return choose(5, static_cast<int>(x + 2.5)) * choose(5, static_cast<int>(y + 2.5)) / 1024;
    };
    const Formula gabor = [](double x, double y) {
        const double a = 20 * M_PI / 180, u = x * std::cos(a) + y * std::sin(a);
        return gauss(x, y, 2.3, 2.3) * std::cos(2 * M_PI * u / 7);
    };
    const Formula disc = [](double x, double y) { return x * x + y * y <= 4.3 * 4.3 ? 1 : 0; };
    const Formula bells = [](double x, double y) {
        return 2 * std::exp(-(x * x + y * y) * 0.3) - 0.5 * std::exp(-(x * x + y * y) * 0.2);
    };
    struct Row {
        const char *text;
        int columns, rows;
        Formula formula;
    };
    for (const Row &row : {
             // ceil(4 S) = 7, where SciPy's int(4 S + 0.5) is 6; 4 S + 0.5 = 8.5 and 9.3
             Row{"gaussian 1.6", 15, 15, to_sum_one(gaussian(1.6, 1.6), 15, 15)},
             {"gauss 2 2.2", 17, 19, to_sum_one(gaussian(2, 2.2), 17, 19)},
             {"box 6 3", 6, 3, to_sum_one(one, 6, 3)},
             {"binomial 6", 6, 6, binomial},
             {"disc 4.3", 9, 9, to_sum_one(disc, 9, 9)},
             {"motion 9.5 25", 11, 11, to_sum_one(motion(9.5, 25), 11, 11)},
             {"derivative 1.6", 15, 15,
              [&](double x, double y) { return ramp(x, y) / ramp_response; }},
             {"log 1.6", 15, 15, laplacian_of_gaussian(1.6, 15)},
             {"dog 1 1.6", 15, 15, dog(1, 1.6, 15)},
             {"dog 2.5 1 4", 9, 9, dog(2.5, 1, 9)},
             {"gabor 2.3 7 20", 21, 21, gabor},
             // sqrt(ln(1e6) / 0.3) = 6.8, and of the second term sqrt(ln(0.25e6) / 0.2) = 7.9
             {"expsum 2 0.3 -0.5 0.2", 17, 17, bells},
             {"identity", 1, 1, one},
         }) {
        CAPTURE(std::string(row.text));
        const Kernel kernel = kernel_from_text(row.text);
        CHECK(kernel.columns == static_cast<size_t>(row.columns));
        CHECK(kernel.rows == static_cast<size_t>(row.rows));
        if (kernel.taps.size() != static_cast<size_t>(row.columns * row.rows)) continue;
        double worst = 0;
        auto tap = kernel.taps.begin();
        each_place(row.columns, row.rows, [&](double x, double y) {
            worst = std::max(worst, std::fabs(*tap++ - row.formula(x, y)));
        });
        CHECK(worst < 1e-15);
    }
}

TEST_CASE("sizes are as documented") {
    const auto size = [](const char *text) {
        const Kernel kernel = kernel_from_text(text);
        return std::pair<size_t, size_t>(kernel.columns, kernel.rows);
    };
    CHECK(size("gaussian 3") == std::pair<size_t, size_t>(25, 25));
    CHECK(size("gaussian 3 1.5") == std::pair<size_t, size_t>(25, 13));
    CHECK(size("box 9 5") == std::pair<size_t, size_t>(9, 5));
    CHECK(size("box 9") == std::pair<size_t, size_t>(9, 9));
    CHECK(size("disc 7.5") == std::pair<size_t, size_t>(15, 15));
    CHECK(size("binomial 6") == std::pair<size_t, size_t>(6, 6));
    const Kernel disc = kernel_from_text("disc 10");
    CHECK(std::count_if(disc.taps.begin(), disc.taps.end(), [](double t) { return t != 0; }) ==
          317);
}

TEST_CASE("derivative kernels") {
    require_taps("sobel x", 3, 3, {-1, 0, 1, -2, 0, 2, -1, 0, 1});
    require_taps("sobel y", 3, 3, {-1, -2, -1, 0, 0, 0, 1, 2, 1});
    require_taps("scharr x", 3, 3, {-3, 0, 3, -10, 0, 10, -3, 0, 3});
    require_taps("prewitt y", 3, 3, {-1, -1, -1, 0, 0, 0, 1, 1, 1});
    require_taps("laplacian", 3, 3, {0, 1, 0, 1, -4, 1, 0, 1, 0});
    require_taps("identity", 1, 1, {1});
    require_taps("binomial 3", 3, 3,
                 {0.0625, 0.125, 0.0625, 0.125, 0.25, 0.125, 0.0625, 0.125, 0.0625});
    // Unit response to a ramp.
    const Kernel derivative = kernel_from_text("derivative 2");
    double response = 0;
    for (size_t y = 0; y < derivative.rows; ++y) {
        for (size_t x = 0; x < derivative.columns; ++x)
            response += derivative.tap(y, x) * static_cast<double>(x);
    }
    CHECK(response == doctest::Approx(1).epsilon(1e-12));
}

TEST_CASE("band-pass kernels sum to zero") {
    for (const char *text : {"log 2", "log 5", "dog 1 1.6"})
        CHECK(sum(kernel_from_text(text)) == doctest::Approx(0).epsilon(1e-13));
}

TEST_CASE("a motion kernel is a line in its direction") {
    const Kernel flat = kernel_from_text("motion 7 0");
    for (size_t y = 0; y < flat.rows; ++y) {
        for (size_t x = 0; x < flat.columns; ++x) {
            if (y != flat.rows / 2) CHECK(flat.tap(y, x) == 0);
        }
    }
    // Degrees turn counter-clockwise: at 45, bright from the lower left to the upper right.
    const Kernel slanted = kernel_from_text("motion 7 45");
    CHECK(slanted.tap(slanted.rows / 2 - 2, slanted.columns / 2 + 2) > 0);
    CHECK(slanted.tap(slanted.rows / 2 - 2, slanted.columns / 2 - 2) == 0);
}

TEST_CASE("symmetric formulas give exactly symmetric taps") {
    for (const char *text : {"gaussian 2.7", "disc 6.3", "log 1.9", "dog 1.1 2.3",
                             "expsum 1 0.03 0.2 0.4", "box 6 3"}) {
        const Kernel kernel = kernel_from_text(text);
        bool symmetric = true;
        for (size_t y = 0; y < kernel.rows; ++y) {
            for (size_t x = 0; x < kernel.columns; ++x) {
                symmetric = symmetric &&
                            kernel.tap(y, x) == kernel.tap(y, kernel.columns - 1 - x) &&
                            kernel.tap(y, x) == kernel.tap(kernel.rows - 1 - y, x);
            }
        }
        CHECK_MESSAGE(symmetric, text);
    }
}
